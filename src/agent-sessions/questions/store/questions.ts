// SQL of questions: what is read of them, and asking one. `endings.ts` has what ends them.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import type { QuestionState } from "../../../../db/schema.ts";

export interface QuestionRow {
  id: string;
  sessionId: string;
  /** Whose agent asks, and who answers. */
  userId: string;
  sessionKey: string;
  sessionTitle: string;
  text: string;
  /** JSON. */
  options: string;
  takesText: number;
  defaultAnswer: string | null;
  createdAt: number;
  timesOutAt: number;
  state: QuestionState;
  answer: string | null;
  /** The username of who answered. */
  by: string | null;
  endedAt: number | null;
  /** Of the write that ended it. */
  endId: string | null;
}

const columnsSql = sql`q.id AS id, q.session_id AS sessionId, q.user_id AS userId, s.key AS sessionKey,
  s.title AS sessionTitle, q.text AS text, q.options AS options, q.takes_text AS takesText,
  q.default_answer AS defaultAnswer, q.created_at AS createdAt, q.times_out_at AS timesOutAt, q.state AS state,
  q.answer AS answer, (SELECT username FROM users WHERE users.id = q.ended_by) AS "by", q.ended_at AS endedAt,
  q.end_id AS endId
  FROM agent_questions q JOIN agent_sessions s ON s.id = q.session_id`;

export const findQuestion = prepared((id: string) =>
  query.all<QuestionRow>(sql`SELECT ${columnsSql} WHERE q.id = ${id}`),
);

/** If it is this user's to answer. */
export const findOwnQuestion = prepared((user: SQL, id: string) =>
  query.all<QuestionRow>(sql`SELECT ${columnsSql} WHERE q.id = ${id} AND q.user_id = ${user}`),
);

/** A row if the user who answers it is there and may sign in. */
export const findActiveUserOf = prepared((id: string) =>
  query.all<{
    id: string;
  }>(sql`SELECT id FROM users WHERE id = (SELECT user_id FROM agent_questions WHERE id = ${id})
    AND status = 'active' AND deleted_at IS NULL`),
);

/** Oldest first; one whose time is over is open no longer. */
export const listOpenQuestions = prepared((user: SQL, now: number, limit: number) =>
  query.all<QuestionRow & { total: number }>(sql`SELECT count(*) OVER () AS total, ${columnsSql}
    WHERE q.user_id = ${user} AND q.state = 'open' AND q.times_out_at > ${now} ORDER BY q.seq LIMIT ${limit}`),
);

export interface WaitedRow {
  id: string;
}

/** Which of these are open no longer, or gone. */
export const findEnded = prepared((ids: string, now: number) =>
  query.all<WaitedRow>(sql`SELECT value AS id FROM json_each(${ids})
    WHERE NOT EXISTS (SELECT 1 FROM agent_questions q
      WHERE q.id = value AND q.state = 'open' AND q.times_out_at > ${now})`),
);

/** A condition on rows of `agent_questions`: true for others, until this one is there. */
export const isOtherQuestionSql = prepared(
  (id: string): SQL => sql`NOT EXISTS (SELECT 1 FROM agent_questions AS own WHERE own.id = ${id})`,
);

export interface NewQuestion {
  id: string;
  sessionId: string;
  text: string;
  /** JSON. */
  options: string;
  takesText: number;
  defaultAnswer: string | null;
  createdAt: number;
  timesOutAt: number;
}

/** Nothing, if the session is gone or `when` doesn't hold. */
export const insertQuestion = (question: NewQuestion, when: SQL): Statement =>
  query.run(sql`INSERT INTO agent_questions (id, session_id, user_id, text, options, takes_text, default_answer,
      created_at, times_out_at, state)
    SELECT ${question.id}, s.id, s.user_id, ${question.text}, ${question.options}, ${question.takesText},
      ${question.defaultAnswer}, ${question.createdAt}, ${question.timesOutAt}, 'open'
    FROM agent_sessions s WHERE s.id = ${question.sessionId} AND ${when}
    ON CONFLICT (id) DO NOTHING`);

export const deleteOldQuestions = (before: number, slice: number): Statement =>
  query.all(sql`DELETE FROM agent_questions WHERE seq IN (SELECT seq FROM agent_questions
    WHERE ended_at < ${before} ORDER BY ended_at LIMIT ${slice}) RETURNING 1 AS deleted`);
