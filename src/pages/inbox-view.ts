// The inbox as HTML: its lists, the search, and what is done with all of a list. Works without scripts.
import { html } from "./html.ts";
import type { Process } from "../kernel/deps.ts";
import { maxSearched, type InboxRow } from "../notifications/inbox/store/inbox.ts";
import { inboxItem } from "./inbox-item.ts";
import { attributes, type Html } from "./layout.ts";
import { unreadLabel } from "./unread.ts";

export interface InboxView {
  show: "all" | "unread" | "done";
  /** Text in title or body; empty: everything. */
  search: string;
  /** Only what is older than the notification with this id. */
  before: string | undefined;
  /** The id of the notification that is open. */
  open: string | undefined;
  /** What was just marked, which can be undone. */
  undo: { at: number; what: Undoable } | undefined;
}

/** By the word in the path of the page: what has just happened. */
const undoable = {
  read: "All marked as read.",
  done: "Marked as done.",
} as const;
type Undoable = keyof typeof undoable;

export interface InboxItems {
  items: readonly InboxRow[];
  unread: number;
  /** Sequence number of the latest notification: later ones arrive live. */
  position: number;
  hasOlder: boolean;
  /** Whether anything is done. */
  hasDone: boolean;
  now: number;
  accessUrl: string;
  rendered: Process["rendered"];
}

/** The page of the list, without what was done on it. */
export function inboxPath({ show, search, before }: Pick<InboxView, "show" | "search" | "before">): string {
  const query = new URLSearchParams();
  if (search !== "") query.set("q", search);
  if (show !== "all") query.set("show", show);
  if (before !== undefined) query.set("starting_before", before);
  return query.size === 0 ? "/inbox" : `/inbox?${query}`;
}

export function inboxSection(view: InboxView, facts: InboxItems): Html {
  const { items, unread, position, hasOlder, now } = facts;
  const here = inboxPath(view);
  return html`<section
    id="inbox"
    data-position="${position}"
    data-now="${now}"
    ${attributes({
      "data-first-page": view.before === undefined && view.show !== "done" && view.search === "",
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
      <nav class="tabs" aria-label="Which notifications">
        ${tab("Inbox", "all", view)} ${tab("Unread", "unread", view)} ${tab("Done", "done", view)}
      </nav>
      ${view.undo === undefined ? "" : undoForm(view.undo, here)}
      ${view.show === "done" || view.search !== "" ? "" : allForm("read-all", "Mark all as read", here, { position, hidden: unread === 0 })}
      ${view.show !== "all" || view.search !== "" ? "" : allForm("done-all", "Done with all", here, { position, hidden: items.length === 0 })}
    </div>
    <ul class="items" id="items" role="list">
      ${items.map((item) => inboxItem(item, { ...facts, here, isOpen: item.id === view.open }))}
    </ul>
    ${items.length === 0 ? empty(view, facts) : ""} ${pages(view, items.at(-1), hasOlder)}
  </section>`;
}

const tab = (label: string, show: InboxView["show"], view: InboxView): Html =>
  html`<a
    href="${inboxPath({ show, search: view.search, before: undefined })}"
    ${attributes({
      "aria-current": show === view.show ? "page" : undefined,
    })}
    >${label}</a
  >`;

const searchForm = ({ show, search }: InboxView): Html =>
  html`<form class="search" method="get" action="/inbox" role="search">
    ${show === "all" ? "" : html`<input type="hidden" name="show" value="${show}" />`}
    <input
      type="search"
      name="q"
      value="${search}"
      aria-label="Search your notifications"
      placeholder="Search"
      maxlength="100"
    />
    <button class="button" type="submit">Search</button>
  </form>`;

/** For everything that was there when the page was made, whatever is shown of it. */
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

const undoForm = ({ at, what }: NonNullable<InboxView["undo"]>, here: string): Html =>
  html`<form class="undo" method="post" action="/inbox/undo">
    <input type="hidden" name="to" value="${here}" />
    <input type="hidden" name="at" value="${at}" />
    <p>${undoable[what]}</p>
    <button class="quiet" type="submit">Undo</button>
  </form>`;

function pages(view: InboxView, last: InboxRow | undefined, hasOlder: boolean): Html | string {
  if (!hasOlder && view.before === undefined) return "";
  return html`<nav class="pages" aria-label="Pages">
    ${view.before === undefined ? "" : html`<a class="button" href="${inboxPath({ ...view, before: undefined })}">Newest</a>`}
    ${hasOlder ? html`<a class="button" rel="next" href="${inboxPath({ ...view, before: last!.id })}">Older</a>` : ""}
  </nav>`;
}

function empty(view: InboxView, facts: InboxItems): Html {
  if (view.search !== "")
    return html`<div class="empty">
      <p>
        None of the newest ${maxSearched.toLocaleString("en")} notifications contains “${view.search}”.
        <a href="${inboxPath({ ...view, search: "" })}">Show all</a>
      </p>
    </div>`;
  if (view.before !== undefined) return html`<div class="empty"><p>No older notifications.</p></div>`;
  if (view.show === "unread") {
    return html`<div class="empty">
      <h2>All read</h2>
      <p>New notifications appear here live.</p>
    </div>`;
  }
  if (view.show === "done") return html`<div class="empty"><p>Nothing is done yet.</p></div>`;
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
  ["u", "mark as read or unread"],
  ["z", "undo"],
  ["/", "search"],
  ["g then i, w, t, s", "inbox, workspaces, templates, settings"],
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
