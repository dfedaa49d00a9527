// Creating, changing, moving and deleting rules: the deployment's, which are audited, and people's own.
import { trueSql } from "../../../db/prepared.ts";
import type { SQL, Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, invalidFields, notFound } from "../../kernel/errors.ts";
import type { AuditNote } from "../texts/templates.ts";
import { namesOf, targetOf } from "./rules/escalation.ts";
import { mentionedIn, ruleProblems, toActions, type GivenRule, type Known } from "./rules/given-rule.ts";
import { givenOf, knownOf, viewOne, type ViewedRule } from "./view.ts";
import {
  deleteRule,
  findReferences,
  insertRule,
  listRules,
  orderRules,
  ruleHasChangeSql,
  updateRule,
  type RuleFields,
  type RuleRow,
  type RulesOf,
} from "./store/rules.ts";

/** Who does it, to whose rules. */
export interface RuleManager {
  userId: string;
  of: RulesOf;
  /** SQL: whether they still may. */
  allowedSql: SQL;
  /** Of the deployment's. */
  note?: (ruleId: string) => AuditNote;
  /** Throws why a write that they weren't allowed changed nothing. */
  refuse: () => Promise<never>;
}

const maxRules = { deployment: 100, own: 50 };

/** What it names already, which may be no more: it isn't checked again unless it changes. */
type Kept = Pick<Known, "receivers" | "targets"> & { filter: string | null };

/** The rule as it is stored. Throws 400 with everything that is wrong. */
async function requireValid(
  deps: Deps,
  given: GivenRule,
  isOwn: boolean,
  kept: Kept = { filter: null, receivers: new Map(), targets: new Map() },
): Promise<RuleFields> {
  const receivers = (given.receivers ?? []).map((name) => name.toLowerCase());
  const to = (given.escalateTo ?? []).map(targetOf);
  const mentioned = mentionedIn([given.filter]);
  const references = {
    ...mentioned,
    users: [...mentioned.users, ...namesOf(to, "user")],
    groups: namesOf(to, "group"),
    receivers: [...receivers, ...namesOf(to, "receiver")],
    ids: [],
  };
  const { found } = await deps.db.read({ found: findReferences(references) });
  const known = withKept(knownOf(found), kept);
  const problems = ruleProblems(given, known, isOwn);
  if (problems.length > 0) throw invalidFields(problems);
  const { name, filter, isEnabled, continues } = given;
  return {
    name,
    filter: filter.trim() === "" ? null : filter.trim(),
    isEnabled,
    continues,
    actions: JSON.stringify(toActions(given, known)),
  };
}

function withKept({ templates, users, receivers, targets }: Known, kept: Kept): Known {
  const mentioned = mentionedIn([kept.filter]);
  return {
    templates: new Set([...templates, ...mentioned.templates]),
    users: new Set([...users, ...mentioned.users]),
    receivers: new Map([...kept.receivers, ...receivers]),
    targets: new Map([...kept.targets, ...targets]),
  };
}

/** The last one. Throws 400, 403, 409 for a name that is in use or too many rules. */
export async function createRule(deps: Deps, manager: RuleManager, given: GivenRule): Promise<ViewedRule> {
  const { of } = manager;
  const fields = await requireValid(deps, given, of !== null);
  const [id, changeId] = [deps.newId(), deps.newId()];
  const row = { ...fields, id, userId: of, changeId, createdBy: manager.userId, createdAt: deps.now() };
  const max = of === null ? maxRules.deployment : maxRules.own;
  const { rules } = await deps.db.write(
    [
      insertRule(row, max, manager.allowedSql),
      ...audited(
        manager,
        id,
        { action: "create", detail: { name: row.name } },
        ruleHasChangeSql(id, changeId),
      ),
    ],
    { rules: listRules(of) },
  );
  const created = rules.find((rule) => rule.id === id);
  if (created !== undefined) return viewOne(deps, created);
  if (rules.some(({ name }) => name === row.name)) throw nameTaken(row.name);
  if (rules.length >= max)
    throw conflict(`There are ${max} rules; no more are allowed.`, "Delete one first.");
  return manager.refuse();
}

