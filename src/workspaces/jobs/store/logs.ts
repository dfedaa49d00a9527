// SQL of builds' logs.
import { and, asc, desc, eq, gt, gte, lt, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { insertRows, sliceOf } from "../../../../db/rows.ts";
import { buildLogs } from "../../../../db/schema.ts";
import { largestLog, lineOverhead, truncatedWords } from "../rules/log-lines.ts";

export type NewLine = Omit<typeof buildLogs.$inferInsert, "seq">;

/** Kept until the log is full; then one line says so. */
export function insertLines(buildId: string, lines: readonly NewLine[], now: number, when: SQL): Statement[] {
  const stored = sql`(SELECT COALESCE(sum(octet_length(output) + ${lineOverhead}), 0) FROM build_logs
    WHERE build_id = ${buildId})`;
  const last: NewLine = {
    id: `${buildId}:truncated`,
    buildId,
    at: now,
    level: "warn",
    source: "provisioner_daemon",
    stage: "",
    output: truncatedWords,
  };
  return [
    ...insertRows(buildLogs, lines, sql`${when} AND ${stored} < ${largestLog}`),
    ...insertRows(buildLogs, [last], sql`${when} AND ${stored} >= ${largestLog}`),
  ];
}

/** What must be read also at the end of a log that is full. */
export const insertFewLines = (lines: readonly NewLine[], when: SQL): Statement[] =>
  insertRows(buildLogs, lines, when);

/** Oldest first; `after` and `before` are ids on the wire. */
export const listLines = (
  buildId: string,
  range: { after?: number | undefined; before?: number | undefined },
  limit?: number,
) =>
  query
    .select()
    .from(buildLogs)
    .where(
      and(
        eq(buildLogs.buildId, buildId),
        range.after === undefined ? undefined : gt(buildLogs.seq, range.after),
        range.before === undefined ? undefined : lt(buildLogs.seq, range.before),
      ),
    )
    .orderBy(asc(buildLogs.seq))
    .limit(sliceOf({ limit }).limit);

export type LineRow = ReturnType<typeof listLines>["_"]["result"][number];

/** The newest lines from `from` on, newest first. */
export const listLastLines = (buildId: SQL, limit: number, from: number) =>
  query
    .select()
    .from(buildLogs)
    .where(and(eq(buildLogs.buildId, buildId), gte(buildLogs.seq, from)))
    .orderBy(desc(buildLogs.seq))
    .limit(limit);

/** How many lines warn or tell of an error, and which is the first of each. */
export const countWarnings = (buildId: SQL) =>
  query
    .select({
      level: buildLogs.level,
      count: sql<number>`count(*)`,
      first: sql<number>`min(${buildLogs.seq})`,
    })
    .from(buildLogs)
    .where(and(eq(buildLogs.buildId, buildId), sql`${buildLogs.level} IN ('warn', 'error')`))
    .groupBy(buildLogs.level);
