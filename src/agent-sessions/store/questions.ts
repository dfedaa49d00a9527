// SQL of the questions of agents.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { situationTypes } from "../../notifications/index.ts";

const isOpenOfSql = (sessions: SQL): SQL => sql`session_id IN (${sessions}) AND state = 'open'`;

/** SQL for the situations of the open questions of these sessions (SQL: ids). */
export const openQuestionKeysSql = (sessions: SQL): SQL =>
  sql`SELECT ${situationTypes.question} || id FROM agent_questions WHERE ${isOpenOfSql(sessions)}`;

export const setWithdrawn = (sessions: SQL, at: number, endId: string, when: SQL): Statement =>
  query.run(sql`UPDATE agent_questions SET state = 'withdrawn', ended_at = ${at}, end_id = ${endId}
    WHERE ${isOpenOfSql(sessions)} AND ${when}`);
