// Refuses what owners say about a receiver, with each field that is wrong.
import type { ReceiverFormat } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { invalid, invalidFields } from "../../kernel/errors.ts";
import { nameProblem, readKinds, targetProblems, type Problem } from "./rules/given.ts";
import type { ReceiverTarget } from "./rules/message.ts";

/** The kinds, as they are stored. Throws 400 with everything that is wrong. */
export function requireValid(
  deps: Pick<Deps, "config">,
  given: { name: string; format: ReceiverFormat; target: ReceiverTarget; kinds: readonly string[] | null },
): string | null {
  const problem = nameProblem(given.name);
  const kinds = readKinds(given.kinds);
  const { receiversAllowPrivate } = deps.config.notifications;
  const problems: Problem[] = [
    ...(problem === undefined ? [] : [{ field: "name", detail: problem }]),
    ...targetProblems(given.format, given.target, receiversAllowPrivate),
    ...(kinds.ok ? [] : [{ field: "kinds", detail: kinds.detail }]),
  ];
  if (problems.length > 0)
    throw problems.length === 1 ? invalid(problems[0]!.field, problems[0]!.detail) : invalidFields(problems);
  return kinds.ok && kinds.kinds !== null ? JSON.stringify(kinds.kinds) : null;
}
