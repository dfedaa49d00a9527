// Live inboxes: readers of one holder (the process on Node, a Durable Object on Workers) share one look at the database a
// second, and one at once when this process has written something. No reader, no look.
import type { Database } from "../../../db/client.ts";
import { withFewer } from "../../../db/fewer.ts";
import { createCoalescer } from "../../kernel/coalescer.ts";
import { ApiError } from "../../kernel/errors.ts";
import type { InboxWaker } from "../../kernel/ports.ts";
import { countUnreadAfter, listAllAfter, newestSeq, type InboxFilter, type InboxRow } from "./store/inbox.ts";

export interface Reader {
  userId: string;
  /** What they signed in with. */
  keyId: string;
  /** Called in order, for each new notification of the user, with the user's count of unread ones. */
  tell: (row: InboxRow, unreadCount: number) => void;
  /** Called when the key is not good any more: the reader has been left out. */
  end: () => void;
}

export interface Hub extends InboxWaker {
  /** Resolves when from now on every new notification will be told; answers how to leave. Throws 503 when it can't look. */
  join: (reader: Reader) => Promise<() => void>;
  close: () => void;
}

export interface HubOptions {
  db: Database;
  /** Milliseconds between looks. */
  interval: number;
  /** Which of these keys may still see what they see, and until when; asked once a minute. */
  goodKeys: (keyIds: readonly string[]) => Promise<{ id: string; expiresAt: number }[]>;
  /** Epoch milliseconds. */
  now: () => number;
  onError: (error: unknown) => void;
}

const pageSize = 500;
/** Milliseconds after which a key that has ended is noticed. */
const keyInterval = 60_000;

export function createHub(options: HubOptions): Hub {
  const readers = new Set<Reader>();
  /** Everything up to here has been told; undefined while nobody reads. */
  let position: number | undefined;
  const keys = createKeyWatch(options);
  const looks = createLooks({
    interval: options.interval,
    look,
    isWanted: () => readers.size > 0,
    rest: () => (position = undefined),
    onError: options.onError,
  });

  async function look(): Promise<void> {
    const after = position;
    if (after === undefined) {
      position = (await options.db.read({ newest: newestSeq() })).newest[0]!.seq;
      return;
    }
    if (keys.isDue()) {
      for (const reader of await keys.ended([...readers])) if (readers.delete(reader)) reader.end();
    }
    const { rows, unread, limit } = await withFewer(pageSize, (limit) =>
      options.db.read({ rows: listAllAfter(after, limit), unread: countUnreadAfter(after) }),
    );
    tellAll(rows, new Map(unread.map((row) => [row.userId, row.count])));
    position = rows.at(-1)?.seq ?? after;
    if (rows.length === limit) void looks.start();
  }

  function tellAll(rows: readonly InboxRow[], unread: ReadonlyMap<string, number>): void {
    for (const row of rows) {
      for (const reader of readers) {
        if (reader.userId === row.userId) reader.tell(row, unread.get(row.userId) ?? 0);
      }
    }
  }

  return {
    join: async (reader) => {
      readers.add(reader);
      if (position === undefined) await looks.start();
      if (position === undefined) {
        readers.delete(reader);
        throw cannotLook();
      }
      return () => void readers.delete(reader);
    },
    wake: () => {
      if (readers.size > 0) void looks.start();
    },
    recheck: () => {
      keys.recheck();
      if (readers.size > 0) void looks.start();
    },
    close: () => {
      for (const reader of readers) reader.end();
      readers.clear();
      looks.stop();
    },
  };
}

/** When readers' keys are to be looked at, and which have ended. */
function createKeyWatch({ now, goodKeys }: Pick<HubOptions, "now" | "goodKeys">) {
  let due = now() + keyInterval;
  return {
    isDue: () => now() >= due,
    recheck: () => void (due = 0),
    ended: async (readers: readonly Reader[]): Promise<Reader[]> => {
      due = now() + keyInterval;
      const found = await goodKeys(readers.map(({ keyId }) => keyId)).catch((error: unknown) => {
        due = 0;
        throw error;
      });
      due = Math.min(due, ...found.map(({ expiresAt }) => expiresAt));
      const good = new Set(found.map(({ id }) => id));
      return readers.filter(({ keyId }) => !good.has(keyId));
    },
  };
}

const cannotLook = () =>
  new ApiError(503, "The live inbox can't look for news at the moment.", { headers: { "retry-after": "5" } });

interface LooksOptions {
  /** Milliseconds from the end of a look to the next. */
  interval: number;
  look: () => Promise<void>;
  isWanted: () => boolean;
  /** Called when no look will follow. */
  rest: () => void;
  onError: (error: unknown) => void;
}

/** One look at a time, again and again while they are wanted. */
function createLooks({ interval, look, isWanted, rest, onError }: LooksOptions) {
  const stopping = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const looks = createCoalescer<void>({
    run: async () => {
      if (isWanted()) await look();
    },
    onError,
    signal: stopping.signal,
  });

  function scheduleNext(): void {
    clearTimeout(timer);
    if (!isWanted()) rest();
    else if (!stopping.signal.aborted) timer = setTimeout(start, interval);
  }

  /** Resolves when a look that begins from now on has ended or failed. */
  function start(): Promise<void> {
    clearTimeout(timer);
    return looks.add().then(scheduleNext);
  }

  return {
    start,
    stop: () => {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}

/** Whether a notification passes the filter of a watch. New ones are unread: `read` lets none through. */
export function passes(row: Pick<InboxRow, "templateId" | "targets">, filter: InboxFilter): boolean {
  if (filter.readStatus === "read") return false;
  if (filter.templates.length > 0 && !filter.templates.includes(row.templateId)) return false;
  const targets = JSON.parse(row.targets) as string[];
  return filter.targets.every((target) => targets.includes(target));
}
