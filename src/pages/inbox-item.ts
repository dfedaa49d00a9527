// One notification as a row of the inbox that opens in place, with what can be done with it. Works without scripts.
import { attributes, html, raw } from "./html.ts";
import type { Action, MuteThing } from "../../db/schema.ts";
import type { InboxRow } from "../notifications/inbox/store/inbox.ts";
import type { Process } from "../kernel/deps.ts";
import { findKind, severityOf } from "../notifications/kinds/kinds.ts";
import { toInlineHtml } from "../notifications/texts/rules/markdown.ts";
import { whyYouGetThis } from "../notifications/outbox/rules/reasons.ts";
import { mutableOf } from "../notifications/preferences/mute.ts";
import type { ItemSituation } from "../notifications/situations/rules/situation.ts";
import { itemOptions } from "./answer-forms.ts";
import { moment } from "./components.ts";
import { situationHistory, situationLabel, situationOf } from "./inbox-situation.ts";
import { returnTime, snoozePath } from "./inbox-snooze.ts";
import type { Html } from "./layout.ts";
import { toProse } from "./rules/document.ts";
import { iconOf, iconPaths, severityPrefix, subjectOf } from "./rules/inbox-item.ts";
import { buttonTarget, notificationSettingsPath, ownPath } from "./rules/links.ts";

export interface ItemFacts {
  now: number;
  accessUrl: string;
  rendered: Process["rendered"];
  isOpen: boolean;
}

/** Its buttons belong to one form of the page. A list has many rows: they are short, without what is the same in all. */
export function inboxItem(item: InboxRow, facts: ItemFacts): Html {
  const { now, accessUrl, rendered, isOpen } = facts;
  const { id, seq, readAt, createdAt } = item;
  const kind = findKind(item.templateId);
  const situation = situationOf(item.situation);
  const isResolved = situation !== undefined && situation.resolvedAt !== null;
  const question = situation?.question ?? undefined;
  const severity = isResolved ? "success" : severityOf({ id: item.templateId, severities: item.severities });
  const spoken = `${readAt === null ? "Unread: " : ""}${severityPrefix(severity)}`;
  const actions = item.actions === "[]" ? [] : (JSON.parse(item.actions) as Action[]);
  const shownAt = isResolved ? createdAt : Math.max(createdAt, situation?.lastAt ?? 0);
  return html`<li class="${readAt === null ? "item unread" : "item"}" id="n-${id}" data-seq="${seq}">
<input class="pick" type="checkbox" name="id" value="${id}" form="selected" aria-label="Select" aria-describedby="t-${seq}"/><details${isOpen ? open : ""}><summary><svg class="severity" data-severity="${severity}" aria-hidden="true"><use href="#i-${iconOf(kind && { ...kind, severity })}"/></svg>
<h2 id="t-${seq}">${spoken === "" ? "" : html`<span class="spoken">${spoken}</span>`}${raw(rendered.titles(item.title, toInlineHtml))}</h2>
${subjects(item, situation, actions, accessUrl)}${snoozeTag(item)} ${moment(shownAt, now, rendered.times)}</summary>
${situation === undefined ? "" : situationHistory(situation, item, facts)}<div class="prose">${raw(rendered.bodies(item.content, toProse))}</div>
<div class="acts" role="group" aria-labelledby="t-${seq}">${question === undefined ? "" : itemOptions(question)}${actions.map((action, index) => actionButton(id, action, index, { accessUrl, isFirst: index === 0 && !isResolved && question === undefined }))}${markButtons(item)}</div>
${raw(rendered.reasons(`${item.templateId} ${item.why ?? ""}`, why))}</details></li>`;
}

const open = raw(" open");

/** The icons that rows refer to, once in the page. */
export const itemIcons = html`<svg class="icons" aria-hidden="true">
  ${Object.entries(iconPaths).map(
    ([name, path]) => html`<symbol id="i-${name}" viewBox="0 0 20 20"><path d="${path}" /></symbol>`,
  )}
</svg>`;

