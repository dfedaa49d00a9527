// SQL of a source's people: which user of Belfry each is, those whom Belfry doesn't recognise, and what waits for them.
import { asc, desc, eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { sourcePeople, sourceWaiting, users } from "../../../db/schema.ts";
import { canonicalEmail } from "../../accounts/rules/profile.ts";
import { userIdByEmailSql } from "../../accounts/store/users.ts";
import type { CoderPerson } from "../rules/coder-message.ts";
import { maxUnmatchedPeople, maxWaiting } from "../rules/source.ts";

const isUserSql = (id: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM users u WHERE u.id = ${id} AND u.deleted_at IS NULL AND NOT u.is_system)`;

/** A SELECT of one id at most: by an owner's choice, else by email address, else by username. None for a NULL source. */
export const userIdsOfPersonSql = (sourceId: SQL | string, { id, email, username }: CoderPerson): SQL =>
  sql`SELECT found.id FROM (
      SELECT p.user_id AS id, 1 AS rank FROM source_people p WHERE p.source_id = ${sourceId} AND p.foreign_id = ${id}
      UNION ALL SELECT ${userIdByEmailSql(email)}, 2
      UNION ALL SELECT u.id, 3 FROM users u WHERE lower(u.username) = lower(${username}) AND u.deleted_at IS NULL
    ) AS found WHERE ${isUserSql(sql`found.id`)} AND ${sourceId} IS NOT NULL ORDER BY found.rank LIMIT 1`;

/** SQL: whether it is nobody. */
export const hasNobodySql = (userIdsSql: SQL): SQL => sql`NOT EXISTS (${userIdsSql})`;

export interface Unmatched {
  messageId: string;
  sourceId: string;
  person: CoderPerson;
  /** JSON. */
  message: string;
  now: number;
}

/** Notes somebody whom Belfry doesn't recognise, and keeps the message; as many as a source may have. */
export function keepUnmatched(
  { messageId, sourceId, person, message, now }: Unmatched,
  when: SQL,
): Statement[] {
  const { id, username, email, name } = person;
  const isListedSql = sql`EXISTS (SELECT 1 FROM source_people WHERE source_id = ${sourceId} AND foreign_id = ${id})`;
  return [
    query.run(sql`INSERT INTO source_people (source_id, foreign_id, username, email, email_canonical, name,
        missed_count, first_seen_at, last_seen_at)
      SELECT ${sourceId}, ${id}, ${username}, ${email}, ${canonicalEmail(email)}, ${name}, 1, ${now}, ${now}
      WHERE ${when} AND (${isListedSql} OR (SELECT count(*) FROM source_people
        WHERE source_id = ${sourceId} AND (user_id IS NOT NULL) = 0) < ${maxUnmatchedPeople})
      ON CONFLICT (source_id, foreign_id) DO UPDATE SET username = excluded.username, email = excluded.email,
        email_canonical = excluded.email_canonical, name = excluded.name,
        missed_count = missed_count + 1, last_seen_at = excluded.last_seen_at`),
    query.run(sql`INSERT INTO source_waiting (message_id, source_id, foreign_id, message, received_at)
      SELECT ${messageId}, ${sourceId}, ${id}, ${message}, ${now}
      WHERE ${when} AND ${isListedSql}
        AND (SELECT count(*) FROM source_waiting WHERE source_id = ${sourceId}) < ${maxWaiting}
      ON CONFLICT DO NOTHING`),
  ];
}

/** Whom a person looks like, by address or else by name: the suggestion where nobody was chosen. */
const suggestedSql = sql<string | null>`CASE WHEN ${sourcePeople.userId} IS NULL THEN coalesce(
  (SELECT s.username FROM users s WHERE s.email_canonical = ${sourcePeople.emailCanonical}
    AND s.email_canonical <> '' AND s.deleted_at IS NULL AND NOT s.is_system),
  (SELECT s.username FROM users s WHERE lower(s.username) = lower(${sourcePeople.username})
    AND s.deleted_at IS NULL AND NOT s.is_system)) END`;

const selectPeople = () =>
  query
    .select({
      sourceId: sourcePeople.sourceId,
      foreignId: sourcePeople.foreignId,
      username: sourcePeople.username,
      email: sourcePeople.email,
      name: sourcePeople.name,
      userId: sourcePeople.userId,
      pinnedTo: users.username,
      pinnedAt: sourcePeople.pinnedAt,
      missed: sourcePeople.missedCount,
      firstSeenAt: sourcePeople.firstSeenAt,
      lastSeenAt: sourcePeople.lastSeenAt,
      suggested: suggestedSql.as("suggested"),
      waiting: sql<number>`(SELECT count(*) FROM source_waiting w
        WHERE w.source_id = ${sourcePeople.sourceId} AND w.foreign_id = ${sourcePeople.foreignId})`.as(
        "waiting",
      ),
    })
    .from(sourcePeople)
    .leftJoin(users, eq(users.id, sourcePeople.userId));

/** Those whom Belfry doesn't recognise first, the latest first; then those who are pinned. */
export const listPeople = (sourceId: SQL | string, limit: number) =>
  selectPeople()
    .where(eq(sourcePeople.sourceId, sourceId))
    .orderBy(
      sql`(${sourcePeople.userId} IS NOT NULL)`,
      desc(sourcePeople.lastSeenAt),
      asc(sourcePeople.foreignId),
    )
    .limit(limit);

export const findPersonOfSource = (sourceId: SQL | string, foreignId: string) =>
  selectPeople().where(
    sql`${sourcePeople.sourceId} = ${sourceId} AND ${sourcePeople.foreignId} = ${foreignId}`,
  );

export type SourcePerson = ReturnType<typeof listPeople>["_"]["result"][number];

export interface Pin {
  sourceId: string;
  foreignId: string;
  userId: string;
  now: number;
}

export const pinPerson = ({ sourceId, foreignId, userId, now }: Pin, when: SQL): Statement =>
  query.run(sql`INSERT INTO source_people (source_id, foreign_id, username, email, email_canonical, name, user_id,
      pinned_at, first_seen_at, last_seen_at)
    SELECT ${sourceId}, ${foreignId}, '', '', '', '', ${userId}, ${now}, ${now}, ${now}
    WHERE ${when} AND EXISTS (SELECT 1 FROM sources WHERE id = ${sourceId}) AND ${isUserSql(sql`${userId}`)}
    ON CONFLICT (source_id, foreign_id) DO UPDATE SET user_id = excluded.user_id, pinned_at = excluded.pinned_at`);

export const isPinnedSql = ({ sourceId, foreignId, userId }: Pin): SQL =>
  sql`EXISTS (SELECT 1 FROM source_people WHERE source_id = ${sourceId} AND foreign_id = ${foreignId} AND user_id = ${userId})`;

export const personExistsSql = (sourceId: string, foreignId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM source_people WHERE source_id = ${sourceId} AND foreign_id = ${foreignId})`;

/** Also what waits for them. */
export const forgetPerson = (sourceId: string, foreignId: string, when: SQL): Statement =>
  query.run(
    sql`DELETE FROM source_people WHERE source_id = ${sourceId} AND foreign_id = ${foreignId} AND ${when}`,
  );

/** The oldest first. */
export const listWaiting = (sourceId: string, foreignId: string, since: number, limit: number) =>
  query
    .select({ messageId: sourceWaiting.messageId, message: sourceWaiting.message })
    .from(sourceWaiting)
    .where(
      sql`${sourceWaiting.sourceId} = ${sourceId} AND ${sourceWaiting.foreignId} = ${foreignId}
        AND ${sourceWaiting.receivedAt} > ${since}`,
    )
    .orderBy(asc(sourceWaiting.receivedAt), sql`${sourceWaiting}.rowid`)
    .limit(limit);

export const isWaitingSql = (messageId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM source_waiting WHERE message_id = ${messageId})`;

export const deleteWaiting = (messageIds: readonly string[], when: SQL): Statement =>
  query.run(sql`DELETE FROM source_waiting
    WHERE message_id IN (SELECT value FROM json_each(${JSON.stringify(messageIds)})) AND ${when}`);

export const purgeWaiting = (before: number, limit: number): Statement =>
  query.all(sql`DELETE FROM source_waiting WHERE rowid IN
    (SELECT rowid FROM source_waiting WHERE received_at <= ${before} LIMIT ${limit}) RETURNING 1 AS deleted`);

/** Not those who are pinned. */
export const purgePeople = (before: number, limit: number): Statement =>
  query.all(sql`DELETE FROM source_people WHERE rowid IN
    (SELECT rowid FROM source_people WHERE user_id IS NULL AND last_seen_at < ${before} LIMIT ${limit})
    RETURNING 1 AS deleted`);
