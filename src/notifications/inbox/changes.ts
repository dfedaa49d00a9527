// What has changed in inboxes: notifications that were read, done or moved back, whoever wrote that.
import type { Database } from "../../../db/client.ts";
import { type Cache, createCache } from "../../kernel/ports.ts";
import { changedSince } from "./rules/changes.ts";
import { countUnreadOf, listItems, type ChangesRow } from "./store/changes.ts";
import type { InboxRow } from "./store/inbox.ts";

export interface Change {
  userId: string;
  /** Of the latest change in it. */
  version: number;
  /** The notifications as they are now. */
  items: InboxRow[];
  /** Whether these are all that have changed; if not, there are too many to name. */
  isComplete: boolean;
  unreadCount: number;
  /** What is made of it once, for all watchers of the user. */
  shared: Cache;
}

/** What the users of these rows have changed after a version. One round trip, if there are any. */
export async function readChanges(
  db: Database,
  rows: readonly ChangesRow[],
  after: number,
): Promise<Change[]> {
  if (rows.length === 0) return [];
  const changed = rows.map((row) => ({ ...row, ...changedSince(row.recent, after) }));
  const { items, unread } = await db.read({
    items: listItems(JSON.stringify(changed.flatMap(({ seqs }) => seqs))),
    unread: countUnreadOf(JSON.stringify(rows.map(({ userId }) => userId))),
  });
  const counts = new Map(unread.map(({ userId, count }) => [userId, count]));
  return changed.map(({ userId, version, isComplete }) => ({
    userId,
    version,
    items: items.filter((item) => item.userId === userId),
    isComplete,
    unreadCount: counts.get(userId) ?? 0,
    shared: createCache(),
  }));
}
