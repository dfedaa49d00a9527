// A message of the delivery log: why it went to its recipient and channel, its attempts, all recipients of its event, and why
// somebody else was not notified.
import { Hono } from "hono";
import { html } from "./html.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { currentUserIdSql, readAsUser, type Env, visibleIf } from "../http/endpoint.ts";
import { notFound } from "../kernel/errors.ts";
import { channelLabel, messageChannel } from "../notifications/channels/index.ts";
import { explainRecipient } from "../notifications/delivery/explain-recipient.ts";
import {
  findEvent,
  findPerson,
  listRecipientReasons,
  type EventRow,
  type PersonRow,
} from "../notifications/delivery/store/event.ts";
import {
  findMessage,
  isMessageVisibleSql,
  listAttempts,
  listEventMessages,
  type AttemptRow,
  type MessageRow,
} from "../notifications/delivery/store/log.ts";
import { describeReason, type Question } from "../notifications/outbox/rules/reasons.ts";
import { breadcrumb, countLabel, factList, moment, tag } from "./components.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { deliveryLogPath, deliveryPath, messagePath } from "./rules/links.ts";
import { messageAct, titleOf } from "./delivery-log-view.ts";
import { readLogFilter, statusLabels } from "./rules/log-filter.ts";
import { signedIn } from "./session.ts";

const shownRecipients = 100;
const maxNameLength = 100;

export const messagePages = new Hono<Env>().get(`${deliveryLogPath}/:id`, signedIn, async (c) => {
  const self = currentUserIdSql(c);
  const id = c.req.param("id");
  const user = (c.req.query("user") ?? "").trim().slice(0, maxNameLength);
  const { actor, message, attempts, others, event, recipients, person } = await readAsUser(
    c,
    {
      message: findMessage(self, id),
      attempts: listAttempts(id),
      others: listEventMessages(self, id, shownRecipients + 1),
      ...aboutRecipients(id, user),
    },
    visibleIf(isMessageVisibleSql(self, id), "Notification"),
  );
  const [row] = message;
  if (row === undefined) throw notFound("Notification");
  const now = c.get("deps").now();
  const sees = hasPermission(actor, "deployment:read");
  const main = html`<section>
    ${breadcrumb(
      [
        { title: "Delivery", page: deliveryPath },
        { title: "Delivery log", page: deliveryLogPath },
      ],
      "Notification",
    )}
    <div class="head">
      <h1>${titleOf(row)}</h1>
      <p class="tags">${tag(statusLabels[row.status])}</p>
    </div>
    ${facts(row, now)} ${hasPermission(actor, "deployment:manage") ? messageAct(row, readLogFilter({})) : ""}
    ${reasons(row)} ${attemptList(attempts, row, now)}
    ${recipientList(others, event[0]?.offByDefault ?? 0, now)}
    ${sees && event[0] !== undefined ? whyNot(id, user, { event: event[0], person: person[0], recipients }) : ""}
  </section>`;
  return respondWithPage(c, { title: "Notification", section: deliveryPath, actor, main });
});

/** Of the event of a message; nobody is read until a name is given. */
const aboutRecipients = (messageId: string, user: string) => ({
  event: findEvent({ messageId }),
  recipients: listRecipientReasons({ messageId }),
  person: findPerson(user),
});

const facts = (row: MessageRow, now: number): Html =>
  factList({
    Channel: row.receiver === null ? channelLabel(row.method) : `Receiver ${row.receiver}`,
    Created: html`${moment(row.createdAt, now)}, template version ${row.templateVersion}`,
    "Next attempt":
      row.dueAt === null
        ? undefined
        : html`<time datetime="${new Date(row.dueAt).toISOString()}"
            >${new Date(row.dueAt).toISOString().slice(0, 19).replace("T", " ")} UTC</time
          >`,
    Notification: html`<code>${row.id}</code>`,
    Event: html`<code>${row.eventId}</code>`,
  });

