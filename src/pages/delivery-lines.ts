// What keeps notifications from arriving, one line each above every inbox; for owners with the way out. Receivers that fail are
// shown to those who see the deployment.
import { html } from "./html.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import type { NotificationsConfig } from "../config/config.ts";
import { channelLabel, receiverOf } from "../notifications/channels/index.ts";
import {
  deliveryProblems,
  type DeliveryProblem,
  type DeliveryState,
} from "../notifications/delivery/rules/delivery-problems.ts";
import { exactTime } from "../../public/relative-time.js";
import { moment } from "./components.ts";
import type { Html } from "./layout.ts";
import { approximateDuration } from "./rules/labels.ts";
import { deliveryPath, receiverPath } from "./rules/links.ts";

export interface LinesFacts {
  actor: Pick<Actor, "roles">;
  notifications: NotificationsConfig;
  now: number;
}

/** Receivers are of the deployment: users get their own notifications all the same. */
export function deliveryLines(state: DeliveryState, { actor, notifications, now }: LinesFacts): Html[] {
  const inUse = state.health.filter(({ method }) => receiverOf(notifications.channels, method) !== undefined);
  const receivers = hasPermission(actor, "deployment:read") ? state.receivers : [];
  const canManage = hasPermission(actor, "deployment:manage");
  return deliveryProblems({ ...state, health: inUse, receivers }, now, notifications.fetchInterval).map(
    (problem) => line(problem, now, canManage),
  );
}

function line(problem: DeliveryProblem, now: number, canManage: boolean): Html {
  if (problem.kind === "paused")
    return html`<div class="failing" role="status">
      <p>
        <strong>Delivery was paused ${moment(problem.since, now)}.</strong> New notifications arrive after an
        owner resumes delivery.
      </p>
      ${canManage ? resumeForm : ""}
    </div>`;
  if (problem.kind === "overdue")
    return html`<div class="failing" role="alert">
      <p>
        ${
          canManage
            ? html`<strong>Belfry's scheduler is overdue: last run ${moment(problem.since, now)}.</strong>
                Delayed notifications and retries are waiting. <a href="${overdueHelp}">Troubleshoot</a>`
            : html`<strong>Notifications may arrive late.</strong> Owners can see the cause under Delivery.`
        }
      </p>
    </div>`;
  if (problem.kind === "receiver")
    return html`<div class="failing" role="alert">
      <p>
        <strong>Receiver ${problem.name} is failing.</strong>
        ${problem.succeededAt === null ? "It has never accepted a notification." : html`It last accepted a notification ${moment(problem.succeededAt, now)}.`}
        <a href="${receiverPath(problem.name)}">View receiver</a>
      </p>
    </div>`;
  return html`<div class="failing" role="alert">
    <p>
      <strong
        >${channelNames(problem.methods)} delivery has been failing for
        ${duration(problem.since, now)}.</strong
      >
      ${canManage ? html`<a href="${deliveryPath}">View delivery errors</a>` : ""}
    </p>
  </div>`;
}

const overdueHelp =
  "/docs/administration/monitoring/notifications/troubleshooting#the-periodic-run-is-overdue";

const resumeForm = html`<form method="post" action="${deliveryPath}/resume">
  <input type="hidden" name="to" value="/inbox" />
  <button class="button" type="submit">Resume delivery</button>
</form>`;

function channelNames(methods: readonly string[]): string {
  const names = methods.map((method) => channelLabel(method).toLowerCase()).join(" and ");
  return `${names[0]!.toUpperCase()}${names.slice(1)}`;
}

/** With the exact beginning as tooltip. */
const duration = (since: number, now: number): Html =>
  html`<time datetime="${new Date(since).toISOString()}" title="Since ${exactTime(since, "UTC")}"
    >${approximateDuration(now - since)}</time
  >`;
