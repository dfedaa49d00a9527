// SQL of channel health: one row of settings for each channel, and for owners and auditors the queue and the failures.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { settings } from "../../../../db/schema.ts";
import { messageMethods, methods } from "../../channels/index.ts";
import type { Health } from "../rules/channel-health.ts";

const healthPrefix = "delivery_health_";
export const healthKey = (method: string) => healthPrefix + method;
const healthKeysSql = sql.join(
  methods.map((method) => sql`${healthKey(method)}`),
  sql`, `,
);

/** The time of the latest success is as exact as that: a channel that goes on working isn't written down each time. */
const successPrecisionMs = 60_000;

/** Merges new results into what is stored. Results can arrive late: a failure before the latest success changes nothing. */
export function noteHealth(health: readonly Health[], now: number): Statement[] {
  return health.map(({ method, succeededAt, failedAt, answer, failingSince }) => {
    const storedSql = (name: keyof Health) => sql`${settings.value} ->> ${sql.raw(`'$.${name}'`)}`;
    const successSql = sql`nullif(max(coalesce(${storedSql("succeededAt")}, 0), coalesce(${succeededAt}, 0)), 0)`;
    const failureSql = sql`nullif(max(coalesce(${storedSql("failedAt")}, 0), coalesce(${failedAt}, 0)), 0)`;
    const isLatestSql = sql`coalesce(${failedAt}, 0) >= coalesce(${storedSql("failedAt")}, 0)`;
    const afterSuccessSql = (time: SQL) =>
      sql`CASE WHEN ${time} > coalesce(${successSql}, 0) THEN ${time} END`;
    const sinceSql = sql`coalesce(${afterSuccessSql(storedSql("failingSince"))}, ${afterSuccessSql(sql`${failingSince}`)}, ${afterSuccessSql(failureSql)})`;
    const valueSql = sql`json_object('succeededAt', ${successSql}, 'failedAt', ${failureSql},
      'answer', CASE WHEN ${isLatestSql} THEN coalesce(${answer}, ${storedSql("answer")}) ELSE ${storedSql("answer")} END,
      'failingSince', ${sinceSql})`;
    const isNewsSql = sql`(${failedAt} IS NOT NULL OR ${storedSql("failingSince")} IS NOT NULL
      OR ${succeededAt} >= coalesce(${storedSql("succeededAt")}, 0) + ${successPrecisionMs})`;
    return query.run(sql`INSERT INTO ${settings} (key, value, updated_at)
      VALUES (${healthKey(method)}, ${JSON.stringify({ succeededAt, failedAt, answer, failingSince })}, ${now})
      ON CONFLICT (key) DO UPDATE SET value = ${valueSql}, updated_at = ${now} WHERE ${isNewsSql}`);
  });
}

/** Owners and auditors: whoever has the permission `deployment:read`. */
export const seesDeploymentSql = (viewer: SQL<string>) =>
  sql`EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${viewer} AND role IN ('owner', 'auditor'))`;

/** A row for each channel that was used; none unless the viewer sees the deployment. */
export const readHealth = prepared((viewer: SQL<string>) =>
  query
    .select({ key: settings.key, value: settings.value })
    .from(settings)
    .where(sql`${settings.key} IN (${healthKeysSql}) AND ${seesDeploymentSql(viewer)}`),
);

/** The rows of `readHealth` as values. */
export const toHealth = (rows: readonly { key: string; value: string }[]): Health[] =>
  rows.map(({ key, value }) => ({
    ...(JSON.parse(value) as Omit<Health, "method">),
    method: key.slice(healthPrefix.length),
  }));

/** No more than this are counted. */
export const maxCounted = 1_000;

export interface QueueLength {
  method: string;
  count: number;
  oldest: number;
}

/** For those who see the deployment: messages that wait for each channel, and since when the oldest does; of those due first. */
export function countWaiting(viewer: SQL<string>) {
  const firstSql = sql`(SELECT created_at FROM notification_messages m
    WHERE m.method = channel.value AND m.due_at IS NOT NULL ORDER BY m.due_at, m.seq LIMIT ${maxCounted})`;
  return query.all<QueueLength>(sql`SELECT * FROM (SELECT value AS method,
      (SELECT count(*) FROM ${firstSql}) AS count, (SELECT min(created_at) FROM ${firstSql}) AS oldest
    FROM json_each(${JSON.stringify(messageMethods)}) channel WHERE ${seesDeploymentSql(viewer)}) WHERE count > 0`);
}

/** The newest messages, in which failures are searched. */
const maxSearched = 2_000;

export interface Failure {
  id: string;
  templateId: string;
  templateName: string;
  username: string;
  method: string;
  attempts: number;
  /** The next attempt; NULL if there is none. */
  dueAt: number | null;
  failedAt: number;
  answer: string | null;
}

/** For those who see the deployment: failed messages, newest failure first. */
export function listFailures(viewer: SQL<string>, limit: number) {
  return query.all<Failure>(sql`
    SELECT m.id, t.id AS "templateId", t.name AS "templateName", u.username, m.method, m.attempt_count AS attempts, m.due_at AS "dueAt",
      m.updated_at AS "failedAt", (SELECT a.detail FROM notification_attempts a
        WHERE a.message_id = m.id AND a.detail IS NOT NULL ORDER BY a.number DESC LIMIT 1) AS answer
    FROM (SELECT * FROM notification_messages
        WHERE seq > (SELECT max(seq) FROM notification_messages) - ${maxSearched} AND ${seesDeploymentSql(viewer)}
          AND status IN ('temporary_failure', 'permanent_failure')
        ORDER BY updated_at DESC, seq DESC LIMIT ${limit}) m
      JOIN notification_events e ON e.id = m.event_id
      JOIN notification_templates t ON t.id = e.template_id
      JOIN users u ON u.id = m.user_id
    ORDER BY m.updated_at DESC, m.seq DESC`);
}
