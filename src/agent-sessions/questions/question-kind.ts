// The notification of an agent's question, for its user. Its link, which is good for answering it, is in what is sent and
// nowhere else: in the database it is sealed.
import type { SQL } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import {
  defineKind,
  sealLabels,
  situationKey,
  usernameOf,
  type KindAnswers,
  type PreparedEvent,
} from "../../notifications/index.ts";
import type { SessionRow } from "../store/sessions.ts";
import { answerQuery } from "./answer-link.ts";
import type { Asked } from "./rules/question.ts";
import { describeTimeout } from "./rules/ending-texts.ts";

export interface NewlyAsked {
  id: string;
  asked: Asked;
  /** Epoch milliseconds. */
  timesOutAt: number;
  session: Pick<SessionRow, "id" | "title" | "workspaceId">;
  userId: string;
}

export const agentQuestion = defineKind("agent-question", {
  audience: (self: SQL<string>) => ({ self }),
  event: ({ id, asked, timesOutAt, session, userId }: NewlyAsked, people) => ({
    labels: { session: session.title, question: id, link: "" },
    data: {
      text: asked.text,
      options: asked.options,
      takes_text: asked.takesText,
      default_answer: asked.defaultAnswer,
      timeout: describeTimeout(asked.timeoutSeconds),
    },
    facts: { owner: usernameOf(people, userId) },
    targets: [session.id, userId, ...(session.workspaceId === null ? [] : [session.workspaceId])],
    createdBy: "agent-questions",
    identity: `agent-question ${id}`,
    recipients: { people: [{ id: userId, why: "own_agent" as const }] },
    situation: { key: situationKey("question", id), isCalm: false },
    expiresAt: timesOutAt,
  }),
});

export function prepareQuestion(
  deps: Deps,
  read: KindAnswers<typeof agentQuestion>,
  question: NewlyAsked,
): Promise<PreparedEvent> {
  const event = agentQuestion.prepare(deps, read, question);
  const link = answerQuery(deps, { questionId: question.id, expiresAt: question.timesOutAt });
  return sealLabels(deps, event, { link });
}