/** How often it happened or how it ended, and what it is about. */
function subjects(
  { title }: InboxRow,
  situation: ItemSituation | undefined,
  actions: readonly Action[],
  accessUrl: string,
): Html | "" {
  const label = situation && situationLabel(situation);
  const subject = actions.length === 0 ? undefined : subjectOf(actions, title, accessUrl);
  if (label === undefined) return subject === undefined ? "" : html`<span class="subject">${subject}</span>`;
  const state = situation?.resolvedAt === null ? "open" : "resolved";
  return html`<span class="subject" data-state="${state}"
    >${label}${subject === undefined ? "" : ` · ${subject}`}</span
  >`;
}

/**
 * Why the reader gets it, and where that kind is turned off; of the id of a kind, and of codes, with a space before each.
 * Without quotation marks of its own: one character beyond Latin 1 makes a page's string twice as large, and twice as slow to
 * send.
 */
function why(key: string): string {
  const [templateId = "", ...codes] = key.trim().split(" ");
  const kind = findKind(templateId);
  const off =
    kind === undefined
      ? ""
      : kind.alwaysOn
        ? html`<q>${kind.displayName}</q> can't be turned off.`
        : html`<a href="${notificationSettingsPath}?disabled=${templateId}"
            >Turn off <q>${kind.displayName}</q></a
          >`;
  return html`<p class="why">${whyYouGetThis(codes)} ${off}</p>`.text;
}

/** Until when it is snoozed, or that it was. */
function snoozeTag({ doneAt, snoozedUntil }: InboxRow): Html | string {
  if (snoozedUntil === null) return "";
  if (doneAt === null) return html`<span class="subject">back from snooze</span>`;
  return html`<span class="subject">until ${returnTime(snoozedUntil)}</span>`;
}

/** The form of the buttons in rows, with the list to return to. */
export const itemForm = (here: string): Html =>
  html`<form id="item" method="post" action="/inbox">
    <input type="hidden" name="to" value="${here}" />
  </form>`;

function markButtons(item: InboxRow): Html {
  const { id, readAt, doneAt, snoozedUntil } = item;
  const isActive = doneAt === null || snoozedUntil !== null;
  const read = readAt === null ? button(id, "read", "Mark as read") : button(id, "unread", "Mark as unread");
  return html`${isActive ? button(id, "done", "Done") : ""}${doneAt === null ? read : button(id, "inbox", "Move to inbox")}${isActive ? snoozeButton(id) : ""}${mutableOf(item).map((thing) => muteButton(id, thing))}`;
}

const button = (id: string, mark: "read" | "unread" | "done" | "inbox", label: string): Html =>
  html`<button class="quiet" form="item" formaction="/inbox/items/${id}/${mark}">${label}</button>`;

/** It leads to a page; scripts open a dialog instead. */
const snoozeButton = (id: string): Html =>
  html`<button class="quiet" form="item" ${snoozes} name="id" value="${id}">Snooze</button>`;
const snoozes = raw(` formmethod="get" formaction="${snoozePath}" data-act="snooze"`);

const muteButton = (id: string, thing: MuteThing): Html =>
  html`<button class="quiet" form="item" formaction="/inbox/items/${id}/mute" name="thing" value="${thing}">
    Mute ${thing}
  </button>`;

/** A form, which marks the notification as read; what leads to no page is a link. */
function actionButton(
  id: string,
  { label, url }: Action,
  index: number,
  { accessUrl, isFirst }: { accessUrl: string; isFirst: boolean },
): Html | undefined {
  const target = buttonTarget(url, accessUrl);
  if (target === null) return undefined;
  if (/^mailto:/i.test(target)) return html`<a class="button" href="${target}">${label}</a>`;
  return html`<button
    class="${isFirst ? "button primary" : "button"}"
    form="item"
    formaction="/inbox/items/${id}/follow"
    name="action"
    value="${index}"
    ${ownPath(target) === null ? attributes({ title: target }) : ""}
  >
    ${label}
  </button>`;
}
