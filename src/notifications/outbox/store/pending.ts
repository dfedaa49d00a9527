// SQL of delayed messages that may be withdrawn: whether there are any of a subject, and withdrawing them. May be sent
// twice. Only what was enqueued with a subject can be withdrawn, and only while nobody has received its event.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { countInhibited } from "../../delivery/store/metrics.ts";

/** One message that was sent, is being sent, or was tried: its event has been received, by whatever channel. */
const isReceived = sql`EXISTS (SELECT 1 FROM notification_messages other
  WHERE other.event_id = notification_messages.event_id AND (other.status = 'sent' OR other.attempt_count > 0))`;

const isWithdrawable = (subject: string): SQL =>
  sql`(subject = ${subject} AND due_at IS NOT NULL AND status = 'pending' AND NOT ${isReceived})`;

/** True in SQL unless messages of this subject wait that nobody has received. */
export const whereNothingPending = (subject: string): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM notification_messages WHERE ${isWithdrawable(subject)})`;

/**
 * Those of this subject end unsent, with the reason; nothing happens unless `when` holds.
 * `created`: the events that the same write creates, which it never withdraws. An event of the same identity that comes
 * later is no duplicate of what nobody has received.
 */
export const cancelPending = (
  subject: string,
  now: number,
  when: SQL,
  created: readonly string[] = [],
): Statement[] => {
  const isOfAnother = sql`event_id NOT IN (SELECT value FROM json_each(${JSON.stringify(created)}))`;
  const which = sql`${isWithdrawable(subject)} AND ${isOfAnother} AND ${when}`;
  return [
    countInhibited(which),
    query.run(sql`UPDATE notification_messages
      SET status = 'inhibited', due_at = NULL, dedupe_key = NULL, updated_at = ${now},
        reasons = json_insert(reasons, '$[#]', 'taken_back')
      WHERE ${which}`),
  ];
};
