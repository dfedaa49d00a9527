// SQL of addresses: who has one, and filling in the form by which they are found.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { users } from "../../../db/schema.ts";
import { canonicalEmail, typedEmail } from "../rules/email.ts";

/**
 * SQL for the id of whoever has this address. An account whose mailbox another has, too, is found by exactly what it was
 * made with, and so is one whose canonical form is not filled in yet.
 */
export const userIdByEmailSql = (email: string): SQL<string> => sql<string>`(SELECT id FROM (
  SELECT id, 1 AS rank FROM users
    WHERE email_canonical = ${canonicalEmail(email)} AND email_canonical <> '' AND deleted_at IS NULL
  UNION ALL
  SELECT id, CASE WHEN email = ${typedEmail(email)} THEN 2 ELSE 0 END FROM users
    WHERE lower(email) = lower(${typedEmail(email)}) AND email <> '' AND deleted_at IS NULL AND email_canonical = ''
  ORDER BY rank DESC LIMIT 1))`;

const isWithout = sql`${users.emailCanonical} = '' AND ${users.email} <> '' AND ${users.deletedAt} IS NULL`;

/** Accounts without a canonical form, the oldest first. */
export const listWithoutCanonicalEmail = () =>
  query
    .select({ id: users.id, username: users.username, email: users.email })
    .from(users)
    .where(isWithout)
    .orderBy(users.seq);

/** Nothing changes where another has it. */
export const fillCanonicalEmail = (id: string, email: string): Statement =>
  query.run(sql`UPDATE OR IGNORE users SET email_canonical = ${canonicalEmail(email)}
    WHERE id = ${id} AND email_canonical = ''`);

/** Who has these canonical forms. */
export const listByCanonicalEmail = (canonical: readonly string[]) =>
  query
    .select({ username: users.username, email: users.email, canonical: users.emailCanonical })
    .from(users)
    .where(
      sql`${users.emailCanonical} IN (SELECT value FROM json_each(${JSON.stringify(canonical)})) AND ${users.deletedAt} IS NULL`,
    );
