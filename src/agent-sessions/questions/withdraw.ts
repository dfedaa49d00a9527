// Withdraws open questions: one, by its agent; or those of sessions that go on, end or become stale, as part of that write.
import type { SQL } from "../../../db/client.ts";
import { andSql } from "../../../db/prepared.ts";
import type { Deps } from "../../kernel/deps.ts";
import { notFound } from "../../kernel/errors.ts";
import {
  resolveSituations,
  situationTypes,
  writeAndNotify,
  type StatementOrNotice,
} from "../../notifications/index.ts";
import { requireOpen } from "./answer.ts";
import {
  continueAsker,
  situationsEndedSql,
  whereIdIs,
  whereSessionIs,
  withdrawOpen,
  type Ending,
} from "./store/endings.ts";
import { findQuestion, type QuestionRow } from "./store/questions.ts";

export interface Withdrawal extends Ending {
  /** SQL: a SELECT of the sessions' ids. */
  sessions: SQL;
  when: SQL;
}

/** Whoever waits for them knows within a second, or at once if `process.questions` is woken with `findEndedBy`. */
export const withdrawQuestions = ({ sessions, when, ...ending }: Withdrawal): StatementOrNotice[] =>
  withdraw(andSql(whereSessionIs(sessions), when), ending);

/** `questions`: a condition on rows of `agent_questions`. */
export const withdraw = (questions: SQL, ending: Ending): StatementOrNotice[] => [
  withdrawOpen(questions, ending),
  ...(["withdrawn", "timed_out"] as const).map((how) =>
    resolveSituations({
      keys: situationsEndedSql(situationTypes.question, ending.endId, how),
      at: ending.at,
      how,
    }),
  ),
];

/** One write. Throws 404, 409, and 410 if it is open no longer. */
export async function withdrawQuestion(deps: Deps, before: QuestionRow | undefined): Promise<QuestionRow> {
  if (before === undefined) throw notFound("Question");
  requireOpen(before, deps.now());
  const { id } = before;
  const ending = { endId: deps.newId(), at: Math.max(deps.now(), before.createdAt) };
  const { question } = await writeAndNotify(
    deps,
    [continueAsker(id, ending), ...withdraw(whereIdIs(id), ending)],
    { question: findQuestion(id) },
  );
  const [after] = question;
  if (after === undefined) throw notFound("Question");
  if (after.endId !== ending.endId) requireOpen(after, deps.now());
  deps.process.questions.wake([id]);
  return after;
}
