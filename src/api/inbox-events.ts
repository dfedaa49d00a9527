// A live inbox as server-sent events, of new notifications and of changes: resumable by `Last-Event-ID`, in slices of limited
// length, so that a lost connection or an ended session is noticed within a minute. Clients of EventSource come back on
// their own.
import { type Database, withShrinkingBatch } from "../../db/client.ts";
import type { Log } from "../kernel/log.ts";
import { createCache, type InboxPosition, type InboxWatch } from "../kernel/ports.ts";
import { readChanges, type Change } from "../notifications/inbox/changes.ts";
import { deleteVisiblePage } from "../notifications/channels/push/store/subscriptions.ts";
import { passesFilter, type Notice, type Watcher } from "../notifications/inbox/hub.ts";
import { findChanges, newestPosition } from "../notifications/inbox/store/changes.ts";
import { countUnread, listInboxAfter } from "../notifications/inbox/store/inbox.ts";
import {
  commentBytes,
  eventBytes,
  type EventStream,
  openEventStream,
  type OpenEventStream,
  positionBytes,
} from "../http/event-stream.ts";
import { changeJson, noticeJson, type Holder } from "./inbox-watch.ts";

/** Milliseconds of one slice, and of silence before a comment that keeps proxies from closing it. */
const sliceMs = 54_000;
const keepAliveMs = 15_000;
const retryMs = 1_000;
const pageSize = 100;
/** Notifications that a reader without room misses before the connection is cut. */
const maxMissed = 100;
const stillHere = commentBytes("still here");

type EventsWatch = InboxWatch & { as: { way: "events" } };
export interface EventsHolder extends Holder {
  db: Database;
  log: Log;
  /** Opens the stream of this request, where the runtime has its own. */
  openStream?: OpenEventStream | undefined;
  /** How pages get their events. */
  pageFormat: (accessUrl: string) => EventFormat;
}

/** What the data of events is. */
export interface EventFormat {
  /** Watchers with the same name share the bytes. */
  name: string;
  notification: (notice: Notice) => string;
  change: (change: Change) => string;
}

const apiFormat: EventFormat = { name: "event", notification: noticeJson, change: changeJson };

const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  "x-accel-buffering": "no",
};

export function openEvents(holder: EventsHolder, watch: EventsWatch): Response {
  const open = holder.openStream ?? openEventStream;
  const { stream, response } = open(headers, () => reader.changed());
  const reader = new EventReader(holder, watch, stream);
  void reader.start();
  return response;
}

/** One of many: it has no timers, and an idle one holds no promise. */
class EventReader implements Watcher {
  readonly userId: string;
  readonly keyId: string;
  private readonly holder: EventsHolder;
  private readonly filter: InboxWatch["filter"];
  private readonly stream: EventStream;
  private readonly format: EventFormat;
  private readonly page: EventsWatch["as"]["page"];
  /** Everything up to here was sent. */
  private position: InboxPosition;
  /** Whether there are notifications or changes after the position that were not sent. */
  private isBehind = false;
  private isReading = true;
  private isForgotten = false;
  private missed = 0;
  private readonly opened = performance.now();
  private lastSent = this.opened;
  private leave: (() => void) | undefined;
  private gotRoom = () => {};

  constructor(holder: EventsHolder, { userId, keyId, filter, as }: EventsWatch, stream: EventStream) {
    this.holder = holder;
    this.userId = userId;
    this.keyId = keyId;
    this.filter = filter;
    this.stream = stream;
    this.page = as.page;
    this.format = as.page === undefined ? apiFormat : holder.pageFormat(as.page.accessUrl);
    this.position = { ...as.after };
  }

  async start(): Promise<void> {
    try {
      const { leave, position } = await this.holder.hub.join(this);
      this.leave = leave;
      if (!this.isActive()) return this.end();
      if (this.page !== undefined) this.sendChange(noChange(this, this.page.unread));
      if (position.seq > this.position.seq || position.version > this.position.version) this.isBehind = true;
      else this.sendPosition();
    } catch (error) {
      return this.breakOff(error);
    }
    this.isReading = false;
    if (this.isBehind) await this.catchUp();
  }

  emit(notice: Notice): void {
    if (!passesFilter(notice.row, this.filter)) return;
    if (this.isReady()) this.sendNotice(notice);
    else this.miss();
  }

  change(change: Change): void {
    if (this.isReady()) this.sendChange(change);
    else this.miss();
  }

  private isReady(): boolean {
    return !this.isReading && !this.isBehind && this.stream.hasRoom();
  }