const questions: [Question, string][] = [
  ["who", "Why this recipient"],
  ["channel", "Why this channel"],
  ["how", "How it was sent"],
  ["not", "Why it was delayed or not sent"],
];

function reasons(row: MessageRow): Html[] {
  const all = (JSON.parse(row.reasons) as string[]).map(describeReason);
  return questions.flatMap(([question, title]) => {
    const texts = all.filter((reason) => reason.question === question);
    return texts.length === 0
      ? []
      : [
          html`<h2>${title}</h2>
            ${texts.map(({ text }) => html`<p>${text}.</p>`)}`,
        ];
  });
}

const outcomes: Record<AttemptRow["outcome"], string> = {
  started: "interrupted",
  sent: "sent",
  temporary_failure: "failed",
  permanent_failure: "failed",
};

const isRunning = (attempt: number, { status, attempts }: MessageRow): boolean =>
  status === "leased" && attempt === attempts;

function attemptList(attempts: readonly AttemptRow[], row: MessageRow, now: number): Html | string {
  if (attempts.length === 0)
    return row.status === "sent"
      ? html`<h2>Attempts</h2>
          <p>None needed: it was written to the inbox directly.</p>`
      : "";
  return html`<h2>Attempts</h2>
    <ol class="items" role="list">
      ${attempts.map(
        ({ number, startedAt, finishedAt, outcome, detail }) =>
          html`<li class="row">
            <h3>
              Attempt ${number}
              ${finishedAt === null ? "" : html`<span class="for">${finishedAt - startedAt} ms</span>`}
            </h3>
            <p class="tags">
              ${moment(startedAt, now)} ${tag(isRunning(number, row) ? "in progress" : outcomes[outcome])}
            </p>
            <p class="${outcome === "sent" ? "answer plain" : "answer"}">${detail ?? "No response."}</p>
          </li>`,
      )}
    </ol>`;
}

function recipientList(all: readonly MessageRow[], offByDefault: number, now: number): Html {
  const shown = all.slice(0, shownRecipients);
  return html`<h2>Recipients of this event</h2>
    <ul class="items" role="list">
      ${shown.map(
        ({ id, username, method, receiver, status, updatedAt }) =>
          html`<li class="row">
            <h3>
              <a href="${messagePath(id)}">${username}</a>
              <span class="for">${messageChannel({ method, receiver })}</span>
            </h3>
            <p class="tags">${moment(updatedAt, now)} ${tag(statusLabels[status])}</p>
          </li>`,
      )}
    </ul>
    ${all.length > shown.length ? html`<p class="aside">Only the first ${shownRecipients} are shown.</p>` : ""}
    ${
      offByDefault === 0
        ? ""
        : html`<p class="aside">
            ${countLabel(offByDefault, "recipient")} had not turned on this kind, which is off by default.
          </p>`
    }`;
}

interface Asked {
  event: EventRow;
  person: PersonRow | undefined;
  recipients: readonly { userId: string; reasons: string }[];
}

function whyNot(id: string, user: string, { event, person, recipients }: Asked): Html {
  return html`<h2 id="why">Why was a user not notified?</h2>
    <form class="inline" method="get" action="${messagePath(id)}#why">
      <label for="why-user">Username</label>
      <input
        id="why-user"
        name="user"
        value="${user}"
        required
        maxlength="${maxNameLength}"
        autocapitalize="none"
        spellcheck="false"
      />
      <button class="button" type="submit">Explain</button>
    </form>
    ${user === "" ? "" : html`<p role="status">${explanation(user, { event, person, recipients })}</p>`}`;
}

function explanation(user: string, { event, person, recipients }: Asked): string {
  if (person === undefined) return `Unknown user: ${user}`;
  const { isRecipient, text } = explainRecipient({ event, person, recipients });
  return isRecipient ? `${person.username} is a recipient: see above. ${text}` : text;
}
