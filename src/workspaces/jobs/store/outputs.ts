// SQL of what a job outputs: its log lines, and the workspace's Terraform state as sealed bytes in rows of at most 1 MiB.
import { and, asc, desc, eq, gt, gte, lt, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { insertRows, sliceOf } from "../../../../db/rows.ts";
import { buildLogs, workspaceStates } from "../../../../db/schema.ts";
import { maxLogBytes, lineOverheadBytes, logTruncatedMessage } from "../rules/job.ts";

export type NewLine = Omit<typeof buildLogs.$inferInsert, "seq">;

/** Kept until the log is full; then one line says so. */
export function insertLines(buildId: string, lines: readonly NewLine[], now: number, when: SQL): Statement[] {
  const stored = sql`(SELECT COALESCE(sum(octet_length(output) + ${lineOverheadBytes}), 0) FROM build_logs
    WHERE build_id = ${buildId})`;
  const last: NewLine = {
    id: `${buildId}:truncated`,
    buildId,
    at: now,
    level: "warn",
    source: "provisioner_daemon",
    stage: "",
    output: logTruncatedMessage,
  };
  return [
    ...insertRows(buildLogs, lines, sql`${when} AND ${stored} < ${maxLogBytes}`),
    ...insertRows(buildLogs, [last], sql`${when} AND ${stored} >= ${maxLogBytes}`),
  ];
}

/** What must be read also at the end of a log that is full. */
export const insertLinesDespiteLimit = (lines: readonly NewLine[], when: SQL): Statement[] =>
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

/** How many lines are warnings or errors, and which is the first of each. */
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

const maxRowBytes = 1_048_576;

/** In place of what the build has left so far; what the build before has left is kept, older ones are not. */
export function putState(buildId: string, sealed: Uint8Array, when: SQL): Statement[] {
  const rows: Statement[] = [];
  for (let start = 0; start < sealed.length; start += maxRowBytes) {
    const content = Buffer.from(sealed.subarray(start, start + maxRowBytes));
    rows.push(
      query.run(sql`INSERT INTO workspace_states (build_id, position, content)
        SELECT ${buildId}, ${rows.length}, ${content} WHERE ${when} ON CONFLICT DO NOTHING`),
    );
  }
  const older = sql`SELECT older.id FROM workspace_builds this
    JOIN workspace_builds older ON older.workspace_id = this.workspace_id AND older.number < this.number - 1
    WHERE this.id = ${buildId}`;
  return [
    query.delete(workspaceStates).where(sql`(build_id = ${buildId} OR build_id IN (${older})) AND ${when}`),
    ...rows,
  ];
}

/** The newest of the workspace, in the order of its rows; nothing unless `when` holds. */
export const readState = (jobId: string, when: SQL) =>
  query
    .select({ content: workspaceStates.content })
    .from(workspaceStates)
    .where(
      sql`${when} AND build_id = (SELECT b.id FROM workspace_builds b
        JOIN workspace_states s ON s.build_id = b.id AND s.position = 0
        WHERE b.workspace_id = (SELECT workspace_id FROM workspace_builds WHERE id = ${jobId})
        ORDER BY b.number DESC LIMIT 1)`,
    )
    .orderBy(asc(workspaceStates.position));