const audited = (
  { note }: RuleManager,
  id: string,
  entry: Parameters<AuditNote>[0],
  when: SQL,
): Statement[] => (note === undefined ? [] : [note(id)(entry, when)]);

export type RuleChange = Partial<GivenRule> & {
  /** Its place among the others, from 1. */
  position?: number | undefined;
};

/** `rules`: all of the owner's. Throws 400, 403, 404, 409 for a name that is in use or another change at the same time. */
export async function changeRule(
  deps: Deps,
  manager: RuleManager,
  { rules, name: wanted }: { rules: readonly RuleRow[]; name: string },
  { position, ...change }: RuleChange,
): Promise<ViewedRule> {
  const rule = findRule(rules, wanted);
  const before = await viewOne(deps, rule);
  const ids = before.actions.receivers ?? [];
  const escalatedTo = namesOf(before.actions.escalate?.to ?? []);
  const fields = await requireValid(deps, { ...givenOf(before), ...change }, manager.of !== null, {
    filter: before.filter,
    receivers: new Map(before.receivers?.map((name, at) => [name.toLowerCase(), ids[at]!])),
    targets: new Map(before.escalateTo?.map((target, at) => [targetOf(target), escalatedTo[at]!])),
  });
  const changeId = deps.newId();
  const when = ruleHasChangeSql(rule.id, changeId);
  const detail = {
    name: fields.name,
    ...(fields.name === rule.name ? {} : { from: rule.name }),
    ...(fields.isEnabled === rule.isEnabled ? {} : { enabled: fields.isEnabled }),
    ...(position === undefined ? {} : { position }),
  };
  const others = rules.filter(({ id }) => id !== rule.id).map(({ id }) => id);
  const { after } = await deps.db.write(
    [
      updateRule(rule, fields, changeId, manager.allowedSql),
      ...(position === undefined
        ? []
        : [orderRules(manager.of, others.toSpliced(position - 1, 0, rule.id), when)]),
      ...audited(manager, rule.id, { action: "write", detail }, when),
    ],
    { after: listRules(manager.of) },
  );
  const changed = after.find(({ id }) => id === rule.id);
  if (changed?.changeId === changeId) return viewOne(deps, changed);
  if (changed === undefined) throw notFound("Rule");
  if (after.some(({ id, name }) => id !== rule.id && name === fields.name)) throw nameTaken(fields.name);
  if (changed.changeId !== rule.changeId)
    throw conflict("The rule was changed at the same time.", "Reload it, then try again.");
  return manager.refuse();
}

/** Throws 403, 404. */
export async function removeRule(
  deps: Deps,
  manager: RuleManager,
  { rules, name }: { rules: readonly RuleRow[]; name: string },
): Promise<void> {
  const rule = findRule(rules, name);
  const { left } = await deps.db.write(
    [
      ...audited(
        manager,
        rule.id,
        { action: "delete", detail: { name: rule.name } },
        ruleHasChangeSql(rule.id, rule.changeId),
      ),
      deleteRule(rule.id, manager.allowedSql),
    ],
    { left: listRules(manager.of) },
  );
  if (left.some(({ id }) => id === rule.id)) await manager.refuse();
}

/** By id or name. Throws 404. */
export function findRule<T extends { id: string; name: string }>(rules: readonly T[], wanted: string): T {
  const word = wanted.toLowerCase();
  const rule = rules.find(({ id, name }) => id === word || name === word);
  if (rule === undefined) throw notFound("Rule");
  return rule;
}

/** A person's own: nobody else is asked. */
export const ownManager = (userId: string): RuleManager => ({
  userId,
  of: userId,
  allowedSql: trueSql,
  refuse: () => Promise.reject(notFound("Rule")),
});

const nameTaken = (name: string) =>
  new ApiError(409, `Rule name "${name}" is already taken.`, {
    validations: [{ field: "name", detail: "already in use" }],
  });
