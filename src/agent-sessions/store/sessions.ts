// SQL of the sessions of AI agents. Every write can be sent twice.
import { and, desc, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { prepared } from "../../../db/prepared.ts";
import { insertRows } from "../../../db/rows.ts";
import { agentQuestions, agentSessions, type AgentSessionState } from "../../../db/schema.ts";
import { situationTypes } from "../../notifications/index.ts";

/** SQL: a SELECT of one session's id. */
export const sessionIdSql = (id: string): SQL => sql`SELECT ${id}`;

export type SessionRow = typeof agentSessions.$inferSelect;

/** A user's session by its key. */
export const findSessionByKey = prepared((userId: SQL | string, key: string) =>
  query
    .select()
    .from(agentSessions)
    .where(and(eq(agentSessions.userId, userId), eq(agentSessions.key, key))),
);

const liveCountSql = (userId: SQL | string, key: string, max: number): SQL<number> =>
  sql<number>`CASE WHEN EXISTS (SELECT 1 FROM agent_sessions
      WHERE user_id = ${userId} AND key = ${key} AND ended_at IS NULL) THEN 0
    ELSE (SELECT count(*) FROM (SELECT 1 FROM agent_sessions INDEXED BY agent_sessions_live
      WHERE user_id = ${userId} AND ended_at IS NULL LIMIT ${max})) END`;

/** How many live sessions a user has besides this one, `max` at most; 0 if this one is live already. */
export const countOtherLive = prepared((userId: SQL | string, key: string, max: number) =>
  query.all<{ count: number }>(sql`SELECT ${liveCountSql(userId, key, max)} AS count`),
);

/** True in SQL while this session may be live. */
export const mayBeLiveSql = prepared(
  (userId: string, key: string, max: number): SQL => sql`${liveCountSql(userId, key, max)} < ${max}`,
);

export type NewSession = Omit<SessionRow, "seq">;

export const insertSession = (row: NewSession, when: SQL): Statement[] =>
  insertRows(agentSessions, [row], when);

/** What a report says, whether the state is another or not. */
export interface Reported {
  title: string;
  message: string;
  url: string | null;
  parent: string | null;
  workspaceId: string | null;
  appId: string | null;
  isTask: boolean;
  seenAt: number;
}

/** Of the same state: no change. */
export const updateReported = (
  id: string,
  state: AgentSessionState,
  reported: Reported,
  when: SQL,
): Statement =>
  query
    .update(agentSessions)
    .set({ ...reported, seenAt: sql`max(${agentSessions.seenAt}, ${reported.seenAt})` })
    .where(sql`${agentSessions.id} = ${id} AND ${agentSessions.state} = ${state} AND ${when}`);

export type SessionUpdate = Reported &
  Pick<NewSession, "state" | "stateSince" | "endedAt" | "minuteAt" | "minuteChanges" | "changeId">;

/** Only from the change that was seen. */
export const changeSession = (id: string, seen: string, update: SessionUpdate, when: SQL): Statement =>
  query
    .update(agentSessions)
    .set(update)
    .where(sql`${agentSessions.id} = ${id} AND ${agentSessions.changeId} = ${seen} AND ${when}`);

/** True in SQL while this is the latest change of the session. */
export const latestChangeIsSql = prepared(
  (id: string, changeId: string): SQL =>
    sql`EXISTS (SELECT 1 FROM agent_sessions WHERE id = ${id} AND change_id = ${changeId})`,
);

/** Without a report for this long, a session that works is stale. */
export const quietMs = 30 * 60_000;
/** One that waits ends, and nobody is notified; those that have ended are deleted. */
export const forgottenMs = 7 * 86_400_000;

/** Live sessions of a state whose latest report is so old, oldest first. */
export const findSilent = prepared((state: AgentSessionState, seenBefore: number, limit: number) =>
  query
    .select()
    .from(agentSessions)
    .where(
      sql`${agentSessions.state} = ${state} AND ${agentSessions.endedAt} IS NULL AND ${agentSessions.seenAt} <= ${seenBefore}`,
    )
    .orderBy(agentSessions.seenAt)
    .limit(limit),
);

/** Only those that nothing was reported of since they were read. */
export const setStale = (
  rows: readonly Pick<SessionRow, "id" | "changeId" | "seenAt">[],
  at: number,
  changeId: string,
): Statement =>
  query.run(sql`UPDATE agent_sessions
    SET state = 'stale', state_since = ${at}, ended_at = ${at}, change_id = ${changeId}
    WHERE (id, change_id, seen_at) IN (SELECT value ->> 0, value ->> 1, value ->> 2
        FROM json_each(${JSON.stringify(rows.map(({ id, changeId: seen, seenAt }) => [id, seen, seenAt]))}))`);

/** SQL: a SELECT of the ids of the sessions whose latest change is this one. */
export const changedIdsSql = (ids: readonly string[], changeId: string): SQL =>
  sql`SELECT id FROM agent_sessions WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
    AND change_id = ${changeId}`;

/** SQL: a SELECT of the ids of a workspace's live sessions. */
export const liveOfWorkspaceSql = (workspaceId: string): SQL =>
  sql`SELECT id FROM agent_sessions WHERE workspace_id = ${workspaceId} AND ended_at IS NULL`;

/** SQL for the situations of sessions (SQL: a SELECT of ids). */
export const sessionKeysSql = (sessions: SQL): SQL =>
  sql`SELECT ${situationTypes.agent} || id FROM (${sessions})`;

export const endLiveOfWorkspace = (workspaceId: string, at: number, changeId: string, when: SQL): Statement =>
  query.run(sql`UPDATE agent_sessions SET state = 'done', state_since = ${at}, ended_at = ${at}, change_id = ${changeId}
    WHERE id IN (${liveOfWorkspaceSql(workspaceId)}) AND ${when}`);

export const deleteEndedSessions = (before: number, limit: number): Statement =>
  query.all(sql`DELETE FROM agent_sessions WHERE seq IN (SELECT seq FROM agent_sessions
    WHERE ended_at < ${before} LIMIT ${limit}) RETURNING 1 AS deleted`);

/** SQL: a SELECT of these ids. */
export const idsSql = (ids: readonly string[]): SQL =>
  sql`SELECT value FROM json_each(${JSON.stringify([...new Set(ids)])})`;

/** A session with its open question. */
export interface SessionView {
  session: SessionRow;
  question: typeof agentQuestions.$inferSelect | null;
}

const selectViews = () =>
  query
    .select({ session: agentSessions, question: agentQuestions })
    .from(agentSessions)
    .leftJoin(
      agentQuestions,
      and(eq(agentQuestions.sessionId, agentSessions.id), sql`${agentQuestions.state} = 'open'`),
    );

export const findSessionView = (userId: SQL, key: string) =>
  selectViews().where(and(eq(agentSessions.userId, userId), eq(agentSessions.key, key)));

/** Newest change first. */
export const listSessionViews = (userId: SQL, state: AgentSessionState | undefined, limit: number) =>
  selectViews()
    .where(
      and(eq(agentSessions.userId, userId), state === undefined ? undefined : eq(agentSessions.state, state)),
    )
    .orderBy(desc(agentSessions.stateSince), desc(agentSessions.seq))
    .limit(limit);
