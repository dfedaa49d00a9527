// The inbox page: the list, one notification for live updates, and the forms that mark as read.
import { Hono } from "hono";
import { html } from "./html.ts";
import { readAsUser, currentUserIdSql, authorizedUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { writeInbox } from "../api/inbox.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { inboxPageSize, otherSide, toPage } from "../notifications/inbox/rules/paging.ts";
import {
  listChoices,
  listPage,
  readListState,
  withinList,
  type PageFilter,
} from "../notifications/inbox/store/inbox-pages.ts";
import {
  countUnread,
  findInboxItem,
  setAllDone,
  setAllRead,
  setDone,
  setNotDone,
  setRead,
  undoMarks,
  type InboxRow,
} from "../notifications/inbox/store/inbox.ts";
import { listMutes } from "../notifications/preferences/store/mutes.ts";
import { readDeliveryState, toDeliveryState } from "../notifications/delivery/store/state.ts";
import { deliveryLines } from "./delivery-lines.ts";
import { readForm } from "./form.ts";
import { back, readUndo } from "./inbox-return.ts";
import { snoozeDialog } from "./inbox-snooze.ts";
import { inboxItem, itemIcons } from "./inbox-item.ts";
import { inboxSection, keysDialog, type InboxView } from "./inbox-view.ts";
import { needsYou, waitingRead } from "./needs-you.ts";
import { respondWithPage, respondWithPart } from "./layout.ts";
import { readAddress, type InboxAddress } from "./rules/inbox-address.ts";
import { ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

/** Requests the HTML of one notification instead of a redirect. */
const partHeader = "belfry-part";

export const inboxPages = new Hono<Env>()
  .get("/inbox", signedIn, (c) => showInbox(c))
  .post("/inbox/:all{(?:read-all|done-all)}", signedIn, async (c) => {
    const { to, position } = await readForm(c, ["to", "position"]);
    const deps = c.get("deps");
    const now = deps.now();
    // Only what was there when the page was made: nobody has seen what came after.
    const newest = /^\d{1,15}$/.test(position) ? Number(position) : undefined;
    const isRead = c.req.param("all") === "read-all";
    const filter = toFilter(
      readAddress(new URL(ownPath(to) ?? "/inbox", deps.config.accessUrl).searchParams),
    );
    const within = withinList(authorizedUserIdSql(c), filter, newest);
    await writeInbox(c, [(isRead ? setAllRead : setAllDone)(authorizedUserIdSql(c), now, within)], {});
    return back(c, to, { [isRead ? "read" : "done"]: String(now) });
  })
  .post("/inbox/undo", signedIn, async (c) => {
    const { to, at } = await readForm(c, ["to", "at"]);
    if (!/^\d{1,15}$/.test(at)) throw new ApiError(400, "There is nothing to undo. Reload the page.");
    await writeInbox(c, [undoMarks(authorizedUserIdSql(c), Number(at))], {});
    return back(c, to);
  })
  .get("/inbox/items/:id", signedIn, async (c) => {
    const { item, unread } = await readAsUser(c, {
      item: findInboxItem(currentUserIdSql(c), c.req.param("id")),
      unread: countUnread(currentUserIdSql(c)),
    });
    return showItem(c, item[0], unread[0]!.count);
  })
  .post("/inbox/items/:id/:mark{(?:read|unread|done|inbox)}", signedIn, async (c) => {
    const { id } = c.req.param();
    const mark = c.req.param("mark") as keyof typeof marks;
    const { to } = await readForm(c, ["to"]);
    const now = c.get("deps").now();
    const { item, unread } = await writeInbox(c, [marks[mark](authorizedUserIdSql(c), id, now)], {
      item: findInboxItem(currentUserIdSql(c), id),
      unread: countUnread(currentUserIdSql(c)),
    });
    const isInPlace = mark === "read" || mark === "unread";
    if (isInPlace && c.req.header(partHeader) !== undefined) return showItem(c, item[0], unread[0]!.count);
    if (item[0] === undefined) throw notFound("Notification");
    return back(c, to, isInPlace ? { open: id } : mark === "done" ? { done: String(now) } : {});
  });

const marks = {
  read: setRead,
  unread: (user: ReturnType<typeof authorizedUserIdSql>, id: string) => setRead(user, id, null),
  done: setDone,
  inbox: setNotDone,
};

/** What a list shows. */
const toFilter = ({ show, search, kind, about }: InboxAddress): PageFilter => ({
  isDone: show === "done",
  isSnoozed: show === "snoozed",
  isUnread: show === "unread",
  search: search || undefined,
  kind,
  about,
});

async function showInbox(c: Ctx) {
  const { now, config, process } = c.get("deps");
  const address = readAddress(new URL(c.req.url).searchParams);
  const { cursor, about } = address;
  const view: InboxView = {
    ...address,
    open: c.req.query("open") || undefined,
    isFiltering: c.req.query("filters") !== undefined,
    undo: readUndo(c),
  };
  const muted = c.req.query("muted");
  const filter = toFilter(view);
  const self = currentUserIdSql(c);
  const other = cursor && otherSide(cursor);
  const answers = await readAsUser(c, {
    rows: listPage(self, filter, inboxPageSize + 1, cursor?.before, cursor?.after),
    ...(other === undefined ? {} : { other: listPage(self, filter, 1, other.before, other.after) }),
    ...(view.isFiltering || about !== undefined ? { choices: listChoices(self, filter, about ?? "") } : {}),
    state: readListState(self),
    delivery: readDeliveryState(),
    waiting: waitingRead(c),
    ...(muted === undefined ? {} : { mutes: listMutes(self) }),
  });
  const { actor, delivery, waiting } = answers;
  const { seq, version, hasDone } = answers.state[0]!;
  const section = inboxSection(view, {
    ...toPage(cursor, { rows: answers.rows, other: answers.other ?? [] }, inboxPageSize),
    choices: answers.choices ?? [],
    muted: answers.mutes?.find(({ id }) => id === muted),
    hasDone: hasDone === 1,
    unread: c.get("unread") ?? 0,
    position: seq,
    version,
    now: now(),
    accessUrl: config.accessUrl,
    rendered: process.rendered,
  });
  return respondWithPage(c, {
    title: "Inbox",
    actor,
    scripts: ["inbox.js"],
    main: html`${deliveryLines(toDeliveryState(delivery), { actor, notifications: config.notifications, now: now() })}
      ${needsYou(c, waiting)} ${section}
      <p class="spoken" id="announcer" role="status"></p>
      <p class="live" id="live" hidden></p>
      ${keysDialog} ${snoozeDialog} ${itemIcons}`,
  });
}

function showItem(c: Ctx, item: InboxRow | undefined, unread: number) {
  if (item === undefined) throw notFound("Notification");
  const { now, config, process } = c.get("deps");
  c.header("belfry-unread-count", String(unread));
  const { rendered } = process;
  const facts = { now: now(), accessUrl: config.accessUrl, rendered, isOpen: false };
  return respondWithPart(c, inboxItem(item, facts));
}
