// Routes of the live inbox: as a WebSocket, which Coder's clients open, and as server-sent events, which resume. Who asks
// and for what is decided here; who holds the open connection is the runtime's to know.
import { Hono } from "hono";
import * as z from "zod";
import { ApiError } from "../kernel/errors.ts";
import { newestSeq } from "../notifications/inbox/store/inbox.ts";
import { asksForSocket } from "../http/credentials.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { inboxFilter, inboxItemShape } from "./inbox.ts";

const position = /^\d{1,15}$/;

const watchQuery = inboxFilter.extend({
  // Coder takes any other word for Markdown.
  format: z.string().optional().meta({ description: "`plaintext`; otherwise Markdown" }),
});

/** `after` is for a page that knows what it shows; a browser that reconnects sends `Last-Event-ID`, which wins. */
const eventsQuery = inboxFilter.extend({
  after: z.string().regex(position, "must be the id of an event").optional(),
});

const news = z.object({ notification: inboxItemShape.schema, unread_count: z.number() });

const eventStream = z
  .string()
  .meta({ contentMediaType: "text/event-stream", description: "Events of {notification, unread_count}" });

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
        throw new ApiError(426, "This address speaks WebSocket.", {
          detail: "As server-sent events the same is at /api/v2/notifications/inbox/events.",
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
      const { userId, keyId } = (await readAsUser(c, {})).actor;
      const filter = { targets, templates, readStatus: read_status };
      const from = position.exec(c.req.header("last-event-id") ?? "")?.[0] ?? after;
      const as = { way: "events", after: from === undefined ? null : Number(from) } as const;
      return c.get("deps").watchInbox({ userId, keyId, filter, as });
    },
  );
