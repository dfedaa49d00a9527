// SQL of the sessions of AI agents. Every write can be sent twice.
import { and, desc, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { prepared } from "../../../db/prepared.ts";
import { insertRows } from "../../../db/rows.ts";
import { agentQuestions, agentSessions, type AgentSessionState } from "../../../db/schema.ts";

/** SQL for a value. */
export const valueSql = (value: string): SQL<string> => sql<string>`${value}`;
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

/** By its id, if it is this user's. */
export const findSessionById = prepared((userId: SQL | string, id: string) =>
  query
    .select()
    .from(agentSessions)
    .where(and(eq(agentSessions.id, id), eq(agentSessions.userId, userId))),
);

const liveCountSql = (userId: SQL | string, key: string, max: number): SQL<number> =>
  sql<number>`CASE WHEN EXISTS (SELECT 1 FROM agent_sessions
      WHERE user_id = ${userId} AND key = ${key} AND ended_at IS NULL) THEN 0
    ELSE (SELECT count(*) FROM (SELECT 1 FROM agent_sessions
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
