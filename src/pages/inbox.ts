// The inbox page: the list, one notification for live updates, and the forms that mark as read.
import { Hono } from "hono";
import { html, raw } from "hono/html";
import {
  readAsUser,
  currentUserIdSql,
  authorizedUserIdSql,
  writeAsUser,
  type Ctx,
  type Env,
} from "../http/endpoint.ts";
import { inboxPageSize } from "../api/inbox.ts";
import { notFound } from "../kernel/errors.ts";
import {
  countUnread,
  findInboxItem,
  listInbox,
  newestSeq,
  setAllRead,
  setRead,
  type InboxRow,
} from "../notifications/inbox/store/inbox.ts";
import { readHealth, toHealth } from "../notifications/delivery/store/health.ts";
import { failingLine } from "./delivery-channels.ts";
import { readForm } from "./form.ts";
import { respondWithPage, respondWithPart, attributes, type Html } from "./layout.ts";
import { ownPath, buttonTarget } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import type { Action } from "../../db/schema.ts";
import { exactTime, relativeTime } from "../../public/relative-time.js";
import { toInlineHtml } from "../notifications/texts/rules/markdown.ts";
import { toProse } from "./rules/document.ts";

/** Requests the HTML of one notification instead of a redirect. */
const partHeader = "belfry-part";

export const inboxPages = new Hono<Env>()
  .get("/inbox", signedIn, (c) => showInbox(c))
  .post("/inbox/read-all", signedIn, async (c) => {
    const { to } = await readForm(c, ["to"]);
    await writeAsUser(c, [setAllRead(authorizedUserIdSql(c), c.get("deps").now())], {});
    return back(c, to);
  })
  .get("/inbox/items/:id", signedIn, async (c) => {
    const { item, unread } = await readAsUser(c, {
      item: findInboxItem(currentUserIdSql(c), c.req.param("id")),
      unread: countUnread(currentUserIdSql(c)),
    });
    return showItem(c, item[0], unread[0]!.count);
  })
  .post("/inbox/items/:id/:mark{read|unread}", signedIn, async (c) => {
    const { id, mark } = c.req.param();
    const { to } = await readForm(c, ["to"]);
    const readAt = mark === "read" ? c.get("deps").now() : null;
    const { item, unread } = await writeAsUser(c, [setRead(authorizedUserIdSql(c), id, readAt)], {
      item: findInboxItem(currentUserIdSql(c), id),
      unread: countUnread(currentUserIdSql(c)),
    });
    if (c.req.header(partHeader) !== undefined) return showItem(c, item[0], unread[0]!.count);
    if (item[0] === undefined) throw notFound("Notification");
    return back(c, to, id);
  });

async function showInbox(c: Ctx) {
  const { now, config } = c.get("deps");
  const view: InboxView = {
    show: c.req.query("show") === "unread" ? "unread" : "all",
    before: c.req.query("starting_before") || undefined,
  };
  const filter = { targets: [], templates: [], readStatus: view.show };
  const { actor, items, unread, newest, health } = await readAsUser(c, {
    items: listInbox(currentUserIdSql(c), filter, inboxPageSize + 1, view.before),
    unread: countUnread(currentUserIdSql(c)),
    newest: newestSeq(),
    health: readHealth(currentUserIdSql(c)),
  });
  const section = inboxSection(view, {
    items: items.slice(0, inboxPageSize),
    hasOlder: items.length > inboxPageSize,
    unread: unread[0]!.count,
    position: newest[0]!.seq,
    now: now(),
    accessUrl: config.accessUrl,
  });
  return respondWithPage(c, {
    title: "Inbox",
    actor,
    unread: unread[0]!.count,
    scripts: ["inbox.js"],
    main: html`${failingLine(toHealth(health), config.notifications, now())} ${section}
      <p class="spoken" id="announcer" role="status"></p>
      <p class="live" id="live" hidden></p>`,
  });
}

function showItem(c: Ctx, item: Parameters<typeof inboxItem>[0] | undefined, unread: number) {
  if (item === undefined) throw notFound("Notification");
  const { now, config } = c.get("deps");
  c.header("belfry-unread-count", String(unread));
  return respondWithPart(c, inboxItem(item, "/inbox", { now: now(), accessUrl: config.accessUrl }));
}

/** Redirects to the list that the form was in, at the notification. */
function back(c: Ctx, to: string, id?: string): Response {
  const path = ownPath(to) ?? "/inbox";
  return c.redirect(id === undefined ? path : `${path.split("#")[0]}#n-${id}`, 303);
}

