// Live inboxes: readers of one holder (the process on Node) share one look at the database a second, and one at once
// when this process has written something. No reader, no look.
import type { Database } from "../../db/client.ts";
import { countUnreadOf, listAllAfter, newestSeq, type InboxFilter, type InboxRow } from "./store/inbox.ts";

export interface Reader {
  userId: string;
  /** Called in order, for each new notification of the user, with the user's count of unread ones. */
  tell: (row: InboxRow, unreadCount: number) => void;
}

export interface Hub {
  /** Resolves when from now on every new notification will be told; answers how to leave. Throws when it can't look. */
  join: (reader: Reader) => Promise<() => void>;
  /** Something was written by this process: look now. */
  wake: () => void;
  close: () => void;
}

export interface HubOptions {
  db: Database;
  /** Milliseconds between looks. */
  interval: number;
  onError: (error: unknown) => void;
}

const pageSize = 500;

export function createHub(options: HubOptions): Hub {
  const readers = new Set<Reader>();
  let position: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<void> | undefined;
  let again = false;

  async function look(): Promise<void> {
    clearTimeout(timer);
    try {
      do {
        again = false;
        if (readers.size > 0) await deliver();
      } while (again && readers.size > 0);
    } catch (error) {
      options.onError(error);
    }
    looking = undefined;
    if (readers.size === 0) position = undefined;
    else timer = setTimeout(start, options.interval);
  }

  function start(): Promise<void> {
    again = looking !== undefined;
    // Begun later, so that a look with nothing to do does not end before it is noted as going on.
    looking ??= Promise.resolve().then(look);
    return looking;
  }

  async function deliver(): Promise<void> {
    if (position === undefined) {
      position = (await options.db.read({ newest: newestSeq() })).newest[0]!.seq;
      return;
    }
    const rows = await tellNews(options.db, position, readers);
    position = rows.at(-1)?.seq ?? position;
    if (rows.length === pageSize) again = true;
  }

  return {
    join: async (reader) => {
      readers.add(reader);
      // A look that is under way may have begun before this reader came.
      for (let tries = 0; position === undefined && tries < 2; tries += 1) await start();
      if (position === undefined) {
        readers.delete(reader);
        throw new Error("The live inbox can't look for news at the moment.");
      }
      return () => void readers.delete(reader);
    },
    wake: () => {
      if (readers.size > 0) void start();
    },
    close: () => {
      readers.clear();
      clearTimeout(timer);
    },
  };
}

/** One round trip for all readers, however many. Answers what was told. */
async function tellNews(db: Database, after: number, readers: ReadonlySet<Reader>): Promise<InboxRow[]> {
  const userIds = [...new Set([...readers].map((reader) => reader.userId))];
  const { rows, unread } = await db.read({
    rows: listAllAfter(after, pageSize),
    unread: countUnreadOf(userIds),
  });
  const counts = new Map(unread.map((row) => [row.userId, row.count]));
  for (const row of rows) {
    for (const reader of readers) {
      if (reader.userId === row.userId) reader.tell(row, counts.get(row.userId) ?? 0);
    }
  }
  return rows;
}

/** Whether a notification passes the filter of a watch. New ones are unread: `read` lets none through. */
export function passes(row: Pick<InboxRow, "templateId" | "targets">, filter: InboxFilter): boolean {
  if (filter.readStatus === "read") return false;
  if (filter.templates.length > 0 && !filter.templates.includes(row.templateId)) return false;
  const targets = JSON.parse(row.targets) as string[];
  return filter.targets.every((target) => targets.includes(target));
}
