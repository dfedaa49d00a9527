// Rules as they are shown: with what they name, and what of it is no more.
import type { Deps } from "../../kernel/deps.ts";
import { namesOf, writtenTargets } from "./rules/escalation.ts";
import { mentionedIn, missingOf, type GivenRule, type Known } from "./rules/given-rule.ts";
import type { RuleActions } from "./rules/rule.ts";
import { findReferences, type Reference, type RuleRow } from "./store/rules.ts";

/** A rule with what it names. */
export interface ViewedRule extends Omit<RuleRow, "actions"> {
  actions: RuleActions;
  /** Names of the receivers that it chooses; also of deleted ones. */
  receivers: readonly string[] | null;
  /** `user:NAME`, `group:NAME` and `receiver:NAME`. */
  escalateTo: readonly string[] | null;
  /** Sentences: what it names and is no more. */
  problems: readonly string[];
}

/** Two round trips with the read of the rows. */
export async function viewRules(deps: Pick<Deps, "db">, rows: readonly RuleRow[]): Promise<ViewedRule[]> {
  if (rows.length === 0) return [];
  const parsed = rows.map((row) => ({ ...row, actions: JSON.parse(row.actions) as RuleActions }));
  const ids = parsed.flatMap(({ actions: { receivers = [], escalate } }) => [
    ...receivers,
    ...namesOf(escalate?.to ?? []),
  ]);
  const mentioned = mentionedIn(rows.map(({ filter }) => filter));
  const { found } = await deps.db.read({
    found: findReferences({ ...mentioned, groups: [], receivers: [], ids }),
  });
  const known = knownOf(found);
  const byId = new Map(found.map(({ id, name, isDeleted }) => [id, { name, isDeleted: isDeleted === 1 }]));
  return parsed.map((row) => ({
    ...row,
    receivers: row.actions.receivers?.map((id) => byId.get(id)?.name ?? id) ?? null,
    escalateTo: row.actions.escalate === undefined ? null : writtenTargets(row.actions.escalate.to, byId),
    problems: missingOf(row, known, byId),
  }));
}

export const knownOf = (found: readonly Reference[]): Known => {
  const named = (what: Reference["what"]) => found.filter((one) => one.what === what && one.isDeleted === 0);
  return {
    templates: new Set(named("template").map(({ name }) => name)),
    users: new Set(named("user").map(({ name }) => name)),
    receivers: new Map(named("receiver").map(({ name, id }) => [name.toLowerCase(), id])),
    targets: new Map(found.map(({ what, name, id }) => [`${what}:${name.toLowerCase()}`, id])),
  };
};

export const viewOne = async (deps: Deps, row: RuleRow): Promise<ViewedRule> =>
  (await viewRules(deps, [row]))[0]!;

/** As it would be given. */
export function givenOf(rule: ViewedRule): GivenRule {
  const { suppress = false, channels = null, delayMs = null, digest = null, escalate } = rule.actions;
  const { name, filter, continues, isEnabled, receivers, escalateTo } = rule;
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
    escalateMs: escalate?.afterMs ?? null,
    escalateTo,
  };
}
