// SQL of one-time passcodes: issuing, attempting and ending them.
import { eq, inArray, lte, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { passcodes, passcodeTries, users } from "../../../db/schema.ts";
import { maxPasscodes, maxPasscodeAttempts } from "../rules/one-time-codes.ts";
import { userIdByEmailSql, userColumns } from "./users.ts";
/** Who can sign in with a password: only they get one or use one. */
const canSignInSql = sql`u.status = 'active' AND u.deleted_at IS NULL AND NOT u.is_system AND u.password_hash IS NOT NULL`;

const isLiveSql = (now: number): SQL => sql`p.expires_at > ${now}
  AND (SELECT count(*) FROM passcode_tries t WHERE t.passcode_id = p.id) < ${maxPasscodeAttempts}`;

export function findUserToReset(email: string) {
  return query
    .select({ id: users.id, username: users.username, email: users.email, counter: users.passcodeCounter })
    .from(users)
    .where(eq(users.id, userIdByEmailSql(email)));
}

/** True in SQL while the user may get one more, and none was made since the counter was read. */
export const canIssuePasscodeSql = (userId: string, counter: number, now: number): SQL => sql`EXISTS (
  SELECT 1 FROM users u WHERE u.id = ${userId} AND u.passcode_counter = ${counter} AND ${canSignInSql}
    AND (SELECT count(*) FROM passcodes p WHERE p.user_id = u.id AND ${isLiveSql(now)}) < ${maxPasscodes})`;

/** The counter goes on last: `when` may speak of it. */
export function insertPasscode(row: typeof passcodes.$inferInsert, when: SQL): Statement[] {
  return [
    query.run(sql`INSERT INTO ${passcodes} (id, user_id, selector, counter, created_at, expires_at)
      SELECT ${row.id}, ${row.userId}, ${row.selector}, ${row.counter}, ${row.createdAt}, ${row.expiresAt}
      WHERE ${when} ON CONFLICT(id) DO NOTHING`),
    query.run(sql`UPDATE users SET passcode_counter = ${row.counter}
      WHERE id = ${row.userId} AND passcode_counter < ${row.counter}
        AND EXISTS (SELECT 1 FROM passcodes WHERE id = ${row.id})`),
  ];
}

export const findPasscode = (id: string) => query.select().from(passcodes).where(eq(passcodes.id, id));

export interface PasscodeAttempt {
  id: string;
  /** What the selector may be stored as. */
  selectors: readonly string[];
  email: string;
  now: number;
}

/** Counts before it is known whether it is right, or many could be tried at once. */
export const countAttempt = ({ id, selectors, email, now }: PasscodeAttempt, when: SQL): Statement =>
  query.run(sql`INSERT INTO ${passcodeTries} (id, passcode_id)
    SELECT ${id}, p.id FROM passcodes p JOIN users u ON u.id = p.user_id
    WHERE u.id = ${userIdByEmailSql(email)} AND ${canSignInSql} AND ${isLiveSql(now)}
      AND p.selector IN (SELECT value FROM json_each(${JSON.stringify(selectors)})) AND ${when}
    LIMIT 1 ON CONFLICT(id) DO NOTHING`);

export const deleteAttempt = (id: string): Statement =>
  query.delete(passcodeTries).where(eq(passcodeTries.id, id));

/** The passcode that a try was counted for, and whose it is. */
export function findAttemptedPasscode(id: string) {
  return query
    .select({
      passcodeId: passcodes.id,
      counter: passcodes.counter,
      ...userColumns,
      passwordHash: users.passwordHash,
    })
    .from(passcodeTries)
    .innerJoin(passcodes, eq(passcodes.id, passcodeTries.passcodeId))
    .innerJoin(users, eq(users.id, passcodes.userId))
    .where(eq(passcodeTries.id, id));
}

/** True in SQL until it is used or too old, for who can still sign in. */
export const isPasscodeOpenSql = (passcodeId: string, now: number): SQL => sql`EXISTS (
  SELECT 1 FROM passcodes p JOIN users u ON u.id = p.user_id
  WHERE p.id = ${passcodeId} AND p.expires_at > ${now} AND ${canSignInSql})`;

/** All of a user's: a password that was changed ends them. */
export const endPasscodes = (userId: string, when: SQL): Statement =>
  query.delete(passcodes).where(sql`user_id = ${userId} AND ${when}`);

export function purgePasscodes(now: number, limit: number): Statement {
  const old = query
    .select({ id: passcodes.id })
    .from(passcodes)
    .where(lte(passcodes.expiresAt, now))
    .limit(limit);
  return query.delete(passcodes).where(inArray(passcodes.id, old)).returning({ id: passcodes.id });
}
