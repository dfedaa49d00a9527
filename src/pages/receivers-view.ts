// HTML of receivers: the list, and one receiver with its state.
import type { allReceivers } from "../api/receiver-shape.ts";
import { receiverStatus, type ReceiverStatus } from "../notifications/receivers/rules/breaker.ts";
import { formats } from "../notifications/receivers/rules/formats/formats.ts";
import { kindNameOf } from "../notifications/kinds/kinds.ts";
import type { ReceiverRow } from "../notifications/receivers/store/receivers.ts";
import { countLabel, factList, keyToCopy, moment, momentAhead, tag } from "./components.ts";
import { html } from "./html.ts";
import type { Html } from "./layout.ts";
import { recipientsLabel } from "./receiver-form.ts";
import { question } from "./question.ts";
import { receiverPath, receiversPath } from "./rules/links.ts";

type Listed = ReturnType<typeof allReceivers>[number];

/** A secret that was just created: it is shown this once. */
export const secretNote = (done: string, secret: string): Html =>
  html`<div class="note" role="status">
    <p>${done} Copy the signing secret now; it is not shown again.</p>
    ${keyToCopy("Signing secret", secret)}
  </div>`;

export const receiverList = (receivers: readonly Listed[], now: number): Html =>
  receivers.length === 0
    ? html`<div class="empty"><p>No receivers yet.</p></div>`
    : html`<ul class="items people" role="list">
        ${receivers.map((receiver) => listed(receiver, now))}
      </ul>`;

const listed = (receiver: Listed, now: number): Html => {
  const { name, format, host, isReadOnly, waiting, succeededAt } = receiver;
  const status = receiverStatus(receiver, now);
  return html`<li class="person">
    <h2>${isReadOnly ? name : html`<a href="${receiverPath(name)}">${name}</a>`}</h2>
    <p class="tags">${status === "disabled" || status === "failing" ? tag(status) : ""}</p>
    <p class="who-is">
      ${formats[format].label} · ${host} ·
      ${isReadOnly ? "set by the server's environment" : filterText(receiver)}
    </p>
    <p class="seen">
      ${waiting === 0 ? "" : html`${countLabel(waiting, "notification")} waiting · `}
      ${isReadOnly ? "each user's notifications" : succeededAt === null ? "nothing sent" : html`last sent ${moment(succeededAt, now)}`}
    </p>
  </li>`;
};

function filterText({
  kinds,
  filter,
  minSeverity,
}: Pick<Listed, "kinds" | "filter" | "minSeverity">): string {
  const count = kinds === null ? undefined : (JSON.parse(kinds) as string[]).length;
  const which = count === undefined ? "all kinds except personal ones" : countLabel(count, "kind");
  const all = filter === null ? which : `${which}, filtered`;
  return minSeverity === "info" ? all : `${all}, ${minSeverity} or higher`;
}

const statusTexts: Record<ReceiverStatus, string> = {
  disabled: "Disabled",
  failing:
    "Failing: Belfry retries from time to time and sends waiting notifications once the receiver accepts one",
  paused: "Paused: the receiver asked Belfry to wait",
  working: "Working",
  unused: "Nothing sent yet",
};

export function receiverFacts(receiver: ReceiverRow, now: number): Html {
  const { format, host, kinds, minSeverity, succeededAt, failedAt, answer, resumeAt, previousUntil } =
    receiver;
  const status = receiverStatus(receiver, now);
  const isWaiting = (status === "failing" || status === "paused") && resumeAt > now;
  return factList({
    Format: formats[format].label,
    Host: host,
    Messages: recipientsLabel(receiver.recipients),
    Kinds:
      kinds === null
        ? "all except personal ones"
        : (JSON.parse(kinds) as string[]).map(kindNameOf).join(", "),
    Events: receiver.filter === null ? undefined : html`<code>${receiver.filter}</code>`,
    Severity: minSeverity === "info" ? "any" : `${minSeverity} or higher`,
    Status: statusTexts[status],
    "Disabled because it": receiver.disabledBecause ?? undefined,
    "Next attempt": isWaiting ? momentAhead(resumeAt, now) : undefined,
    Waiting: countLabel(receiver.waiting, "notification"),
    "Last sent": succeededAt === null ? "never" : moment(succeededAt, now),
    "Last failure": failedAt === null ? undefined : html`${moment(failedAt, now)}: ${answer ?? ""}`,
    "Previous secret":
      previousUntil === null || previousUntil <= now
        ? undefined
        : html`also used until ${momentAhead(previousUntil, now)}`,
    Created: html`${moment(receiver.createdAt, now)} by ${receiver.creator ?? "a deleted user"}`,
  });
}

const questions = {
  rotate: {
    title: "Create a new signing secret for",
    text: "For 24 hours, requests are also signed with the current secret.",
    label: "Create new secret",
  },
  delete: {
    title: "Delete",
    text: "Waiting notifications are not sent. This can't be undone.",
    label: "Delete receiver",
    isFinal: true,
  },
} as const;

/** The buttons of a receiver, or the question that one of them asks. */
export function receiverControls(receiver: ReceiverRow, asked: string | undefined): Html {
  const page = receiverPath(receiver.name);
  if (asked === "rotate" || asked === "delete") {
    const { title, ...rest } = questions[asked];
    return question({ ...rest, title: `${title} ${receiver.name}?`, action: `${page}/${asked}`, back: page });
  }
  return html`<div class="acts controls">
    <form method="post" action="${page}/test">
      <button class="button" type="submit">Send test notification</button>
    </form>
    <form method="post" action="${page}/${receiver.isEnabled ? "disable" : "enable"}">
      <button class="button" type="submit">${receiver.isEnabled ? "Disable" : "Enable"}</button>
    </form>
    ${formats[receiver.format].isSigned === true ? html`<a class="button" href="${page}?ask=rotate">New secret</a>` : ""}
    <a class="button" href="${page}?ask=delete">Delete</a>
  </div>`;
}

export const receiversAside = html`<p class="aside">
  <a href="/docs/administration/monitoring/notifications/receivers"
    >Formats, filters and failures of receivers</a
  >
</p>`;

export const receiversCrumb = { title: "Receivers", page: receiversPath };
