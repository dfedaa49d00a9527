// SQL that deletes old messages, events and inbox notifications.
import { sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { idPrefix } from "../../../../db/statements.ts";
import type { Purges } from "../../../kernel/purge.ts";
import { deleteOldInbox } from "../../inbox/store/inbox.ts";
import { deleteOldSituations } from "../../situations/store/situations.ts";

/** Old messages with their attempts, events without messages, and inbox notifications. */
export const notificationPurges = (
  now: number,
  { messageRetention, inboxRetention }: { messageRetention: number; inboxRetention: number },
): Purges => ({
  notificationMessages: (limit) => purgeMessages(now - messageRetention, limit),
  notificationEvents: (limit) => purgeEvents(now - messageRetention, limit),
  inboxNotifications: (limit) => deleteOldInbox(now - inboxRetention, limit),
  situations: (limit) => deleteOldSituations(now - inboxRetention, limit),
});

/** Deletes final messages older than `before`, with their attempts, but never the newest. Their ids tell their age. */
export function purgeMessages(before: number, limit: number): Statement {
  const oldSql = sql`SELECT seq FROM notification_messages
    WHERE id < ${idPrefix(before)} AND due_at IS NULL AND updated_at < ${before}
      AND +seq < (SELECT max(seq) FROM notification_messages) LIMIT ${limit}`;
  return query.all(sql`DELETE FROM notification_messages WHERE seq IN (${oldSql}) RETURNING 1 AS deleted`);
}

/** Deletes events older than `before` that have no messages left. Their ids tell their age. */
const purgeEvents = (before: number, limit: number): Statement =>
  query.all(sql`DELETE FROM notification_events WHERE id IN (
    SELECT e.id FROM notification_events e WHERE e.id < ${idPrefix(before)} AND e.created_at < ${before}
      AND NOT EXISTS (SELECT 1 FROM notification_messages m WHERE m.event_id = e.id) LIMIT ${limit})
    RETURNING 1 AS deleted`);
