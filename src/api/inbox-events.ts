// The live inbox as server-sent events: resumable by `Last-Event-ID`, in slices that end by themselves, so that a lost
// connection or an ended session is noticed within a minute. Clients of EventSource come back on their own.
import { Hono } from "hono";
import { streamSSE, type SSEStreamingApi } from "hono/streaming";
import * as z from "zod";
import type { Deps } from "../deps.ts";
import { passes } from "../notifications/hub.ts";
import {
  countUnread,
  listInboxAfter,
  newestSeq,
  type InboxFilter,
  type InboxRow,
} from "../notifications/store/inbox.ts";
import { endpoint, load, valid, type Ctx, type Env } from "./http.ts";
import { inboxFilter, toInboxItem } from "./inbox.ts";

/** Milliseconds of one slice, and between comments that keep proxies from closing a silent one. */
const sliceTime = 55_000;
const keepAliveTime = 15_000;
const pageSize = 500;

/** `after` is for a page that knows what it shows; a browser that reconnects sends `Last-Event-ID`, which wins. */
const eventsQuery = inboxFilter.extend({
  after: z
    .string()
    .regex(/^\d{1,15}$/, "must be the id of an event")
    .optional(),
});

export const inboxEvents = new Hono<Env>().get(
  "/notifications/inbox/events",
  endpoint({
    summary: "Your inbox, live, as server-sent events (at most 55 seconds; resume with Last-Event-ID)",
    access: "session",
    answers: { 200: z.string().meta({ description: "text/event-stream of {notification, unread_count}" }) },
    errors: [400, 401],
  }),
  valid("query", eventsQuery),
  async (c) => {
    const { read_status, targets, templates, after } = c.req.valid("query");
    const filter = { targets, templates, readStatus: read_status };
    const { actor } = await load(c as Ctx, {});
    const deps = c.get("deps");
    const resumeFrom = /^\d{1,15}$/.exec(c.req.header("last-event-id") ?? "")?.[0] ?? after;
    c.header("x-accel-buffering", "no");
    return streamSSE(c, (stream) =>
      follow(deps, stream, actor.userId, filter, resumeFrom === undefined ? undefined : Number(resumeFrom)),
    );
  },
);

async function follow(
  deps: Deps,
  stream: SSEStreamingApi,
  userId: string,
  filter: InboxFilter,
  resumeFrom: number | undefined,
): Promise<void> {
  const buffer: { row: InboxRow; unread: number }[] = [];
  let wake = () => {};
  const leave = await deps.process.hub.join({
    userId,
    tell: (row, unread) => {
      if (passes(row, filter)) buffer.push({ row, unread });
      wake();
    },
  });
  const { stopping } = deps.process;
  const wakeUp = () => wake();
  stream.onAbort(wakeUp);
  stopping.addEventListener("abort", wakeUp);
  const timer = setInterval(wakeUp, keepAliveTime);
  const end = performance.now() + sliceTime;
  try {
    let position = await catchUp(deps, stream, userId, filter, resumeFrom);
    while (!stream.aborted && !stopping.aborted && performance.now() < end) {
      const fresh = buffer.splice(0).filter(({ row }) => row.seq > position);
      for (const { row, unread } of fresh) await tell(stream, row, unread);
      position = fresh.at(-1)?.row.seq ?? position;
      if (buffer.length > 0) continue;
      await new Promise<void>((resolve) => (wake = resolve));
      if (buffer.length === 0 && !stream.aborted) await stream.write(": still here\n\n");
    }
  } finally {
    leave();
    clearInterval(timer);
    stopping.removeEventListener("abort", wakeUp);
  }
}

/** Tells what was missed since `resumeFrom`, and names the place from which to resume later. Answers that place. */
async function catchUp(
  deps: Deps,
  stream: SSEStreamingApi,
  userId: string,
  filter: InboxFilter,
  resumeFrom: number | undefined,
): Promise<number> {
  for (let after = resumeFrom ?? Number.MAX_SAFE_INTEGER; ;) {
    const { missed, unread, newest } = await deps.db.read({
      missed: listInboxAfter(userId, filter, after, pageSize),
      unread: countUnread(userId),
      newest: newestSeq(),
    });
    for (const row of missed) await tell(stream, row, unread[0]!.count);
    if (missed.length < pageSize) {
      await stream.write(`retry: 1000\nid: ${newest[0]!.seq}\n\n`);
      return newest[0]!.seq;
    }
    after = missed.at(-1)!.seq;
  }
}

const tell = (stream: SSEStreamingApi, row: InboxRow, unread: number) =>
  stream.writeSSE({
    id: String(row.seq),
    event: "notification",
    data: JSON.stringify({ notification: toInboxItem(row), unread_count: unread }),
  });