  private miss(): void {
    this.isBehind = true;
    this.missed += 1;
    if (this.missed <= maxMissed || this.stream.hasRoom()) return;
    this.stream.cut();
    this.end();
  }

  /** There is room, or the reader has gone. */
  changed(): void {
    this.gotRoom();
    if (!this.stream.isOpen()) this.end();
    else if (this.isBehind && !this.isReading && this.stream.hasRoom()) void this.catchUp();
  }

  beat(): void {
    const now = performance.now();
    if (now - this.opened >= sliceMs) return this.end();
    if (now - this.lastSent >= keepAliveMs && this.stream.hasRoom()) this.send(stillHere);
  }

  end(): void {
    this.leave?.();
    this.forgetPage();
    this.stream.end();
    this.gotRoom();
  }

  /** From now on push messages are sent. */
  private forgetPage(): void {
    const { visibleAs } = this.page ?? {};
    if (visibleAs === undefined || this.isForgotten) return;
    this.isForgotten = true;
    void this.holder.db.write([deleteVisiblePage(visibleAs)], {}).catch(() => {});
  }

  private isActive(): boolean {
    return this.stream.isOpen() && !this.holder.stopping.aborted;
  }

  private send(bytes: Uint8Array): void {
    this.stream.send(bytes);
    this.lastSent = performance.now();
  }

  private sendNotice(notice: Notice): void {
    const { row, version, shared } = notice;
    if (row.seq <= this.position.seq) return;
    const { name, notification } = this.format;
    const id = toId({ seq: row.seq, version });
    this.send(shared(name, () => eventBytes({ id, event: "notification", data: notification(notice) })));
    this.position.seq = row.seq;
  }

  /** Its bytes name no place to resume from: that differs between readers. */
  private sendChange(change: Change): void {
    const { name, change: toData } = this.format;
    this.send(change.shared(name, () => eventBytes({ event: "change", data: toData(change) })));
    this.position.version = Math.max(this.position.version, change.version);
    this.sendPosition();
  }

  private sendPosition(): void {
    this.send(positionBytes(toId(this.position), retryMs));
  }

  private breakOff(error: unknown): void {
    this.holder.log.warn("streaming a live inbox failed", { reason: String(error) });
    this.end();
  }

  /** Sends what came after the position, and while that was read. */
  private async catchUp(): Promise<void> {
    this.isReading = true;
    try {
      do {
        this.isBehind = false;
        this.missed = 0;
        await this.readOn();
      } while (this.isBehind && this.isActive());
      this.isReading = false;
    } catch (error) {
      this.breakOff(error);
    }
  }

  /** Sends what came after the position, and from where to resume. */
  private async readOn(): Promise<void> {
    const { db } = this.holder;
    for (let isDone = false; !isDone && this.isActive();) {
      const { missed, unread, newest, limit, changes } = await withShrinkingBatch(pageSize, (limit) =>
        db.read({
          missed: listInboxAfter(this.userId, this.filter, this.position.seq, limit),
          unread: countUnread(this.userId),
          newest: newestPosition(),
          changes: findChanges(this.userId, this.position.version),
        }),
      );
      const unreadCount = unread[0]!.count;
      isDone = missed.length < limit;
      // A page that is so far behind reads its list again.
      const isTooMuch = !isDone && this.page !== undefined;
      for (const row of isTooMuch ? [] : missed) {
        if (!(await this.hasRoomInTheEnd())) return;
        this.sendNotice({ row, unreadCount, version: this.position.version, shared: createCache() });
      }
      if (isTooMuch) this.sendChange({ ...noChange(this, unreadCount), isComplete: false });
      if ((!isDone && !isTooMuch) || !(await this.hasRoomInTheEnd())) continue;
      isDone = true;
      for (const change of await readChanges(db, changes, this.position.version)) this.sendChange(change);
      this.position = {
        seq: Math.max(this.position.seq, newest[0]!.seq),
        version: Math.max(this.position.version, newest[0]!.version),
      };
      this.sendPosition();
    }
  }

  private async hasRoomInTheEnd(): Promise<boolean> {
    while (this.isActive() && !this.stream.hasRoom())
      await new Promise<void>((resolve) => (this.gotRoom = resolve));
    return this.isActive();
  }
}

const toId = ({ seq, version }: InboxPosition): string => `${seq}-${version}`;

/** Only the count. */
const noChange = ({ userId }: Watcher, unreadCount: number): Change => ({
  userId,
  version: 0,
  items: [],
  isComplete: true,
  unreadCount,
  shared: createCache(),
});
