// The parts of the delivery log's page: the filter, a message, and the questions before an act.
import { html } from "./html.ts";
import { messageStatuses } from "../../db/schema.ts";
import { channelLabel, messageChannel, messageMethods } from "../notifications/channels/index.ts";
import type { LogAct } from "../notifications/delivery/log-acts.ts";
import { byTitle, kindTitle } from "../notifications/kinds/kinds.ts";
import type { MessageRow } from "../notifications/delivery/store/log.ts";
import { describeReason } from "../notifications/outbox/rules/reasons.ts";
import { countLabel, moment, tag } from "./components.ts";
import { attributes, type Html } from "./layout.ts";
import { hiddenFields, question } from "./question.ts";
import { deliveryLogPath as path, messagePath } from "./rules/links.ts";
import { logQuery, statusLabels, type LogFilter } from "./rules/log-filter.ts";

export interface LogView {
  filter: LogFilter;
  manages: boolean;
  now: number;
  /** For how many messages of the filter each act is possible. */
  counts: Record<LogAct, number>;
  /** The newest message that is shown: acts on all leave later ones alone. */
  newest: string | undefined;
}

export function doneNote(done: string | undefined, count: string | undefined): Html | string {
  const number = Number(count);
  if ((done !== "retry" && done !== "withdraw") || !Number.isInteger(number)) return "";
  const messages = countLabel(number, "notification");
  return html`<p class="note" role="status">
    ${done === "retry" ? `${messages} queued again.` : `${messages} withdrawn.`}
  </p>`;
}

const words = {
  retry: {
    all: (count: number) => `Retry ${countLabel(count, "failed notification")}`,
    one: "Retry",
    text: () => "Belfry queues them again and starts over with the first attempt.",
  },
  withdraw: {
    all: (count: number) => `Withdraw ${countLabel(count, "unsent notification")}`,
    one: "Withdraw",
    text: (isOne: boolean) => `Recipients won't get ${isOne ? "it" : "them"}. This can't be undone.`,
  },
} satisfies Record<LogAct, unknown>;

export function actQuestion(
  act: LogAct,
  id: string,
  message: MessageRow | undefined,
  view: LogView,
): Html | string {
  if (id !== "" && message === undefined) return "";
  const count = view.counts[act];
  if (message === undefined && count === 0) return "";
  const heading =
    message === undefined
      ? `${words[act].all(count)}?`
      : `${words[act].one} “${kindTitle(message.templateId, message.templateName)}” for ${message.username} (${messageChannel(message)})?`;
  return question({
    title: heading,
    text: words[act].text(message !== undefined),
    action: `${path}/${message === undefined ? act : `${message.id}/${act}`}`,
    label: message === undefined ? words[act].all(count) : words[act].one,
    back: logQuery(path, view.filter),
    fields: { ...view.filter, until: message === undefined ? view.newest : undefined },
    isFinal: act === "withdraw",
  });
}

export function filterForm(filter: LogFilter, kinds: readonly { id: string; name: string }[]): Html {
  const select = (name: keyof LogFilter, label: string, all: string, options: [string, string][]) =>
    html`<label
      >${label}
      <select name="${name}">
        <option value="">${all}</option>
        ${options.map(
          ([value, text]) =>
            html`<option value="${value}" ${attributes({ selected: filter[name] === value })}>
              ${text}
            </option>`,
        )}
      </select></label
    >`;
  return html`<form class="inline filter" method="get" action="${path}" role="search">
    ${select(
      "status",
      "Status",
      "All",
      messageStatuses.map((status) => [status, statusLabels[status]]),
    )}
    ${select(
      "kind",
      "Kind",
      "All",
      kinds.toSorted(byTitle).map(({ id, name }) => [id, kindTitle(id, name)]),
    )}
    ${select(
      "channel",
      "Channel",
      "All",
      messageMethods.map((method) => [method, channelLabel(method)]),
    )}
    <label
      >Recipient
      <input
        name="user"
        value="${filter.user ?? ""}"
        placeholder="Username"
        autocapitalize="none"
        spellcheck="false"
    /></label>
    <button class="button" type="submit">Show</button>
  </form>`;
}

/** Acts on all messages of the filter that they are possible for. */
export function bulkLinks({ filter, counts }: LogView): Html | string {
  const acts = (["retry", "withdraw"] as const).filter(
    (act) => counts[act] > 0 && isAbout(act, filter.status),
  );
  if (acts.length === 0) return "";
  return html`<p class="acts controls">
    ${acts.map((act) => html`<a class="button" href="${logQuery(path, filter, { ask: act })}">${words[act].all(counts[act])}</a> `)}
  </p>`;
}

const isAbout = (act: LogAct, status: LogFilter["status"]): boolean =>
  status === undefined || actFor(status) === act;

export function actFor(status: MessageRow["status"]): LogAct | undefined {
  if (status === "permanent_failure") return "retry";
  return status === "pending" || status === "temporary_failure" ? "withdraw" : undefined;
}

export function oneMessage(row: MessageRow, { filter, manages, now }: LogView): Html {
  const reasons = JSON.parse(row.reasons) as string[];
  const facts = [
    ...(row.attempts === 0 ? [] : [countLabel(row.attempts, "attempt")]),
    ...reasons
      .map(describeReason)
      .filter(({ question }) => question === "not" || question === "how")
      .map(({ text }) => text),
    ...(row.lastDetail === null ? [] : [row.lastDetail]),
  ];
  return html`<li class="row">
    <h2>
      <a href="${messagePath(row.id)}">${kindTitle(row.templateId, row.templateName)}</a>
      <span class="for">${row.username} · ${messageChannel(row)}</span>
    </h2>
    <p class="tags">${moment(row.createdAt, now)} ${tag(statusLabels[row.status])}</p>
    <p${attributes({ class: row.status === "permanent_failure" ? "answer" : "answer plain" })}>
      ${facts.join(" · ")}
    </p>
    <div class="entry">
      <code>${row.id}</code>
      ${manages ? messageAct(row, filter) : ""}
    </div>
  </li>`;
}

/** `Task failed · ada · inbox`. */
export const titleOf = ({
  templateId,
  templateName,
  username,
  method,
  receiver,
}: Pick<MessageRow, "templateId" | "templateName" | "username" | "method" | "receiver">): string =>
  `${kindTitle(templateId, templateName)} · ${username} · ${messageChannel({ method, receiver })}`;

/** What can be done with a message, if anything. A withdrawal asks first; by a retry nothing is lost. */
export function messageAct(row: MessageRow, filter: LogFilter): Html | string {
  const { id, status, expiresAt } = row;
  const act = actFor(status);
  const name = titleOf(row);
  if (act === undefined || (act === "retry" && expiresAt !== null)) return "";
  return act === "withdraw"
    ? html`<a class="quiet" href="${logQuery(path, filter, { ask: act, id })}" aria-label="Withdraw ${name}"
        >Withdraw</a
      >`
    : html`<form method="post" action="${path}/${id}/retry">
        ${hiddenFields({ ...filter })}
        <button class="quiet" type="submit" aria-label="Retry ${name}">Retry</button>
      </form>`;
}

export function older(
  filter: LogFilter,
  before: string | undefined,
  last: string | undefined,
): Html | string {
  if (before === undefined && last === undefined) return "";
  return html`<nav class="pages" aria-label="Pages">
    ${before === undefined ? "" : html`<a class="button" href="${logQuery(path, filter)}">Newest</a>`}
    ${last === undefined ? "" : html`<a class="button" rel="next" href="${logQuery(path, filter, { before: last })}">Older</a>`}
  </nav>`;
}
