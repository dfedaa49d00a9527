// SQL of whether the ways work: one row of settings for each, kept by what settles tries, and what waits.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { settings } from "../../../../db/schema.ts";
import { methods } from "../../channels/index.ts";
import type { Health } from "../rules/health.ts";

const keyPrefix = "delivery_health_";
const keyOf = (method: string) => keyPrefix + method;
const keys = sql.join(
  methods.map((method) => sql`${keyOf(method)}`),
  sql`, `,
);

/**
 * Joins what some tries say with what is known. Results may come late and in another order than they were got: a failure
 * from before the latest success says nothing about now.
 */
export function noteHealth(news: readonly Health[], now: number): Statement[] {
  return news.map(({ method, succeededAt, failedAt, answer, failingSince }) => {
    const known = (name: keyof Health) => sql`${settings.value} ->> ${sql.raw(`'$.${name}'`)}`;
    const success = sql`nullif(max(coalesce(${known("succeededAt")}, 0), coalesce(${succeededAt}, 0)), 0)`;
    const failure = sql`nullif(max(coalesce(${known("failedAt")}, 0), coalesce(${failedAt}, 0)), 0)`;
    const isLatest = sql`coalesce(${failedAt}, 0) >= coalesce(${known("failedAt")}, 0)`;
    const after = (time: SQL) => sql`CASE WHEN ${time} > coalesce(${success}, 0) THEN ${time} END`;
    const since = sql`coalesce(${after(known("failingSince"))}, ${after(sql`${failingSince}`)}, ${after(failure)})`;
    const value = sql`json_object('succeededAt', ${success}, 'failedAt', ${failure},
      'answer', CASE WHEN ${isLatest} THEN coalesce(${answer}, ${known("answer")}) ELSE ${known("answer")} END,
      'failingSince', ${since})`;
    return query.run(sql`INSERT INTO ${settings} (key, value, updated_at)
      VALUES (${keyOf(method)}, ${JSON.stringify({ succeededAt, failedAt, answer, failingSince })}, ${now})
      ON CONFLICT (key) DO UPDATE SET value = ${value}, updated_at = ${now}`);
  });
}

const isOwner = (viewer: SQL<string>) =>
  sql`EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${viewer} AND role = 'owner')`;

/** A row for each way that was ever tried; none at all unless this user is an owner. */
export function readHealth(viewer: SQL<string>) {
  return query
    .select({ key: settings.key, value: settings.value })
    .from(settings)
    .where(sql`${settings.key} IN (${keys}) AND ${isOwner(viewer)}`);
}

/** The rows of `readHealth`, as values. */
export const toHealth = (rows: readonly { key: string; value: string }[]): Health[] =>
  rows.map(({ key, value }) => ({
    ...(JSON.parse(value) as Omit<Health, "method">),
    method: key.slice(keyPrefix.length),
  }));

/** More than this is not counted. */
export const mostCounted = 1_000;

export interface Waiting {
  method: string;
  count: number;
  oldest: number;
}

/** For an owner: how many messages wait for each way, and since when the oldest does; of those that are due first. */
export function countWaiting(viewer: SQL<string>) {
  return query.all<Waiting>(sql`SELECT method, count(*) AS count, min(created_at) AS oldest
    FROM (SELECT method, created_at FROM notification_messages WHERE due_at IS NOT NULL AND ${isOwner(viewer)}
      ORDER BY due_at LIMIT ${mostCounted}) GROUP BY method`);
}

/** Failures are looked for among so many of the newest messages. */
const searched = 2_000;

export interface Failure {
  id: string;
  templateName: string;
  username: string;
  method: string;
  attempts: number;
  /** The next try; NULL when there is none. */
  dueAt: number | null;
  failedAt: number;
  answer: string | null;
}

/** For an owner: what could not be delivered, newest failure first. */
export function listFailures(viewer: SQL<string>, limit: number) {
  return query.all<Failure>(sql`
    SELECT m.id, t.name AS "templateName", u.username, m.method, m.attempt_count AS attempts, m.due_at AS "dueAt",
      m.updated_at AS "failedAt", (SELECT a.detail FROM notification_attempts a
        WHERE a.message_id = m.id AND a.detail IS NOT NULL ORDER BY a.number DESC LIMIT 1) AS answer
    FROM (SELECT * FROM notification_messages
        WHERE seq > (SELECT max(seq) FROM notification_messages) - ${searched} AND ${isOwner(viewer)}
          AND status IN ('temporary_failure', 'permanent_failure')
        ORDER BY updated_at DESC, seq DESC LIMIT ${limit}) m
      JOIN notification_events e ON e.id = m.event_id
      JOIN notification_templates t ON t.id = e.template_id
      JOIN users u ON u.id = m.user_id
    ORDER BY m.updated_at DESC, m.seq DESC`);
}
