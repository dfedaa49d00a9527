// Rules as they are shown: with what they name, and what of it is no more.
import type { Deps } from "../../kernel/deps.ts";
import { mentionedIn, missingOf, type GivenRule, type Known } from "./rules/given-rule.ts";
import type { RuleActions } from "./rules/rule.ts";
import { findReferences, type Reference, type RuleRow } from "./store/rules.ts";

/** A rule with what it names. */
export interface ViewedRule extends Omit<RuleRow, "actions"> {
  actions: RuleActions;
  /** Names of the receivers that it chooses; also of deleted ones. */
  receivers: readonly string[] | null;
  /** Sentences: what it names and is no more. */
  problems: readonly string[];
}

/** Two round trips with the read of the rows. */
export async function viewRules(deps: Pick<Deps, "db">, rows: readonly RuleRow[]): Promise<ViewedRule[]> {
  if (rows.length === 0) return [];
  const parsed = rows.map((row) => ({ ...row, actions: JSON.parse(row.actions) as RuleActions }));
  const receiverIds = parsed.flatMap(({ actions }) => actions.receivers ?? []);
  const mentioned = mentionedIn(rows.map(({ filter }) => filter));
  const { found } = await deps.db.read({
    found: findReferences({ ...mentioned, receivers: [], receiverIds }),
  });
  const known = knownOf(found);
  const receivers = new Map(
    found
      .filter(({ what }) => what === "receiver")
      .map(({ id, name, isDeleted }) => [id, { name, isDeleted: isDeleted === 1 }]),
  );
  return parsed.map((row) => ({
    ...row,
    receivers: row.actions.receivers?.map((id) => receivers.get(id)?.name ?? id) ?? null,
    problems: missingOf(row, known, receivers),
  }));
}

export const knownOf = (found: readonly Reference[]): Known => {
  const named = (what: Reference["what"]) => found.filter((one) => one.what === what);
  return {
    templates: new Set(named("template").map(({ name }) => name)),
    users: new Set(named("user").map(({ name }) => name)),
    receivers: new Map(named("receiver").map(({ name, id }) => [name.toLowerCase(), id])),
  };
};

export const viewOne = async (deps: Deps, row: RuleRow): Promise<ViewedRule> =>
  (await viewRules(deps, [row]))[0]!;

/** As it would be given. */
export function givenOf(rule: ViewedRule): GivenRule {
  const { suppress = false, channels = null, delayMs = null, digest = null } = rule.actions;
  const { name, filter, continues, isEnabled, receivers } = rule;
  return {
    name,
    filter: filter ?? "",
    continues,
    isEnabled,
    suppress,
    channels: channels as GivenRule["channels"],
    receivers,
    delayMs,
    digest,
  };
}
