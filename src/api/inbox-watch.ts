// The live inbox: as a WebSocket, one JSON object for each new notification, as Coder sends them; as server-sent events,
// which resume. The runtime holds the open connection.
import * as z from "zod";
import type { InboxPosition, InboxWatch, Socket } from "../kernel/ports.ts";
import { passesFilter, type Hub, type Notice } from "../notifications/inbox/hub.ts";
import { toPlainText } from "../notifications/texts/rules/markdown.ts";
import type { Change } from "../notifications/inbox/changes.ts";
import { newestPosition } from "../notifications/inbox/store/changes.ts";
import { newestSeq } from "../notifications/inbox/store/inbox.ts";
import { inboxItemShape, inboxFilter } from "./inbox.ts";
import { Hono } from "hono";
import { ApiError } from "../kernel/errors.ts";
import { asksForSocket } from "../http/credentials.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";

export interface Holder {
  hub: Hub;
  stopping: AbortSignal;
}

/** Bytes; a reader who is so far behind has to come again and read the list. */
const maxBufferedBytes = 65_536;

/** Notifications that come before the handshake is done. */
const maxEarly = 100;

/** RFC 6455 §7.4.1, and the code of a policy that was broken for an account that may not read on. */
const closing = { goingAway: 1001, refused: 1008, tryAgain: 1013 };

/** Resolves when every later notification will be sent; then the handshake may be answered. */
export async function openFrames(
  { hub, stopping }: Holder,
  { userId, keyId, filter, as }: InboxWatch & { as: { way: "socket" } },
): Promise<(socket: Socket) => void> {
  let early: Notice[] = [];
  let isOver = stopping.aborted;
  let isBehind = false;
  let send = (notice: Notice) => {
    early.push(notice);
    if (early.length > maxEarly) isBehind = true;
  };
  let end = () => void (isOver = true);
  const { leave } = await hub.join({
    userId,
    keyId,
    emit: (notice) => {
      if (notice.row.seq > as.after && passesFilter(notice.row, filter)) send(notice);
    },
    end: () => end(),
  });
  return (socket) => {
    socket.onGone(leave);
    end = () => {
      leave();
      if (stopping.aborted) socket.close(closing.goingAway, "Belfry stops");
      else socket.close(closing.refused, "the key has ended");
    };
    send = (notice) => {
      if (socket.waiting() > maxBufferedBytes) {
        leave();
        socket.close(closing.tryAgain, "too slow");
      } else socket.send(as.isPlain ? plainJson(notice) : noticeJson(notice));
    };
    if (isBehind) {
      leave();
      return socket.close(closing.tryAgain, "too slow");
    }
    for (const notice of early) send(notice);
    early = [];
    if (isOver) end();
  };
}

/** What watchers of a notification get; those who get the same share it. */
export const noticeJson = ({ row, unreadCount, shared }: Notice): string =>
  shared("json", () => JSON.stringify({ notification: inboxItemShape.from(row), unread_count: unreadCount }));

const plainJson = ({ row, unreadCount, shared }: Notice): string =>
  shared("plain", () => {
    const item = inboxItemShape.from(row);
    const plain = { title: toPlainText(item.title), content: toPlainText(item.content) };
    return JSON.stringify({ notification: { ...item, ...plain }, unread_count: unreadCount });
  });

/** A notification, and the changes to earlier ones; without these, as ids of the previous release were, all of them. */
const position = /^(\d{1,15})(?:-(\d{1,15}))?$/;

/** Where to resume from, at most the newest: an id of a database that was restored meanwhile can be beyond it. */
export function resumeFrom(given: readonly (string | undefined)[], newest: InboxPosition): InboxPosition {
  const found = given.map((id) => position.exec(id ?? "")).find((match) => match !== null);
  if (found === undefined) return newest;
  const [, seq, version = Infinity] = found;
  return { seq: Math.min(Number(seq), newest.seq), version: Math.min(Number(version), newest.version) };
}

const watchQuery = inboxFilter.extend({
  // Coder takes any other word for Markdown.
  format: z.string().optional().meta({ description: "`plaintext`; otherwise Markdown" }),
});

/** `after` is for a page that knows what it shows; a browser that reconnects sends `Last-Event-ID`, which wins. */
const eventsQuery = inboxFilter.extend({
  after: z.string().regex(position, "must be the id of an event").optional(),
});

/** What became of notifications: each with an id that a list has shown. */
export const changeJson = ({ items, isComplete, unreadCount }: Change): string =>
  JSON.stringify({
    changed: items.map(({ id, readAt, doneAt }) => ({
      id,
      is_read: readAt !== null,
      is_done: doneAt !== null,
    })),
    is_complete: isComplete,
    unread_count: unreadCount,
  });

const news = z.object({ notification: inboxItemShape.schema, unread_count: z.number() });

const eventStream = z.string().meta({
  contentMediaType: "text/event-stream",
  description:
    "Events `notification` of {notification, unread_count}; `change` of {changed: [{id, is_read, is_done}], is_complete, unread_count}",
});

export const inboxWatch = new Hono<Env>()
  .get(
    "/notifications/inbox/watch",
    endpoint({
      summary: "Watch your inbox as a WebSocket: a text frame for each new notification",
      access: "session",
      answers: { 101: news },
      errors: [400, 401, 426],
    }),
    valid("query", watchQuery),
    async (c) => {
      const { read_status, targets, templates, format } = c.req.valid("query");
      const { actor, newest } = await readAsUser(c, { newest: newestSeq() });
      if (!asksForSocket(c)) {
        throw new ApiError(426, "This endpoint requires a WebSocket.", {
          detail: "For server-sent events, use /api/v2/notifications/inbox/events.",
          headers: { upgrade: "websocket" },
        });
      }
      const { userId, keyId } = actor;
      const filter = { targets, templates, readStatus: read_status };
      const as = { way: "socket", after: newest[0]!.seq, isPlain: format === "plaintext" } as const;
      return c.get("deps").watchInbox({ userId, keyId, filter, as });
    },
  )
  .get(
    "/notifications/inbox/events",
    endpoint({
      summary: "Watch your inbox as server-sent events (at most 55 seconds; resume with Last-Event-ID)",
      access: "session",
      answers: { 200: eventStream },
      errors: [400, 401],
    }),
    valid("query", eventsQuery),
    async (c) => {
      const { read_status, targets, templates, after } = c.req.valid("query");
      const { actor, newest } = await readAsUser(c, { newest: newestPosition() });
      const { userId, keyId } = actor;
      const filter = { targets, templates, readStatus: read_status };
      const as = {
        way: "events",
        after: resumeFrom([c.req.header("last-event-id"), after], newest[0]!),
      } as const;
      return c.get("deps").watchInbox({ userId, keyId, filter, as });
    },
  );
