// Live updates of pages: the unread count, and the rows of the inbox as HTML, rendered once for all readers of a user.
import { Hono } from "hono";
import { resumeFrom } from "../api/inbox-watch.ts";
import type { EventFormat } from "../api/inbox-events.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import type { Process } from "../kernel/deps.ts";
import { unauthorized } from "../kernel/errors.ts";
import { addVisiblePage, listSubscriptions } from "../notifications/channels/push/store/subscriptions.ts";
import { newestPosition } from "../notifications/inbox/store/changes.ts";
import type { InboxRow } from "../notifications/inbox/store/inbox.ts";
import { isPushed } from "../notifications/channels/push/rules/push.ts";
import { toPlainText } from "../notifications/texts/rules/markdown.ts";
import { inboxItem } from "./inbox-item.ts";
import { loadCredential } from "./session.ts";

const everything = { targets: [], templates: [], readStatus: "all" } as const;

export const inboxLive = new Hono<Env>().get("/inbox/events", async (c) => {
  // No redirect: what a stream of events is redirected to is none.
  if (!loadCredential(c)) throw unauthorized();
  const { actor, newest, subscriptions } = await readAsUser(c, {
    newest: newestPosition(),
    subscriptions: listSubscriptions(currentUserIdSql(c)),
  });
  const { watchInbox, config } = c.get("deps");
  const isVisible = c.req.query("visible") === "1" && subscriptions.length > 0;
  const visibleAs = isVisible ? await noteVisible(c, actor.userId) : undefined;
  return watchInbox({
    userId: actor.userId,
    keyId: actor.keyId,
    filter: everything,
    as: {
      way: "events",
      after: resumeFrom([c.req.header("last-event-id"), c.req.query("after")], newest[0]!),
      page: { accessUrl: config.accessUrl, unread: c.get("unread") ?? 0, visibleAs },
    },
  });
});

/** A stream lasts for less than this. */
const visibleMs = 60_000;

async function noteVisible(c: Ctx, userId: string): Promise<string> {
  const { db, newId, now } = c.get("deps");
  const id = newId();
  await db.write(addVisiblePage({ id, userId, until: now() + visibleMs }, now()), {});
  return id;
}

/** The list that it is on; what is folded is on none. */
const listOf = ({ doneAt, foldedAt, snoozedUntil }: InboxRow) => {
  if (foldedAt !== null) return "none";
  if (doneAt === null) return "inbox";
  return snoozedUntil === null ? "done" : "snoozed";
};

export interface FormatFacts {
  now: () => number;
  rendered: Process["rendered"];
}

export const createPageFormat =
  ({ now, rendered }: FormatFacts) =>
  (accessUrl: string): EventFormat => {
    const row = (item: InboxRow) => {
      const facts = { now: now(), accessUrl, rendered, isOpen: false };
      return { id: item.id, seq: item.seq, html: inboxItem(item, facts).text };
    };
    /** What a page in the background shows as a notification of the browser; nothing for what is read, as own acts are. */
    const shown = ({ templateId: id, severities, title, readAt }: InboxRow) =>
      readAt === null && isPushed({ id, severities }) ? { shown: toPlainText(title) } : {};
    return {
      name: `page of ${accessUrl}`,
      notification: (notice) =>
        JSON.stringify({ unread: notice.unreadCount, item: row(notice.row), ...shown(notice.row) }),
      change: ({ items, isComplete, unreadCount }) =>
        JSON.stringify({
          unread: unreadCount,
          items: items.map((item) => ({ ...row(item), list: listOf(item) })),
          isComplete,
        }),
    };
  };
