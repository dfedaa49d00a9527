// The filter of a receiver, as it is stored.
import type { Deps } from "../../kernel/deps.ts";
import { invalid } from "../../kernel/errors.ts";
import { filterProblem, mentionedIn } from "./rules/given-rule.ts";
import { findReferences } from "./store/rules.ts";
import { knownOf } from "./view.ts";

/** Null: no filter. What it is already isn't checked again. Throws 400 for the field `filter`. */
export async function checkedFilter(
  deps: Pick<Deps, "db">,
  given: string | undefined,
  before: string | null = null,
): Promise<string | null> {
  const text = given?.trim();
  if (text === undefined || text === before) return before;
  if (text === "") return null;
  const references = { ...mentionedIn([text]), groups: [], receivers: [], ids: [] };
  const { found } = await deps.db.read({ found: findReferences(references) });
  const problem = filterProblem(text, knownOf(found));
  if (problem !== undefined) throw invalid("filter", problem);
  return text;
}
