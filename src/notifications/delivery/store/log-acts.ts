// SQL of what owners do with messages of the delivery log: retry those that failed permanently, withdraw those that are unsent.
import { and, asc, eq, gt, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationEvents, notificationMessages } from "../../../../db/schema.ts";
import { seesDeploymentSql } from "./health.ts";
import { filterSql, type MessageFilter } from "./log.ts";
import { countInhibited } from "./metrics.ts";

export type LogAct = "retry" | "withdraw";

/** Which messages of the log. */
export type LogScope = Pick<MessageFilter, "status" | "template" | "user" | "event" | "method" | "until">;

/** SQL: what the act is possible for. Literals, so that the partial indexes serve. A message with a time limit is outdated. */
const isPossibleSql: Record<LogAct, SQL> = {
  retry: sql`notification_messages.status = 'permanent_failure' AND notification_messages.expires_at IS NULL`,
  withdraw: sql`notification_messages.due_at IS NOT NULL AND notification_messages.status IN ('pending', 'temporary_failure')`,
};

const matchesSql = (act: LogAct, scope: LogScope) => and(isPossibleSql[act], filterSql(scope));

export const countPossible = (act: LogAct, scope: LogScope) =>
  query
    .select({ count: sql<number>`count(*)`.as("count") })
    .from(notificationMessages)
    .innerJoin(notificationEvents, eq(notificationEvents.id, notificationMessages.eventId))
    .where(matchesSql(act, scope));

/** No further than `limit`; 0 for those who see their own messages only. */
export const countShown = (act: LogAct, scope: LogScope, viewer: SQL<string>, limit: number) =>
  query.all<{ count: number }>(
    sql`SELECT count(*) AS count FROM (${query
      .select({ id: notificationMessages.id })
      .from(notificationMessages)
      .innerJoin(notificationEvents, eq(notificationEvents.id, notificationMessages.eventId))
      .where(matchesSql(act, scope))
      .getSQL()} LIMIT iif(${seesDeploymentSql(viewer)}, ${limit}, 0))`,
  );

/** Oldest first, after a sequence number. */
export const listPossible = (act: LogAct, scope: LogScope, after: number, limit: number) =>
  query
    .select({ id: notificationMessages.id, seq: notificationMessages.seq })
    .from(notificationMessages)
    .innerJoin(notificationEvents, eq(notificationEvents.id, notificationMessages.eventId))
    .where(and(matchesSql(act, scope), gt(notificationMessages.seq, after)))
    .orderBy(asc(notificationMessages.seq))
    .limit(limit);

const isOneOfSql = (ids: readonly string[]) =>
  sql`notification_messages.id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** SQL: whether the act is still possible for one of these. */
export const isAnyPossibleSql = (act: LogAct, ids: readonly string[]): SQL =>
  sql`EXISTS (SELECT 1 FROM notification_messages WHERE ${isOneOfSql(ids)} AND ${isPossibleSql[act]})`;

/** Each message that the act is still possible for. */
export const changeMessages = (act: LogAct, ids: readonly string[], now: number): Statement[] =>
  changes[act](sql`${isOneOfSql(ids)} AND ${isPossibleSql[act]}`, now);

const changes: Record<LogAct, (where: SQL, now: number) => Statement[]> = {
  /** A new round of attempts. */
  retry: (where, now) => [
    query.run(sql`UPDATE notification_messages
      SET status = 'pending', due_at = ${now}, updated_at = ${now}, attempts_forgiven = attempt_count
      WHERE ${where}`),
  ],
  /** A later event with the same identity is not a duplicate. */
  withdraw: (where, now) => [
    countInhibited(where),
    query.run(sql`UPDATE notification_messages
      SET status = 'inhibited', due_at = NULL, dedupe_key = NULL, sealed_labels = NULL, updated_at = ${now},
        reasons = json_insert(reasons, '$[#]', 'withdrawn_by_owner')
      WHERE ${where}`),
  ],
};

/** How many of these are no longer as they were before the act. */
export const countChanged = (act: LogAct, ids: readonly string[]) =>
  query
    .select({ count: sql<number>`count(*)`.as("count") })
    .from(notificationMessages)
    .where(
      sql`${isOneOfSql(ids)} AND ${act === "retry" ? sql`status <> 'permanent_failure'` : sql`status = 'inhibited'`}`,
    );
