// Live inboxes: all watchers of a process (on Workers, of a Durable Object) share one query each second, and one immediately
// after this process wrote something. If notifications of a watcher have changed, a second one reads them. Without watchers
// there are no queries.
import { type Database, withShrinkingBatch } from "../../../db/client.ts";
import { ApiError } from "../../kernel/errors.ts";
import { createPoll } from "../../kernel/poll.ts";
import { type Cache, createCache, type InboxPosition, type InboxWaker } from "../../kernel/ports.ts";
import { readChanges, type Change } from "./changes.ts";
import { listAllChanges, newestPosition, type ChangesRow } from "./store/changes.ts";
import {
  countUnreadAfter,
  endOfRecent,
  listAllAfter,
  type InboxFilter,
  type InboxRow,
} from "./store/inbox.ts";

/** A new notification. */
export interface Notice {
  row: InboxRow;
  /** How many the user has not read. */
  unreadCount: number;
  /** The changes that were emitted before. */
  version: number;
  /** What is made of it once, for all watchers of the user. */
  shared: Cache;
}

export interface Watcher {
  userId: string;
  /** The session or token that they use. */
  keyId: string;
  /** Called in order for each new notification of the user. */
  emit: (notice: Notice) => void;
  /** Called when notifications of the user have changed: were read or done, here or elsewhere. */
  change?: (change: Change) => void;
  /** Called about once a second. */
  beat?: () => void;
  /** Called when the key is no longer valid: the watcher was removed. */
  end: () => void;
}

export interface Hub extends InboxWaker {
  /** Resolves once every later notification will be emitted. Throws 503 if the database is unavailable. */
  join: (watcher: Watcher) => Promise<Membership>;
  close: () => void;
}

export interface Membership {
  leave: () => void;
  /** Notifications and changes up to here were emitted before. */
  position: InboxPosition;
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
/** Users whose changes are read at a time. */
const changesPageSize = 50;
/** So many users' notifications are asked for by name; with more watchers, those of all users are read. */
const maxNamedUsers = 250;
const keyCheckMs = 60_000;
const beatMs = 1_000;

export function createHub(options: HubOptions): Hub {
  const watchers = createWatchers();
  /** Up to where everything was emitted; undefined while nobody watches. */
  let position: InboxPosition | undefined;
  const keys = createKeyCheck(options);
  const poll = createPoll({
    interval: options.interval,
    query: emitNew,
    isWanted: () => watchers.count() > 0,
    onIdle: () => (position = undefined),
    onError: options.onError,
  });

  async function emitNew(): Promise<void> {
    const after = position;
    if (after === undefined) {
      const { newest } = await options.db.read({ newest: newestPosition() });
      position = newest[0];
      return;
    }
    if (keys.isDue()) {
      for (const watcher of await keys.findInvalid(watchers.all()))
        if (watchers.delete(watcher)) watcher.end();
    }
    const { rows, unread, end, changes, limit } = await readNew(options.db, watchers, after);
    const counts = new Map(unread.map((row) => [row.userId, row.count]));
    emitAll(watchers, rows, { unread: counts, version: after.version });
    position = { seq: end[0]!.seq ?? after.seq, version: after.version };
    await emitChanges(watchers, options.db, { changes, after: after.version });
    position = { seq: position.seq, version: changes.at(-1)?.version ?? after.version };
    if (end[0]!.count === limit || changes.length === changesPageSize) void poll.start();
  }

  return {
    join: async (watcher) => {
      watchers.add(watcher);
      if (position === undefined) await poll.start();
      if (position === undefined) {
        watchers.delete(watcher);
        throw unavailable();
      }
      return { leave: () => void watchers.delete(watcher), position };
    },
    wake: () => {
      if (watchers.count() > 0) void poll.start();
    },
    recheck: () => {
      keys.recheck();
      if (watchers.count() > 0) void poll.start();
    },
    close: () => {
      for (const watcher of watchers.all()) if (watchers.delete(watcher)) watcher.end();
      poll.stop();
    },
  };
}

type Watchers = ReturnType<typeof createWatchers>;

/** What is new for the watchers. Who joined during the read is asked for as well, by a read of everybody's. */
async function readNew(db: Database, watchers: Watchers, after: InboxPosition) {
  const read = (users: string | undefined) =>
    withShrinkingBatch(pageSize, (limit) =>
      db.read({
        rows: listAllAfter(after.seq, limit, users),
        unread: countUnreadAfter(after.seq, limit, users),
        end: endOfRecent(after.seq, limit),
        changes: listAllChanges(after.version, changesPageSize),
      }),
    );
  const users = watchers.someUsers();
  const found = await read(users);
  return users === undefined || watchers.someUsers() === users ? found : read(undefined);
}

function emitAll(
  watchers: Watchers,
  rows: readonly InboxRow[],
  { unread, version }: { unread: ReadonlyMap<string, number>; version: number },
): void {
  for (const row of rows) {
    const own = watchers.of(row.userId);
    if (own.size === 0) continue;
    const notice = { row, unreadCount: unread.get(row.userId) ?? 0, version, shared: createCache() };
    for (const watcher of own) watcher.emit(notice);
  }
}

async function emitChanges(
  watchers: Watchers,
  db: Database,
  { changes, after }: { changes: readonly ChangesRow[]; after: number },
): Promise<void> {
  const watched = changes.filter(({ userId }) => watchers.of(userId).size > 0);
  for (const change of await readChanges(db, watched, after))
    for (const watcher of watchers.of(change.userId)) watcher.change?.(change);
}

/** Watchers by user; the beat of all of them is one timer, while there are any. */
function createWatchers() {
  const nobody: ReadonlySet<Watcher> = new Set();
  const byUser = new Map<string, Set<Watcher>>();
  let count = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const all = () => [...byUser.values()].flatMap((own) => [...own]);
  const beat = () => all().forEach((watcher) => watcher.beat?.());
  return {
    all,
    of: (userId: string): ReadonlySet<Watcher> => byUser.get(userId) ?? nobody,
    count: () => count,
    /** The watchers' users as a JSON array; undefined if they are too many. */
    someUsers: (): string | undefined =>
      byUser.size > maxNamedUsers ? undefined : JSON.stringify([...byUser.keys()]),
    add: (watcher: Watcher) => {
      const own = byUser.get(watcher.userId) ?? new Set();
      byUser.set(watcher.userId, own.add(watcher));
      count += 1;
      timer ??= setInterval(beat, beatMs);
    },
    /** Whether it was there. */
    delete: (watcher: Watcher): boolean => {
      const own = byUser.get(watcher.userId);
      if (own?.delete(watcher) !== true) return false;
      if (own.size === 0) byUser.delete(watcher.userId);
      count -= 1;
      if (count > 0) return true;
      clearInterval(timer);
      timer = undefined;
      return true;
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
      const found = await validKeys([...new Set(watchers.map(({ keyId }) => keyId))]).catch(
        (error: unknown) => {
          due = 0;
          throw error;
        },
      );
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

/** Whether a new notification passes the filter of a watch. New ones are unread. */
export function passesFilter(row: Pick<InboxRow, "templateId" | "targets">, filter: InboxFilter): boolean {
  if (filter.readStatus === "read") return false;
  if (filter.templates.length > 0 && !filter.templates.includes(row.templateId)) return false;
  if (filter.targets.length === 0) return true;
  const targets = JSON.parse(row.targets) as string[];
  return filter.targets.every((target) => targets.includes(target));
}
