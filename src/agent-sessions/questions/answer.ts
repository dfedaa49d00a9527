// Answers a question. The first answer counts: every other one, from any device and process, is refused with whose it was.
import { audit } from "../../accounts/audit.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, invalidFields, notFound } from "../../kernel/errors.ts";
import { resolveSituations, situationKey, writeAndNotify } from "../../notifications/index.ts";
import { checkAnswer, standingAt, type GivenAnswer } from "./rules/question.ts";
import { describeEnded } from "./rules/ending-texts.ts";
import { answerOpen, continueAsker, hasEndedSql } from "./store/endings.ts";
import { findQuestion, type QuestionRow } from "./store/questions.ts";

export interface Answering {
  /** The user who answers: the session's. */
  by: string;
  /** How they were let in. */
  via: "session" | "link";
  given: GivenAnswer;
}

/** One write. Throws 404, 409 if it was answered before, 410 if it timed out or was withdrawn, and 400 for a wrong answer. */
export async function answerQuestion(
  deps: Deps,
  before: QuestionRow | undefined,
  { by, via, given }: Answering,
): Promise<QuestionRow> {
  if (before === undefined) throw notFound("Question");
  requireOpen(before, deps.now());
  const options = JSON.parse(before.options) as string[];
  const checked = checkAnswer({ options, takesText: before.takesText === 1 }, given);
  if (!checked.ok) throw invalidFields(checked.problems);
  const { id } = before;
  // Not before it was asked, by whichever clock.
  const ending = { endId: deps.newId(), at: Math.max(deps.now(), before.createdAt) };
  const when = hasEndedSql(id, ending.endId);
  const entry = {
    actorId: by,
    action: "answer",
    resourceType: "agent_question" as const,
    resourceId: id,
    detail: { session: before.sessionId, via },
  };
  const { question } = await writeAndNotify(
    deps,
    [
      continueAsker(id, ending),
      answerOpen(id, checked.value, by, ending),
      resolveSituations({ keys: [situationKey("question", id)], at: ending.at, how: "answered", by, when }),
      audit(deps, entry, when),
    ],
    { question: findQuestion(id) },
  );
  const [after] = question;
  if (after === undefined) throw notFound("Question");
  if (after.endId !== ending.endId) requireOpen(after, deps.now());
  deps.process.questions.wake([id]);
  return after;
}

/** Throws 409 or 410 with what became of it. */
export function requireOpen(question: QuestionRow, now: number): void {
  const standing = standingAt(question, now);
  if (standing.state === "open") return;
  const { message, detail } = describeEnded(standing);
  throw new ApiError(standing.state === "answered" ? 409 : 410, message, { detail });
}
