// Decides everything about an event before it is written: who gets it, how, why, and what lies in each inbox.
import type { Action } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError } from "../../kernel/errors.ts";
import { chooseRecipients, type RecipientRule } from "./rules/recipients.ts";
import { planChannels } from "../channels/index.ts";
import { renderOrFallback, type Rendered, type RenderInput } from "../texts/rules/render.ts";
import { identityOf, planDeliveries, type Recipient, type DeliveryPlan } from "./rules/delivery-plan.ts";
import type { OutboxRows } from "../../kernel/ports.ts";
import type { EnqueueAnswers } from "./reads.ts";
import { isPaused } from "../preferences/store/settings.ts";
import type { TemplateRow } from "../texts/store/templates.ts";

/** Something that happened, once. */
export interface NotificationEvent {
  labels: Record<string, string>;
  /** At most 256 kB as JSON. */
  data: Record<string, unknown> | null;
  /** UUIDs of what it is about. */
  targets: string[];
  /** The producer: its name, or a user's id. */
  createdBy: string;
  /** What makes it the same event as another; without it, equal content on one UTC day does. */
  identity?: string;
  /** Milliseconds for which it is the same as another; without it, for as long as that is kept. */
  sameFor?: number;
  /** Chooses among the people who were read, by what they are to the event. */
  recipients: RecipientRule;
  /** Epoch milliseconds before which nobody receives it. */
  holdUntil?: number | undefined;
  /** By this, its messages may be withdrawn until one of them is received; without it, never. */
  subject?: string;
  /** Epoch milliseconds from which on it must not be sent any more. */
  expiresAt?: number;
}

export interface PreparedEvent {
  eventId: string;
  rows: OutboxRows;
}

const dataLimit = 256_000;

/** Nothing is written yet. Throws 413 for data that is too large. */
export function prepareEvent(deps: Deps, event: NotificationEvent, read: EnqueueAnswers): PreparedEvent {
  const template = read.template[0];
  if (template === undefined)
    throw new Error("The notification template is not in the database: run npm run db:migrate.");
  const data = event.data === null ? null : JSON.stringify(event.data);
  if ((data?.length ?? 0) > dataLimit)
    throw new ApiError(413, `data: has more than ${dataLimit} bytes of JSON`);
  const now = deps.now();
  const { defaultMethod, channels } = deps.config.notifications;
  const routes = planDeliveries(chooseRecipients(read.recipients, event.recipients), {
    template,
    defaultMethod,
    channels: planChannels(channels),
    paused: isPaused(read.notificationSettings),
    identity: identityOf(event, now),
    holdUntil: event.holdUntil,
    now,
  });
  const eventId = deps.newId();
  const eventRow = {
    id: eventId,
    templateId: template.id,
    templateVersion: template.version,
    labels: JSON.stringify(event.labels),
    data,
    targets: JSON.stringify(event.targets),
    createdBy: event.createdBy,
    createdAt: now,
  };
  const rows: OutboxRows = { events: [eventRow], messages: [], inbox: [] };
  for (const way of routes) addMessage(deps, rows, way, event, template);
  if (event.sameFor !== undefined) rows.windows = windowsOf(routes, now - event.sameFor);
  return { eventId, rows };
}

const windowsOf = (routes: readonly DeliveryPlan[], until: number) =>
  routes.flatMap(({ dedupeKey }) => (dedupeKey === null ? [] : [{ dedupeKey, until }]));

function addMessage(
  deps: Deps,
  rows: OutboxRows,
  way: DeliveryPlan,
  event: NotificationEvent,
  template: TemplateRow,
): void {
  const id = deps.newId();
  const now = deps.now();
  const reasons = [...way.reasons];
  if (way.status === "sent") {
    const rendered = renderOrFallback(
      deps.process.templates,
      versionOf(template),
      inputFor(deps, way.recipient, event, template.id),
    );
    if (rendered.failed) reasons.push("render_failed");
    rows.inbox.push(
      inboxRow(
        { id, userId: way.recipient.userId, templateId: template.id, targets: JSON.stringify(event.targets) },
        rendered,
        now,
      ),
    );
  }
  rows.messages.push({
    id,
    eventId: rows.events[0]!.id,
    userId: way.recipient.userId,
    method: way.method,
    status: way.status,
    reasons: JSON.stringify(reasons),
    dueAt: way.dueAt,
    leaseToken: null,
    attemptCount: 0,
    dedupeKey: way.dedupeKey,
    createdAt: now,
    updatedAt: now,
    subject: event.subject ?? null,
    expiresAt: event.expiresAt ?? null,
  });
}

/** What a person's inbox keeps of a message. */
export function inboxRow(
  message: { id: string; userId: string; templateId: string; targets: string },
  rendered: Rendered,
  now: number,
): OutboxRows["inbox"][number] {
  const { id, userId, templateId, targets } = message;
  const { title, body: content, actions } = rendered;
  return {
    id,
    userId,
    templateId,
    targets,
    title,
    content,
    icon: "",
    actions: JSON.stringify(actions),
    readAt: null,
    createdAt: now,
  };
}

const versionOf = (template: TemplateRow) => ({
  templateId: template.id,
  number: template.version,
  name: template.name,
  title: template.title,
  body: template.body,
  actions: JSON.parse(template.actions) as Action[],
});

const inputFor = (
  deps: Deps,
  recipient: Recipient,
  event: NotificationEvent,
  templateId: string,
): RenderInput => ({
  labels: event.labels,
  data: event.data,
  user: {
    id: recipient.userId,
    name: recipient.name === "" ? recipient.username : recipient.name,
    username: recipient.username,
    email: recipient.email,
  },
  baseUrl: deps.config.accessUrl,
  templateId,
});
