// SQL of what ends a question. Each ending is guarded by the question's being open and stamps the id of the write: sent
// again, it changes nothing, and what depends on it asks for the stamp.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";

export interface Ending {
  /** The id of the write. */
  endId: string;
  at: number;
}

/** By a person, in time. */
export const answerOpen = prepared((id: string, answer: string, by: string, { endId, at }: Ending) =>
  query.run(sql`UPDATE agent_questions
    SET state = 'answered', answer = ${answer}, ended_by = ${by}, ended_at = ${at}, end_id = ${endId}
    WHERE id = ${id} AND state = 'open' AND times_out_at > ${at}`),
);

/** `questions`: a condition on rows of `agent_questions`. One whose time is over has timed out before. */
export const withdrawOpen = (questions: SQL, { endId, at }: Ending): Statement =>
  query.run(sql`UPDATE agent_questions
    SET state = CASE WHEN times_out_at > ${at} THEN 'withdrawn' ELSE 'timed_out' END,
      answer = CASE WHEN times_out_at > ${at} THEN NULL ELSE default_answer END,
      ended_at = min(times_out_at, ${at}), end_id = ${endId}
    WHERE state = 'open' AND ${questions}`);

/** Conditions for `withdrawOpen`. */
export const whereIdIs = prepared((id: string): SQL => sql`id = ${id}`);
export const whereSessionIs = (session: SQL | string): SQL => sql`session_id IN (${session})`;

/** Oldest first. */
export const timeOutDue = prepared((limit: number, { endId, at }: Ending) =>
  query.run(sql`UPDATE agent_questions
    SET state = 'timed_out', answer = default_answer, ended_at = times_out_at, end_id = ${endId}
    WHERE state = 'open' AND seq IN (SELECT seq FROM agent_questions
      WHERE state = 'open' AND times_out_at <= ${at} ORDER BY times_out_at LIMIT ${limit})`),
);

/** A row if any question's time is over. */
export const findDueQuestions = prepared((now: number) =>
  query.all<{ id: string }>(
    sql`SELECT id FROM agent_questions WHERE state = 'open' AND times_out_at <= ${now} LIMIT 1`,
  ),
);

/** True in SQL if this write has ended this question. */
export const hasEndedSql = prepared(
  (id: string, endId: string): SQL =>
    sql`EXISTS (SELECT 1 FROM agent_questions WHERE id = ${id} AND end_id = ${endId})`,
);

/** The questions that a write has ended. */
export const findEndedBy = prepared((endId: string) =>
  query.all<{ id: string }>(sql`SELECT id FROM agent_questions WHERE end_id = ${endId}`),
);

/** SQL: the situations of the questions that this write has ended in this way. */
export const situationsEndedSql = prepared(
  (prefix: string, endId: string, state: string): SQL =>
    sql`SELECT ${prefix} || id FROM agent_questions WHERE end_id = ${endId} AND state = ${state}`,
);

/** Comes before the question is ended: its agent, which waits for it, goes on. */
export const continueAsker = prepared((id: string, { endId, at }: Ending) =>
  continueSessions(
    sql`id = (SELECT session_id FROM agent_questions
    WHERE id = ${id} AND state = 'open' AND times_out_at > ${at})`,
    { endId, at },
  ),
);

/** Comes before `timeOutDue`: agents go on with their questions' defaults. */
export const continueWithDefaults = prepared((limit: number, { endId, at }: Ending) =>
  continueSessions(
    sql`id IN (SELECT session_id FROM (SELECT session_id, default_answer FROM agent_questions
    WHERE state = 'open' AND times_out_at <= ${at} ORDER BY times_out_at LIMIT ${limit})
    WHERE default_answer IS NOT NULL)`,
    { endId, at },
  ),
);

const continueSessions = (sessions: SQL, { endId, at }: Ending): Statement =>
  query.run(sql`UPDATE agent_sessions SET state = 'working', state_since = ${at}, seen_at = max(seen_at, ${at}),
      change_id = ${endId}
    WHERE state = 'waiting' AND ${sessions}`);
