// A live inbox as server-sent events: resumable by `Last-Event-ID`, in slices that end by themselves, so that a lost
// connection or an ended session is noticed within a minute. Clients of EventSource come back on their own.
import { SSEStreamingApi } from "hono/streaming";
import type { Database } from "../../db/client.ts";
import { withFewer } from "../../db/fewer.ts";
import type { Log } from "../log.ts";
import { passes, type Watch } from "../notifications/hub.ts";
import { countUnread, listInboxAfter, newestSeq, type InboxRow } from "../notifications/store/inbox.ts";
import type { Holder } from "./inbox-socket.ts";
import { toInboxItem } from "./inbox.ts";

/** Milliseconds of one slice, and between comments that keep proxies from closing a silent one. */
const sliceTime = 55_000;
const keepAliveTime = 15_000;
const pageSize = 500;

type EventsWatch = Watch & { as: { way: "events" } };
export interface EventsHolder extends Holder {
  db: Database;
  log: Log;
}

const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};

export function openEvents(holder: EventsHolder, watch: EventsWatch): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stream = new SSEStreamingApi(writable, readable);
  void follow(holder, stream, watch)
    .catch((error: unknown) => holder.log.warn("a live inbox broke off", { reason: String(error) }))
    .finally(() => stream.close());
  return new Response(stream.responseReadable, { headers });
}

async function follow(holder: EventsHolder, stream: SSEStreamingApi, watch: EventsWatch): Promise<void> {
  const buffer: { row: InboxRow; unread: number }[] = [];
  let isOver = false;
  let wake = () => {};
  const wakeUp = () => wake();
  const leave = await holder.hub.join({
    userId: watch.userId,
    keyId: watch.keyId,
    tell: (row, unread) => {
      if (passes(row, watch.filter)) buffer.push({ row, unread });
      wake();
    },
    end: () => {
      isOver = true;
      wake();
    },
  });
  stream.onAbort(wakeUp);
  const timer = setInterval(wakeUp, keepAliveTime);
  const sliceEnd = performance.now() + sliceTime;
  try {
    let position = await catchUp(holder, stream, watch);
    while (!isOver && !holder.stopping.aborted && !stream.aborted && performance.now() < sliceEnd) {
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
  }
}

/** Tells what was missed, and names the place from which to resume later. Answers that place. */
async function catchUp({ db }: EventsHolder, stream: SSEStreamingApi, watch: EventsWatch): Promise<number> {
  const { userId, filter } = watch;
  for (let after = watch.as.after ?? Number.MAX_SAFE_INTEGER; ;) {
    const { missed, unread, newest, limit } = await withFewer(pageSize, (limit) =>
      db.read({
        missed: listInboxAfter(userId, filter, after, limit),
        unread: countUnread(userId),
        newest: newestSeq(),
      }),
    );
    for (const row of missed) await tell(stream, row, unread[0]!.count);
    if (missed.length < limit) {
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
