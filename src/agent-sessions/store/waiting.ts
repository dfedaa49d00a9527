// SQL of what waits for a user among their agents: parts of one statement, whose columns are those of the list of what waits
// (workspaces/waiting/store). A session with an open question is one row: the question.
import { sql } from "drizzle-orm";
import type { SQL } from "../../../db/client.ts";

/** Nobody can answer one whose time is over. */
const isOpenSql = (now: number): SQL => sql`q.state = 'open' AND q.times_out_at > ${now}`;

/** The kinds of tasks stand for the session of a task's app; nobody is waited for by a sub-agent. */
export const waitingSessionsSql = (self: SQL, now: number): SQL =>
  sql`SELECT 'agent', s.id, s.state_since, s.title, NULL, NULL, s.message, s.url, NULL, NULL, NULL, NULL, NULL, NULL
  FROM agent_sessions s INDEXED BY agent_sessions_live
  WHERE s.user_id = ${self} AND s.ended_at IS NULL AND s.state = 'waiting' AND s.parent IS NULL AND NOT s.is_task
    AND NOT EXISTS (SELECT 1 FROM agent_questions q WHERE q.session_id = s.id AND ${isOpenSql(now)})`;

/** True in SQL while the session of this app of the user's has an open question. */
export const appAsksSql = (self: SQL, appId: SQL, now: number): SQL =>
  sql`EXISTS (SELECT 1 FROM agent_questions q CROSS JOIN agent_sessions a ON a.id = q.session_id
    WHERE q.user_id = ${self} AND ${isOpenSql(now)} AND a.app_id = ${appId})`;

export const openQuestionsSql = (self: SQL, now: number): SQL =>
  sql`SELECT 'question', q.id, q.created_at, s.title, NULL, NULL, q.text, s.url, NULL, NULL, NULL, q.options,
    q.takes_text, NULL
  FROM agent_questions q CROSS JOIN agent_sessions s ON s.id = q.session_id
  WHERE q.user_id = ${self} AND ${isOpenSql(now)}`;
