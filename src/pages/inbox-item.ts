// One notification as a row of the inbox that opens in place, with what can be done with it. Works without scripts.
import { html, raw } from "./html.ts";
import type { Action } from "../../db/schema.ts";
import type { InboxRow } from "../notifications/inbox/store/inbox.ts";
import type { Process } from "../kernel/deps.ts";
import { findKind } from "../notifications/kinds/kinds.ts";
import { toInlineHtml } from "../notifications/texts/rules/markdown.ts";
import { whyYouGetThis } from "../notifications/outbox/rules/reasons.ts";
import { moment } from "./components.ts";
import { situationHistory, situationLabel, situationOf } from "./inbox-situation.ts";
import { returnTime, snoozePath } from "./inbox-snooze.ts";
import { pick } from "./inbox-selected.ts";
import { muteForm } from "./mutes.ts";
import { attributes, type Html } from "./layout.ts";
import { toProse } from "./rules/document.ts";
import { iconPath, severityPrefix, subjectOf } from "./rules/inbox-item.ts";
import { buttonTarget, notificationSettingsPath, ownPath } from "./rules/links.ts";

export interface ItemFacts {
  now: number;
  accessUrl: string;
  rendered: Process["rendered"];
  /** The path that a browser without scripts returns to. */
  here: string;
  isOpen: boolean;
}

export function inboxItem(item: InboxRow, facts: ItemFacts): Html {
  const { now, accessUrl, rendered, here, isOpen } = facts;
  const { id, readAt, createdAt } = item;
  const kind = findKind(item.templateId);
  const situation = situationOf(item.situation);
  const isResolved = situation !== undefined && situation.resolvedAt !== null;
  const severity = isResolved ? "success" : (kind?.severity ?? "info");
  const spoken = `${readAt === null ? "Unread: " : ""}${severityPrefix(severity)}`;
  const actions = item.actions === "[]" ? [] : (JSON.parse(item.actions) as Action[]);
  const label = situation && situationLabel(situation);
  const shownAt = isResolved ? createdAt : Math.max(createdAt, situation?.lastAt ?? 0);
  const subject = [label, subjectOf(actions, item.title, accessUrl)].filter((part) => part !== undefined);
  const buttons = actions.flatMap((action, index) => actionButton(id, action, index, accessUrl) ?? []);
  return html`<li class="${readAt === null ? "item unread" : "item"}" id="n-${id}" data-seq="${item.seq}">
    ${pick(id)}
    <details ${attributes({ open: isOpen })}>
      <summary>
        <svg class="severity" data-severity="${severity}" viewBox="0 0 20 20" aria-hidden="true">
          <path d="${iconPath(kind && { ...kind, severity })}" />
        </svg>
        <h2 id="t-${id}">
          ${spoken === "" ? "" : html`<span class="spoken">${spoken}</span>`}${raw(rendered.titles(item.title, toInlineHtml))}
        </h2>
        ${subject.length === 0 ? "" : html`<span class="subject" ${attributes({ "data-state": label && (isResolved ? "resolved" : "open") })}>${subject.join(" · ")}</span>`}
        ${snoozeTag(item)} ${moment(shownAt, now)}
      </summary>
      ${situation === undefined ? "" : situationHistory(situation, item, facts)}
      <div class="prose">${raw(rendered.bodies(item.content, toProse))}</div>
      <div class="acts">
        ${buttons}
        ${item.doneAt === null || item.snoozedUntil !== null ? markForm(id, here, "done", "Done") : ""}
        ${item.doneAt === null ? "" : markForm(id, here, "inbox", "Move to inbox")}
        ${
          item.doneAt !== null
            ? ""
            : readAt === null
              ? markForm(id, here, "read", "Mark as read")
              : markForm(id, here, "unread", "Mark as unread")
        }
        ${item.doneAt === null || item.snoozedUntil !== null ? snoozeLink(id, here) : ""}
        ${muteForm(item, here)}
      </div>
      ${why(item)}
    </details>
  </li>`;
}

/**
 * Why the reader gets it, and where that kind is turned off. Without quotation marks of its own: one character beyond Latin 1
 * makes a page's string twice as large, and twice as slow to send.
 */
function why({ templateId, why }: InboxRow): Html {
  const kind = findKind(templateId);
  const sentence = whyYouGetThis(why?.split(" ") ?? []);
  const off =
    kind === undefined
      ? ""
      : kind.alwaysOn
        ? html`<q>${kind.displayName}</q> can't be turned off.`
        : html`<a href="${notificationSettingsPath}?disabled=${templateId}"
            >Turn off <q>${kind.displayName}</q></a
          >`;
  return html`<p class="why">${sentence} ${off}</p>`;
}

/** Until when it is snoozed, or that it was. */
function snoozeTag({ doneAt, snoozedUntil }: InboxRow): Html | string {
  if (snoozedUntil === null) return "";
  if (doneAt === null) return html`<span class="subject">back from snooze</span>`;
  return html`<span class="subject">until ${returnTime(snoozedUntil)}</span>`;
}

/** A page without scripts; with them it opens a dialog. */
const snoozeLink = (id: string, here: string): Html =>
  html`<span class="mark"
    ><a
      class="quiet"
      data-act="snooze"
      href="${`${snoozePath}?id=${id}&to=${encodeURIComponent(here)}`}"
      aria-describedby="t-${id}"
      >Snooze</a
    ></span
  >`;

const markForm = (
  id: string,
  here: string,
  mark: "read" | "unread" | "done" | "inbox",
  label: string,
): Html =>
  html`<form class="mark" data-mark="${mark}" method="post" action="/inbox/items/${id}/${mark}">
    <input type="hidden" name="to" value="${here}" />
    <button class="quiet" type="submit" aria-describedby="t-${id}">${label}</button>
  </form>`;

/**
 * A page of this site is reached by a form, which marks the notification as read; another one by a link, since the policy of
 * the page forbids forms that lead elsewhere.
 */
function actionButton(
  id: string,
  { label, url }: Action,
  index: number,
  accessUrl: string,
): Html | undefined {
  const target = buttonTarget(url, accessUrl);
  if (target === null) return undefined;
  if (ownPath(target) === null) return html`<a class="button" href="${target}" rel="noopener">${label}</a>`;
  return html`<form method="post" action="/inbox/items/${id}/follow">
    <button class="button" name="action" value="${index}" type="submit">${label}</button>
  </form>`;
}
