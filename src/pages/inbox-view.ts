// The inbox as HTML: its lists, the search, and what is done with all of a list. Works without scripts.
import { html } from "./html.ts";
import type { Process } from "../kernel/deps.ts";
import type { InboxRow } from "../notifications/inbox/store/inbox.ts";
import type { Cursor } from "../notifications/inbox/rules/paging.ts";
import { maxSearched, type Choice } from "../notifications/inbox/store/inbox-pages.ts";
import { filterLink, filterMenu, filtersInUse } from "./inbox-filters.ts";
import { inboxItem, itemForm } from "./inbox-item.ts";
import type { Undo } from "./inbox-return.ts";
import { returnTime } from "./inbox-snooze.ts";
import { selectedBar } from "./inbox-selected.ts";
import { muteUndo } from "./mutes.ts";
import type { MuteRow } from "../notifications/preferences/store/mutes.ts";
import { attributes, type Html } from "./layout.ts";
import { unreadLabel } from "./unread.ts";
import {
  inboxPath,
  inboxQuery,
  isFiltered,
  needsYouPath,
  wholeInbox,
  type InboxAddress,
} from "./rules/inbox-address.ts";

export interface InboxView extends InboxAddress {
  /** The id of the notification that is open. */
  open: string | undefined;
  /** The menu of filters is open. */
  isFiltering: boolean;
  /** What was just marked, which can be undone. */
  undo: Undo | undefined;
}

const undoable: Record<Exclude<Undo["what"], "snoozed">, string> = {
  read: "All marked as read.",
  done: "Marked as done.",
};

export interface InboxItems {
  items: readonly InboxRow[];
  unread: number;
  /** Sequence number of the latest notification: later ones arrive live. */
  position: number;
  newer: Cursor | undefined;
  older: Cursor | undefined;
  /** What was just muted. */
  muted: MuteRow | undefined;
  /** What the list can be filtered by. */
  choices: readonly Choice[];
  /** Of the latest change: later ones arrive live. */
  version: number;
  /** Whether anything is done. */
  hasDone: boolean;
  now: number;
  accessUrl: string;
  rendered: Process["rendered"];
}

export function inboxSection(view: InboxView, facts: InboxItems): Html {
  const { items, unread, position, newer, now, accessUrl, rendered } = facts;
  const here = inboxPath(view);
  return html`<section
    id="inbox"
    data-position="${position}-${facts.version}"
    data-now="${now}"
    data-list="${view.show === "done" || view.show === "snoozed" ? view.show : "inbox"}"
    ${attributes({
      "data-first-page": newer === undefined && isLive(view),
    })}
  >
    <div class="head">
      <h1>Inbox</h1>
      <p class="count" id="count">
        ${unread === 0 ? "No unread notifications" : `${unreadLabel(unread)} unread`}
      </p>
      ${searchForm(view)}
    </div>
    <div class="bar">
      ${inboxTabs(view)}
      <a class="select" href="#selected">Select</a>
      ${view.isFiltering ? filterMenu(view, facts.choices) : filterLink(view)}
      ${view.undo === undefined ? "" : undoForm(view.undo, here)}
      ${facts.muted === undefined ? "" : muteUndo(facts.muted, here)}
      ${view.show === "done" || view.show === "snoozed" ? "" : allForm("read-all", "Mark all as read", here, { position, hidden: unread === 0 })}
      ${view.show !== "all" ? "" : allForm("done-all", "Mark all as done", here, { position, hidden: items.length === 0 })}
    </div>
    ${filtersInUse(view, facts.choices)} ${selectedBar(view.show, here)} ${itemForm(here)}
    <ul class="items" id="items" role="list">
      ${items.map((item) => inboxItem(item, { now, accessUrl, rendered, isOpen: item.id === view.open }))}
    </ul>
    ${items.length === 0 ? empty(view, facts) : ""} ${pages(view, facts)}
  </section>`;
}

/** Whether what is new belongs on it. */
const isLive = (view: InboxView) => view.show !== "done" && view.show !== "snoozed" && !isFiltered(view);

/** The lists, under the same filters; without a view, those of the page of what waits. */
export function inboxTabs(view?: InboxAddress): Html {
  const others = view ?? wholeInbox;
  const tab = (label: string, path: string, isCurrent: boolean): Html =>
    html`<a href="${path}" ${attributes({ "aria-current": isCurrent ? "page" : undefined })}>${label}</a>`;
  const list = (label: string, show: InboxAddress["show"]): Html =>
    tab(label, inboxPath({ ...others, show, cursor: undefined }), show === view?.show);
  return html`<nav class="tabs" aria-label="Which notifications">
    ${list("Inbox", "all")} ${list("Unread", "unread")} ${tab("Needs you", needsYouPath, view === undefined)}
    ${list("Snoozed", "snoozed")} ${list("Done", "done")}
  </nav>`;
}

