// SQL of what Terraform remembers of a workspace: sealed bytes in rows of at most 1 MiB.
import { asc, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { workspaceStates } from "../../../../db/schema.ts";

const longestRow = 1_048_576;

/** In place of what the build has left so far; what the build before has left is kept, older ones are not. */
export function putState(buildId: string, sealed: Uint8Array, when: SQL): Statement[] {
  const rows: Statement[] = [];
  for (let start = 0; start < sealed.length; start += longestRow) {
    const content = Buffer.from(sealed.subarray(start, start + longestRow));
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
