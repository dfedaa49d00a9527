// The inbox page: the list, one notification for live updates, and the forms that mark as read.
import { Hono } from "hono";
import { html } from "hono/html";
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
} from "../notifications/inbox/store/inbox.ts";
import { readHealth, toHealth } from "../notifications/delivery/store/health.ts";
import { failingLine } from "./failing.ts";
import { readForm } from "./form.ts";
import { inboxItem, inboxSection, type InboxView } from "./inbox-view.ts";
import { respondWithPage, respondWithPart } from "./layout.ts";
import { ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

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
