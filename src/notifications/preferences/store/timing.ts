// SQL of a person's quiet hours, time of the digest and time zone, and of the messages that wait for these.
import { eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { users } from "../../../../db/schema.ts";
import { digestMethod } from "../../channels/index.ts";
import { severitiesSql } from "../../texts/store/severities.ts";

type User = SQL<string> | string;

/** JSON, or NULL. */
export const findTiming = (user: User) =>
  query
    .select({
      quietHours: users.quietHours,
      digest: users.digest,
      timeZone: users.timeZone,
      severities: severitiesSql.as("severities"),
    })
    .from(users)
    .where(eq(users.id, user));

export type TimingRow = ReturnType<typeof findTiming>["_"]["result"][number];

/** Only what is given changes. */
export const saveTiming = (
  user: User,
  change: Partial<Omit<TimingRow, "severities">>,
  now: number,
): Statement =>
  query
    .update(users)
    .set({ ...change, updatedAt: now })
    .where(eq(users.id, user));

export interface Move {
  /** What is stored: nothing is moved if it has changed meanwhile. */
  quietHours: string | null;
  timeZone: string | null;
  /** Epoch milliseconds: until then messages wait. */
  until: number;
  /** Templates whose messages don't wait. */
  exempt: readonly string[];
  now: number;
}

/** Messages that wait for the end of quiet hours wait for the end of the new ones. */
export const moveWaiting = (user: User, { quietHours, timeZone, until, exempt, now }: Move): Statement =>
  query.run(sql`UPDATE notification_messages
    SET due_at = CASE WHEN EXISTS (SELECT 1 FROM notification_events AS e WHERE e.id = event_id
      AND e.template_id IN (SELECT value FROM json_each(${JSON.stringify(exempt)}))) THEN ${now} ELSE ${until} END
    WHERE user_id = ${user} AND status = 'pending' AND due_at > ${now} AND instr(reasons, '"quiet_hours"') > 0
      AND EXISTS (SELECT 1 FROM users WHERE id = ${user} AND quiet_hours IS ${quietHours} AND time_zone IS ${timeZone})`);

/** Those that are due after a move. */
export const findMoved = (user: User, now: number) =>
  query.all<{ id: string; method: string; receiverId: string | null }>(sql`
    SELECT id, method, receiver_id AS "receiverId" FROM notification_messages
    WHERE user_id = ${user} AND status = 'pending' AND due_at = ${now} AND instr(reasons, '"quiet_hours"') > 0`);

/** What waits for the digest waits for the next one. */
export const moveDigest = (user: User, at: number, now: number): Statement =>
  query.run(sql`UPDATE notification_messages SET due_at = ${at}
    WHERE seq IN (SELECT m.seq FROM notification_messages AS m INDEXED BY notification_messages_digest
      WHERE m.user_id = ${user} AND ${sql.raw(`m.method = '${digestMethod}' AND m.due_at IS NOT NULL`)} AND m.due_at > ${now})`);