const searchForm = (view: InboxView): Html =>
  html`<form class="search" method="get" action="/inbox" role="search">
    ${[...inboxQuery({ ...view, search: "", cursor: undefined })].map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <input
      type="search"
      name="q"
      value="${view.search}"
      aria-label="Search your notifications"
      placeholder="Search"
      maxlength="100"
    />
    <button class="button" type="submit">Search</button>
  </form>`;

/** For everything on the list that was there when the page was made, also on its other pages. */
const allForm = (
  id: string,
  label: string,
  here: string,
  { position, hidden }: { position: number; hidden: boolean },
): Html =>
  html`<form class="all" method="post" action="/inbox/${id}" id="${id}" ${attributes({ hidden })}>
    <input type="hidden" name="to" value="${here}" />
    <input type="hidden" name="position" value="${position}" />
    <button class="quiet" type="submit">${label}</button>
  </form>`;

const undoForm = ({ at, what, until }: Undo, here: string): Html =>
  html`<form class="undo" method="post" action="/inbox/undo">
    <input type="hidden" name="to" value="${here}" />
    <input type="hidden" name="at" value="${at}" />
    <p>${what === "snoozed" ? html`Snoozed until ${returnTime(until)}.` : undoable[what]}</p>
    <button class="quiet" type="submit">Undo</button>
  </form>`;

function pages(view: InboxView, { newer, older }: InboxItems): Html | string {
  if (newer === undefined && older === undefined) return "";
  const link = (label: string, cursor: Cursor | undefined, rel: string | undefined) =>
    html`<a class="button" ${attributes({ rel })} href="${inboxPath({ ...view, cursor })}">${label}</a>`;
  return html`<nav class="pages" aria-label="Pages">
    ${newer === undefined ? "" : html`${link("Newest", undefined, undefined)} ${link("Newer", newer, "prev")}`}
    ${older === undefined ? "" : link("Older", older, "next")}
  </nav>`;
}

function empty(view: InboxView, facts: InboxItems): Html {
  if (view.cursor !== undefined) return html`<div class="empty"><p>No notifications on this page.</p></div>`;
  if (isFiltered(view)) {
    const contains = view.search === "" ? "matches" : html`contains “${view.search}”`;
    return html`<div class="empty">
      <p>
        None of the newest ${maxSearched.toLocaleString("en")} notifications ${contains}.
        <a href="${inboxPath({ ...view, search: "", kind: undefined, about: undefined })}">Show all</a>
      </p>
    </div>`;
  }
  if (view.show === "unread") {
    return html`<div class="empty">
      <h2>All read</h2>
      <p>New notifications appear here live.</p>
    </div>`;
  }
  if (view.show === "snoozed") return html`<div class="empty"><p>No snoozed notifications.</p></div>`;
  if (view.show === "done") return html`<div class="empty"><p>No done notifications.</p></div>`;
  if (facts.hasDone) {
    return html`<div class="empty">
      <h2>All done</h2>
      <p>New notifications appear here live.</p>
    </div>`;
  }
  return html`<div class="empty">
    <h2>No notifications yet</h2>
    <p>Notifications appear here live. Send yourself the first one from a terminal:</p>
    <pre><code>npx belfry login ${facts.accessUrl}</code><code>npx belfry notifications custom "Hello" "It works"</code></pre>
    <p>Put the second line at the end of a long-running script to get notified when it is done.</p>
  </div>`;
}

const keys = [
  ["j, k", "next, previous notification"],
  ["o, Enter", "open or close"],
  ["e", "done"],
  ["s", "snooze"],
  ["m", "mute the workspace, session, preset or template"],
  ["x", "select; Shift+X selects up to here"],
  ["u", "mark as read or unread"],
  ["z", "undo"],
  ["/", "search"],
  ["g then i, w, t, p, s", "inbox, workspaces, templates, prebuilds, settings"],
  ["?", "this list"],
] as const;

/** Shown by inbox.js. */
export const keysDialog = html`<dialog id="keys" aria-labelledby="keys-title">
  <h2 id="keys-title">Keyboard shortcuts</h2>
  <dl>
    ${keys.map(
      ([key, what]) =>
        html`<dt><kbd>${key}</kbd></dt>
          <dd>${what}</dd>`,
    )}
  </dl>
  <form method="dialog"><button class="button" type="submit">Close</button></form>
</dialog>`;
