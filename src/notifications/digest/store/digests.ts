// SQL of digests: people's schedules, the emails that wait for them, and how these end. Every write can be sent twice.
import { eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { users } from "../../../../db/schema.ts";
import { digestMethod } from "../../channels/index.ts";
import { countInhibited } from "../../delivery/store/metrics.ts";
import type { Reason } from "../../outbox/rules/reasons.ts";
import { usualSchedule } from "../rules/schedule.ts";

type User = SQL<string> | string;

/** SQL, of messages `m`; as the index of those that wait says it. */
const waits = sql.raw(`m.method = '${digestMethod}' AND m.due_at IS NOT NULL`);

/** With how many emails wait. */
export const findDigest = (user: User) =>
  query
    .select({
      digest: users.digest,
      timeZone: users.timeZone,
      waiting:
        sql<number>`(SELECT count(*) FROM notification_messages AS m INDEXED BY notification_messages_digest
        WHERE m.user_id = users.id AND ${waits})`.as("waiting"),
    })
    .from(users)
    .where(eq(users.id, user));

export type DigestRow = ReturnType<typeof findDigest>["_"]["result"][number];

/** Whether a digest is due. */
export const findDueDigests = (now: number) =>
  query.all<{ due: number }>(sql`SELECT 1 AS due WHERE EXISTS (
    SELECT 1 FROM notification_messages WHERE method = ${digestMethod} AND due_at <= ${now})`);

/** Whose; some of them. */
export const findDigestReaders = (now: number, limit: number) =>
  query.all<{ userId: string }>(sql`SELECT DISTINCT user_id AS "userId" FROM notification_messages
    WHERE method = ${digestMethod} AND due_at <= ${now} LIMIT ${limit}`);

export interface WaitingRow {
  id: string;
  templateId: string;
  templateName: string;
  group: string;
  version: number;
  title: string;
  labels: string;
  /** JSON; NULL where the inbox has the title. */
  data: string | null;
  /** JSON of an event that came with its text. */
  text: string | null;
  createdAt: number;
  expiresAt: number | null;
  situationId: string | null;
  isResolved: number;
  inboxId: string | null;
  inboxTitle: string | null;
  wasRead: number;
}

/** Of a person, newest first. `until`: those that are due then; undefined: all. */
export const listWaiting = (user: User, until: number | undefined, limit: number) =>
  query.all<WaitingRow>(sql`SELECT m.id, t.id AS "templateId", t.name AS "templateName", t.group_name AS "group",
      v.number AS version, v.title, e.labels, CASE WHEN item.id IS NULL THEN e.data END AS data,
      CASE WHEN item.id IS NULL THEN e.text END AS text, m.created_at AS "createdAt", m.expires_at AS "expiresAt",
      e.situation_id AS "situationId", s.resolved_at IS NOT NULL AS "isResolved",
      item.id AS "inboxId", item.title AS "inboxTitle", item.read_at IS NOT NULL AS "wasRead"
    FROM notification_messages AS m INDEXED BY notification_messages_digest
      JOIN notification_events AS e ON e.id = m.event_id
      JOIN notification_templates AS t ON t.id = e.template_id
      JOIN notification_template_versions AS v ON v.template_id = t.id AND v.number = e.template_version
      LEFT JOIN situations AS s ON s.id = e.situation_id
      LEFT JOIN inbox_notifications AS item ON item.id = (SELECT there.id FROM notification_messages AS there
        WHERE there.user_id = m.user_id AND there.seq BETWEEN m.seq - 10 AND m.seq + 10
          AND there.event_id = m.event_id AND there.method = 'inbox')
    WHERE m.user_id = ${user} AND ${waits} ${until === undefined ? sql`` : sql`AND m.due_at <= ${until}`}
    ORDER BY m.seq DESC LIMIT ${limit}`);

/** The ids of all that are due then. */
export const listDueIds = (user: string, until: number) =>
  query.all<{
    id: string;
  }>(sql`SELECT m.id FROM notification_messages AS m INDEXED BY notification_messages_digest
    WHERE m.user_id = ${user} AND ${waits} AND m.due_at <= ${until}`);

/** True in SQL while all of these still wait. */
export const allWaitSql = (ids: readonly string[]): SQL =>
  sql`(SELECT count(*) FROM json_each(${JSON.stringify(ids)}) AS item JOIN notification_messages AS m ON m.id = item.value
    WHERE ${waits}) = ${ids.length}`;

/** They are in a digest, or not worth one. `reason`: besides the digest. */
export function endWaiting(
  ids: readonly string[],
  { reason, now, when }: { reason?: Reason; now: number; when: SQL },
): Statement[] {
  if (ids.length === 0) return [];
  const where = sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) AND method = ${digestMethod}
    AND due_at IS NOT NULL AND ${when}`;
  return [
    countInhibited(where),
    query.run(sql`UPDATE notification_messages SET status = 'inhibited', due_at = NULL, updated_at = ${now},
        reasons = ${reason === undefined ? sql`reasons` : sql`json_insert(reasons, '$[#]', ${reason})`}
      WHERE ${where}`),
  ];
}

/** For those who choose a digest for a kind before they have chosen a time. */
export const ensureDigest = (user: User): Statement =>
  query.run(
    sql`UPDATE users SET digest = ${JSON.stringify(usualSchedule)} WHERE id = ${user} AND digest IS NULL`,
  );

/** Who wants no digest wants no emails of its kinds either. */
export const unsubscribeFromDigest = (user: User, now: number): Statement[] => [
  query.run(sql`UPDATE notification_preferences SET in_digest = 0, updated_at = ${now},
      disabled_methods = CASE WHEN instr(disabled_methods, '"smtp"') > 0 THEN disabled_methods
        ELSE json_insert(disabled_methods, '$[#]', 'smtp') END
    WHERE user_id = ${user} AND in_digest`),
  ...endWaitingOf(user, now),
  query.update(users).set({ digest: null }).where(eq(users.id, user)),
];

function endWaitingOf(user: User, now: number): Statement[] {
  const where = sql`user_id = ${user} AND method = ${digestMethod} AND due_at IS NOT NULL`;
  return [
    countInhibited(where),
    query.run(sql`UPDATE notification_messages SET status = 'inhibited', due_at = NULL, updated_at = ${now},
        reasons = json_insert(reasons, '$[#]', 'channel_disabled_by_user') WHERE ${where}`),
  ];
}
