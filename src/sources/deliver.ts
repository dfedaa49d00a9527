// Makes a notification of a source's message, for the user who was found for it.
import type { Deps } from "../kernel/deps.ts";
import { prepareGiven, type GivenAnswers, type PreparedGiven } from "../notifications/index.ts";
import type { CoderMessage } from "./rules/coder-message.ts";

/** `answers`: of `givenReads` for its kind and its recipient. */
export function prepareDelivery(
  deps: Deps,
  source: { name: string },
  { id, kind, text, labels, data, targets }: CoderMessage,
  answers: GivenAnswers,
): PreparedGiven {
  const why = `source_${source.name}` as const;
  return prepareGiven(
    deps,
    {
      kind,
      text,
      labels,
      data,
      targets,
      createdBy: `source:${source.name}`,
      // Coder's server has decided already that it is no duplicate.
      identity: `source message ${id}`,
      recipients: { people: answers.recipients.map(({ userId }) => ({ id: userId, why })) },
    },
    answers,
  );
}