export interface InboxView {
  show: "all" | "unread";
  /** Only what is older than the notification with this id. */
  before: string | undefined;
}

export interface InboxItems {
  items: readonly InboxRow[];
  unread: number;
  /** Sequence number of the latest notification: later ones arrive live. */
  position: number;
  hasOlder: boolean;
  now: number;
  accessUrl: string;
}

export function inboxPath(view: InboxView): string {
  const query = new URLSearchParams();
  if (view.show === "unread") query.set("show", "unread");
  if (view.before !== undefined) query.set("starting_before", view.before);
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
      "data-first-page": view.before === undefined,
    })}
  >
    <div class="head">
      <h1>Inbox</h1>
      <p class="count" id="count">${unread === 0 ? "No unread notifications" : `${unread} unread`}</p>
    </div>
    <div class="bar">
      <nav class="tabs" aria-label="Which notifications">
        ${tab("All", { show: "all", before: undefined }, view)}
        ${tab("Unread", { show: "unread", before: undefined }, view)}
      </nav>
      <form method="post" action="/inbox/read-all" id="read-all" ${attributes({ hidden: unread === 0 })}>
        <input type="hidden" name="to" value="${here}" />
        <button class="quiet" type="submit">Mark all as read</button>
      </form>
    </div>
    <ul class="items" id="items" role="list">
      ${items.map((item) => inboxItem(item, here, facts))}
    </ul>
    ${items.length === 0 ? empty(view, facts.accessUrl) : ""} ${pages(view, items.at(-1), hasOlder)}
  </section>`;
}

function tab(label: string, to: InboxView, view: InboxView): Html {
  return html`<a
    href="${inboxPath(to)}"
    ${attributes({
      "aria-current": to.show === view.show ? "page" : undefined,
    })}
    >${label}</a
  >`;
}

function pages(view: InboxView, last: InboxRow | undefined, hasOlder: boolean): Html | string {
  if (!hasOlder && view.before === undefined) return "";
  return html`<nav class="pages" aria-label="Pages">
    ${view.before === undefined ? "" : html`<a class="button" href="${inboxPath({ ...view, before: undefined })}">Newest</a>`}
    ${hasOlder ? html`<a class="button" rel="next" href="${inboxPath({ ...view, before: last!.id })}">Older</a>` : ""}
  </nav>`;
}

/** `here` is the path that a browser without scripts returns to. */
export function inboxItem(
  item: InboxRow,
  here: string,
  { now, accessUrl }: Pick<InboxItems, "now" | "accessUrl">,
): Html {
  const { id, readAt, createdAt } = item;
  const buttons = (JSON.parse(item.actions) as Action[]).flatMap(({ label, url }) => {
    const target = buttonTarget(url, accessUrl);
    return target === null ? [] : [html`<a class="button" href="${target}" rel="noopener">${label}</a>`];
  });
  return html`<li class="${readAt === null ? "item unread" : "item"}" id="n-${id}">
    <article aria-labelledby="t-${id}">
      <h2 id="t-${id}">
        ${readAt === null ? html`<span class="spoken">Unread: </span>` : ""}${raw(toInlineHtml(item.title))}
      </h2>
      <time datetime="${new Date(createdAt).toISOString()}" title="${exactTime(createdAt, "UTC")}"
        >${relativeTime(createdAt, now, "UTC")}</time
      >
      <div class="prose">${raw(toProse(item.content))}</div>
      ${buttons.length === 0 ? "" : html`<div class="acts">${buttons}</div>`}
      <form class="mark" method="post" action="/inbox/items/${id}/${readAt === null ? "read" : "unread"}">
        <input type="hidden" name="to" value="${here}" />
        <button class="quiet" type="submit" aria-describedby="t-${id}">
          ${readAt === null ? "Mark as read" : "Mark as unread"}
        </button>
      </form>
    </article>
  </li>`;
}

function empty(view: InboxView, accessUrl: string): Html {
  if (view.before !== undefined) return html`<div class="empty"><p>No older notifications.</p></div>`;
  if (view.show === "unread") {
    return html`<div class="empty">
      <h2>All read</h2>
      <p>New notifications appear here live.</p>
    </div>`;
  }
  return html`<div class="empty">
    <h2>No notifications yet</h2>
    <p>Notifications appear here live. Send yourself the first one from a terminal:</p>
    <pre><code>npx belfry login ${accessUrl}</code><code>npx belfry notifications custom "Hello" "It works"</code></pre>
    <p>Put the second line at the end of a long-running script to get notified when it is done.</p>
  </div>`;
}
