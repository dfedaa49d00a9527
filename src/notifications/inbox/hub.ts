// Live inboxes: all watchers of a process (on Workers, of a Durable Object) share one query each second, and one immediately
// after this process wrote something. Without watchers there are no queries.
import { type Database, withShrinkingBatch } from "../../../db/client.ts";
import { createCoalescer } from "../../kernel/coalescer.ts";
import { ApiError } from "../../kernel/errors.ts";
import type { InboxWaker } from "../../kernel/ports.ts";
import { countUnreadAfter, listAllAfter, newestSeq, type InboxFilter, type InboxRow } from "./store/inbox.ts";

export interface Watcher {
  userId: string;
  /** The session or token that they use. */
  keyId: string;
  /** Called in order for each new notification of the user, with the user's number of unread ones. */
  emit: (row: InboxRow, unreadCount: number) => void;
  /** Called when the key is no longer valid: the watcher was removed. */
  end: () => void;
}

export interface Hub extends InboxWaker {
  /** Resolves once every later notification will be emitted; returns a function to leave. Throws 503 if the database is unavailable. */
  join: (watcher: Watcher) => Promise<() => void>;
  close: () => void;
}

export interface HubOptions {
  db: Database;
  /** Milliseconds between queries. */
  interval: number;
  /** Which of these keys are valid, and until when; called once a minute. */
  validKeys: (keyIds: readonly string[]) => Promise<{ id: string; expiresAt: number }[]>;
  /** Epoch milliseconds. */
  now: () => number;
  onError: (error: unknown) => void;
}

const pageSize = 500;
const keyCheckMs = 60_000;

export function createHub(options: HubOptions): Hub {
  const watchers = new Set<Watcher>();
  /** The sequence number up to which everything was emitted; undefined while nobody watches. */
  let position: number | undefined;
  const keys = createKeyCheck(options);
  const poll = createPoll({
    interval: options.interval,
    query: emitNew,
    isWanted: () => watchers.size > 0,
    onIdle: () => (position = undefined),
    onError: options.onError,
  });

  async function emitNew(): Promise<void> {
    const after = position;
    if (after === undefined) {
      position = (await options.db.read({ newest: newestSeq() })).newest[0]!.seq;
      return;
    }
    if (keys.isDue()) {
      for (const watcher of await keys.findInvalid([...watchers]))
        if (watchers.delete(watcher)) watcher.end();
    }
    const { rows, unread, limit } = await withShrinkingBatch(pageSize, (limit) =>
      options.db.read({ rows: listAllAfter(after, limit), unread: countUnreadAfter(after) }),
    );
    emitAll(rows, new Map(unread.map((row) => [row.userId, row.count])));
    position = rows.at(-1)?.seq ?? after;
    if (rows.length === limit) void poll.start();
  }

  function emitAll(rows: readonly InboxRow[], unread: ReadonlyMap<string, number>): void {
    for (const row of rows) {
      for (const watcher of watchers) {
        if (watcher.userId === row.userId) watcher.emit(row, unread.get(row.userId) ?? 0);
      }
    }
  }

  return {
    join: async (watcher) => {
      watchers.add(watcher);
      if (position === undefined) await poll.start();
      if (position === undefined) {
        watchers.delete(watcher);
        throw unavailable();
      }
      return () => void watchers.delete(watcher);
    },
    wake: () => {
      if (watchers.size > 0) void poll.start();
    },
    recheck: () => {
      keys.recheck();
      if (watchers.size > 0) void poll.start();
    },
    close: () => {
      for (const watcher of watchers) watcher.end();
      watchers.clear();
      poll.stop();
    },
  };
}

/** When the watchers' keys must be checked, and which are no longer valid. */
function createKeyCheck({ now, validKeys }: Pick<HubOptions, "now" | "validKeys">) {
  let due = now() + keyCheckMs;
  return {
    isDue: () => now() >= due,
    recheck: () => void (due = 0),
    findInvalid: async (watchers: readonly Watcher[]): Promise<Watcher[]> => {
      due = now() + keyCheckMs;
      const found = await validKeys(watchers.map(({ keyId }) => keyId)).catch((error: unknown) => {
        due = 0;
        throw error;
      });
      due = Math.min(due, ...found.map(({ expiresAt }) => expiresAt));
      const valid = new Set(found.map(({ id }) => id));
      return watchers.filter(({ keyId }) => !valid.has(keyId));
    },
  };
}

const unavailable = () =>
  new ApiError(503, "Live updates of the inbox are unavailable at the moment.", {
    headers: { "retry-after": "5" },
  });

interface PollOptions {
  /** Milliseconds from the end of a query to the next. */
  interval: number;
  query: () => Promise<void>;
  isWanted: () => boolean;
  /** Called when no query will follow. */
  onIdle: () => void;
  onError: (error: unknown) => void;
}

/** One query at a time, repeated while it is wanted. */
function createPoll({ interval, query, isWanted, onIdle, onError }: PollOptions) {
  const stopping = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const queries = createCoalescer<void>({
    run: async () => {
      if (isWanted()) await query();
    },
    onError,
    signal: stopping.signal,
  });

  function scheduleNext(): void {
    clearTimeout(timer);
    if (!isWanted()) onIdle();
    else if (!stopping.signal.aborted) timer = setTimeout(start, interval);
  }

  /** Resolves when a query that begins from now on has ended or failed. */
  function start(): Promise<void> {
    clearTimeout(timer);
    return queries.add().then(scheduleNext);
  }

  return {
    start,
    stop: () => {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}

/** Whether a new notification passes the filter of a watch. New ones are unread. */
export function passesFilter(row: Pick<InboxRow, "templateId" | "targets">, filter: InboxFilter): boolean {
  if (filter.readStatus === "read") return false;
  if (filter.templates.length > 0 && !filter.templates.includes(row.templateId)) return false;
  const targets = JSON.parse(row.targets) as string[];
  return filter.targets.every((target) => targets.includes(target));
}
