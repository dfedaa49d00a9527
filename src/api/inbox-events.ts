// A live inbox as server-sent events: resumable by `Last-Event-ID`, in slices of limited length, so that a lost
// connection or an ended session is noticed within a minute. Clients of EventSource come back on their own.
import { type Database, withShrinkingBatch } from "../../db/client.ts";
import type { Log } from "../kernel/log.ts";
import type { InboxWatch } from "../kernel/ports.ts";
import { passesFilter } from "../notifications/inbox/hub.ts";
import { countUnread, listInboxAfter, newestSeq, type InboxRow } from "../notifications/inbox/store/inbox.ts";
import { createEventStream, eventText, type EventStream } from "../http/event-stream.ts";
import type { Holder } from "./inbox-watch.ts";
import { inboxItemShape } from "./inbox.ts";

/** Milliseconds of one slice, and between comments that keep proxies from closing a silent one. */
const sliceMs = 55_000;
const keepAliveMs = 15_000;
const pageSize = 100;
/** Notifications that wait for a reader: of more at once the rest is read again, and who takes none is cut off. */
const maxQueued = 100;

type EventsWatch = InboxWatch & { as: { way: "events" } };
export interface EventsHolder extends Holder {
  db: Database;
  log: Log;
  /** Ends the connection of this request, whatever waits in it. */
  hangUp?: (() => void) | undefined;
}

const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};

export function openEvents(holder: EventsHolder, watch: EventsWatch): Response {
  const signal = createSignal();
  const stream = createEventStream(signal.wake, holder.hangUp);
  void follow(holder, stream, signal, watch)
    .catch((error: unknown) => holder.log.warn("a live inbox broke off", { reason: String(error) }))
    .finally(stream.end);
  return new Response(stream.readable, { headers });
}

/** What a reader waits for: news, room, the end. */
interface Signal {
  wake: () => void;
  next: () => Promise<void>;
}

function createSignal(): Signal {
  let resolve = () => {};
  return { wake: () => resolve(), next: () => new Promise<void>((then) => (resolve = then)) };
}

async function follow(
  holder: EventsHolder,
  stream: EventStream,
  signal: Signal,
  watch: EventsWatch,
): Promise<void> {
  const behind: { row: InboxRow; unread: number }[] = [];
  let isBehind = false;
  let hasEnded = false;
  const leave = await holder.hub.join({
    userId: watch.userId,
    keyId: watch.keyId,
    emit: (row, unread) => {
      if (!passesFilter(row, watch.filter)) return;
      if (behind.length < maxQueued) behind.push({ row, unread });
      else if (stream.hasRoom()) isBehind = true;
      else stream.cut();
      signal.wake();
    },
    end: () => {
      hasEnded = true;
      signal.wake();
    },
  });
  const sliceEnd = performance.now() + sliceMs;
  const isActive = () =>
    !hasEnded && !holder.stopping.aborted && stream.isOpen() && performance.now() < sliceEnd;
  let isSilent = false;
  const timer = setInterval(() => {
    isSilent = true;
    signal.wake();
  }, keepAliveMs);
  try {
    const hasRoom = () => waitForRoom(stream, signal, isActive);
    let position = await catchUp(holder, stream, watch, watch.as.after ?? undefined, hasRoom);
    while (await hasRoom()) {
      const next = behind.shift();
      if (next !== undefined) {
        if (next.row.seq > position) emit(stream, next.row, next.unread);
        position = Math.max(position, next.row.seq);
        continue;
      }
      if (isBehind) {
        isBehind = false;
        position = await catchUp(holder, stream, watch, position, hasRoom);
        continue;
      }
      if (isSilent) stream.send(": still here\n\n");
      isSilent = false;
      await signal.next();
    }
  } finally {
    leave();
    clearInterval(timer);
  }
}

/** Whether there is room, in the end. */
async function waitForRoom(stream: EventStream, signal: Signal, isActive: () => boolean): Promise<boolean> {
  while (isActive() && !stream.hasRoom()) await signal.next();
  return isActive();
}

/** Sends what came after `from`, if given, and the position to resume from. Returns that position. */
async function catchUp(
  { db }: EventsHolder,
  stream: EventStream,
  { userId, filter }: EventsWatch,
  from: number | undefined,
  hasRoom: () => Promise<boolean>,
): Promise<number> {
  for (let after = from ?? Number.MAX_SAFE_INTEGER; ;) {
    const { missed, unread, newest, limit } = await withShrinkingBatch(pageSize, (limit) =>
      db.read({
        missed: listInboxAfter(userId, filter, after, limit),
        unread: countUnread(userId),
        newest: newestSeq(),
      }),
    );
    for (const row of missed) {
      if (!(await hasRoom())) return after;
      emit(stream, row, unread[0]!.count);
      after = row.seq;
    }
    if (missed.length < limit) {
      stream.send(`retry: 1000\nid: ${newest[0]!.seq}\n\n`);
      return newest[0]!.seq;
    }
  }
}

const emit = (stream: EventStream, row: InboxRow, unread: number) =>
  stream.send(
    eventText({
      id: row.seq,
      event: "notification",
      data: JSON.stringify({ notification: inboxItemShape.from(row), unread_count: unread }),
    }),
  );
