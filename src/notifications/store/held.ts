// SQL of messages that are held back: whether there are any of a subject, and taking them back. May be sent twice.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { countInhibited } from "./metrics.ts";

/** A message that is being sent, or was tried, has been told. */
const isHeld = (subject: SQL | string): SQL =>
  sql`(subject IN (${subject}) AND due_at IS NOT NULL AND status = 'pending' AND attempt_count = 0)`;

/** True in SQL unless messages of this subject wait of which nobody has heard. */
export const nothingHeldBack = (subject: string): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM notification_messages WHERE ${isHeld(subject)})`;

/** Those of this subject, or of a SELECT of some, end unsent, with the reason; nothing happens unless `when` holds. */
export const takeBackMessages = (subject: SQL | string, now: number, when: SQL): Statement[] => [
  countInhibited(sql`${isHeld(subject)} AND ${when}`),
  query.run(sql`UPDATE notification_messages
    SET status = 'inhibited', due_at = NULL, updated_at = ${now}, reasons = json_insert(reasons, '$[#]', 'taken_back')
    WHERE ${isHeld(subject)} AND ${when}`),
];
