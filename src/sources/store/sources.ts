// SQL of sources: finding one by its secret, listing, creating and changing them.
import { asc, eq, getTableColumns, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { prepared } from "../../../db/prepared.ts";
import { sources, users } from "../../../db/schema.ts";

const { secretHash: _secret, previousHash: _previous, ...withoutSecrets } = getTableColumns(sources);

const hasSecretSql = (secretHash: string, now: number): SQL =>
  sql`(secret_hash = ${secretHash} OR (previous_hash = ${secretHash} AND previous_until > ${now}))`;

/** The source whose secret this is, enabled or not. */
export const findSourceBySecret = prepared((secretHash: string, now: number) =>
  query
    .select({ id: sources.id, name: sources.name, isEnabled: sources.isEnabled })
    .from(sources)
    .where(hasSecretSql(secretHash, now)),
);

/** SQL for its id; NULL for a secret of none. */
export const sourceIdBySecretSql = prepared(
  (secretHash: string, now: number): SQL =>
    sql`(SELECT id FROM sources WHERE ${hasSecretSql(secretHash, now)})`,
);

/** SQL: whether the secret is one of an enabled source's. */
export const isSecretValidSql = prepared(
  (secretHash: string, now: number): SQL =>
    sql`EXISTS (SELECT 1 FROM sources WHERE ${hasSecretSql(secretHash, now)} AND is_enabled)`,
);

const waitingSql = sql<number>`(SELECT count(*) FROM source_waiting w WHERE w.source_id = ${sources.id})`;
const unmatchedSql = sql<number>`(SELECT count(*) FROM source_people p
  WHERE p.source_id = ${sources.id} AND (p.user_id IS NOT NULL) = 0)`;

const selectSources = () =>
  query
    .select({
      ...withoutSecrets,
      creator: users.username,
      waiting: waitingSql.as("waiting"),
      unmatchedPeople: unmatchedSql.as("unmatched_people"),
    })
    .from(sources)
    .leftJoin(users, eq(users.id, sources.createdBy));

/** By name. */
export const listSources = () => selectSources().orderBy(asc(sources.name));

export type SourceRow = ReturnType<typeof listSources>["_"]["result"][number];

/** `name`: an id or a name. */
const isNamedSql = (name: string): SQL =>
  sql`${sources.id} = ${name.toLowerCase()} OR lower(${sources.name}) = lower(${name})`;

export const findSource = (name: string) => selectSources().where(isNamedSql(name));

/** SQL for its id. */
export const sourceIdByNameSql = (name: string): SQL<string> =>
  sql<string>`(SELECT ${sources.id} FROM ${sources} WHERE ${isNamedSql(name)})`;

export const sourceHasChangeSql = (id: string, changeId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM sources WHERE id = ${id} AND change_id = ${changeId})`;
export const sourceExistsSql = (id: string): SQL => sql`EXISTS (SELECT 1 FROM sources WHERE id = ${id})`;

type NewSource = Pick<
  typeof sources.$inferInsert,
  "id" | "name" | "kind" | "secretHash" | "changeId" | "createdBy" | "createdAt"
>;

/** Nothing happens where the name is taken. */
export const insertSource = (source: NewSource, when: SQL): Statement =>
  query.run(sql`INSERT INTO ${sources} (id, name, kind, secret_hash, change_id, created_by, created_at)
    SELECT ${source.id}, ${source.name}, ${source.kind}, ${source.secretHash}, ${source.changeId},
      ${source.createdBy}, ${source.createdAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);

export interface SourceChange {
  name?: string | undefined;
  isEnabled?: boolean | undefined;
}

/** Nothing happens where the name is taken. */
export const updateSource = (
  id: string,
  { name, isEnabled }: SourceChange,
  changeId: string,
  when: SQL,
): Statement =>
  query.run(sql`UPDATE OR IGNORE ${sources} SET change_id = ${changeId},
      name = coalesce(${name ?? null}, name), is_enabled = coalesce(${isEnabled ?? null}, is_enabled)
    WHERE id = ${id} AND ${when}`);

/** The current secret becomes the previous one; sent twice, it is done once. */
export const replaceSecret = (
  id: string,
  next: { secretHash: string; previousUntil: number; changeId: string },
  when: SQL,
): Statement =>
  query.run(sql`UPDATE ${sources} SET previous_hash = secret_hash, previous_until = ${next.previousUntil},
      secret_hash = ${next.secretHash}, change_id = ${next.changeId}
    WHERE id = ${id} AND secret_hash <> ${next.secretHash} AND ${when}`);

/** With its people and what waits for them. */
export const deleteSource = (id: string, when: SQL): Statement =>
  query.run(sql`DELETE FROM ${sources} WHERE id = ${id} AND ${when}`);

/** Counts a message; `when` must not hold any more once it has been counted. */
export const countReceived = (
  id: string,
  { isUnmatched, now }: { isUnmatched: boolean; now: number },
  when: SQL,
): Statement => addReceived(id, isUnmatched ? 1 : 0, now, when);

const addReceived = prepared((id: string, unmatched: number, now: number, when: SQL) =>
  query.run(sql`UPDATE sources SET received_count = received_count + 1,
      unmatched_count = unmatched_count + ${unmatched}, last_received_at = ${now}
    WHERE id = ${id} AND ${when}`),
);
