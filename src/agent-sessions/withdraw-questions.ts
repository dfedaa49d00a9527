// Withdraws open questions, as part of the write in which their sessions go on, end or become stale.
import type { SQL } from "../../db/client.ts";
import { resolveSituations, type StatementOrNotice } from "../notifications/index.ts";
import { openQuestionKeysSql, setWithdrawn } from "./store/questions.ts";

export interface Withdrawal {
  /** SQL: a SELECT of the sessions' ids. */
  sessions: SQL;
  at: number;
  /** The id of the write. */
  endId: string;
  when: SQL;
}

export const withdrawQuestions = ({ sessions, at, endId, when }: Withdrawal): StatementOrNotice[] => [
  resolveSituations({ keys: openQuestionKeysSql(sessions), at, how: "over", when }),
  setWithdrawn(sessions, at, endId, when),
];
