// Questions that nobody has answered in time: their agents go on with the default, if there is one, and nobody is asked any
// more. Readers count a question as timed out from that moment, even if this is not written yet.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { Purges } from "../../kernel/purge.ts";
import { resolveSituations, situationTypes, writeAndNotify } from "../../notifications/index.ts";
import { continueWithDefaults, findDueQuestions, situationsEndedSql, timeOutDue } from "./store/endings.ts";
import { deleteOldQuestions } from "./store/questions.ts";

/** At a time; the next tick has the others. */
const maxTimedOut = 500;

export const dueQuestionReads = (now: number) => ({ dueQuestions: findDueQuestions(now) });

/** One write, if any question's time is over. Safe to run twice at the same time. */
export async function timeOutQuestions(
  deps: Deps,
  { dueQuestions }: Answers<ReturnType<typeof dueQuestionReads>>,
): Promise<void> {
  if (dueQuestions.length === 0) return;
  const ending = { endId: deps.newId(), at: deps.now() };
  const keys = situationsEndedSql(situationTypes.question, ending.endId, "timed_out");
  await writeAndNotify(
    deps,
    [
      continueWithDefaults(maxTimedOut, ending),
      timeOutDue(maxTimedOut, ending),
      resolveSituations({ keys, at: ending.at, how: "timed_out" }),
    ],
    {},
  );
}

const retentionMs = 30 * 86_400_000;

export const questionPurges = (now: number): Purges => ({
  questions: (limit) => deleteOldQuestions(now - retentionMs, limit),
});
