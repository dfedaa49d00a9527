// Why somebody did not get an event: who did, and what of its rule leaves this person out.
import type { SiteRole } from "../../../../db/schema.ts";
import { aRole, groupOf, roleNoun, sourceOf, type Reason } from "./reasons.ts";
import type { RecipientRule } from "./recipients.ts";
import { escalationOf } from "./rule-reasons.ts";

/** What an event keeps of its rule. */
export interface StoredRule {
  roles?: readonly SiteRole[];
  fallbackRoles?: readonly SiteRole[];
  /** Ids of users who don't get it for their role. */
  exclude?: readonly string[];
  /** Why each of the users whom it concerns gets it. */
  people?: readonly Reason[];
}

/** Null for what a sender writes to themselves or to users whom they name. */
export function toStoredRule({
  roles = [],
  fallbackRoles,
  exclude,
  people,
}: RecipientRule): StoredRule | null {
  if (roles.length === 0 && people === undefined) return null;
  return {
    ...(roles.length === 0 ? {} : { roles }),
    ...(fallbackRoles === undefined ? {} : { fallbackRoles }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(people === undefined ? {} : { people: [...new Set(people.map(({ why }) => why))] }),
  };
}

export interface AbsenceFacts {
  /** Null for an event of an earlier release, too. */
  rule: StoredRule | null;
  createdAt: number;
  /** Ids of what it is about. */
  targets: readonly string[];
  /** The reasons of each person who is a recipient. */
  recipients: readonly (readonly string[])[];
  /** Others by their role: the kind was off by default, and they had not turned it on. */
  offByDefault: number;
  person: {
    id: string;
    roles: readonly string[];
    createdAt: number;
    isSystem: boolean;
    deletedAt: number | null;
  };
}

/** Sentences: who was notified, and why this person was not. */
export const explainAbsence = (facts: AbsenceFacts): string[] => [
  ...notified(facts),
  ...notTurnedOn(facts),
  aboutPerson(facts),
];

const notTurnedOn = ({ offByDefault }: AbsenceFacts): string[] =>
  offByDefault === 0
    ? []
    : [
        `${offByDefault} ${offByDefault === 1 ? "recipient" : "recipients"} had not turned on this kind, which is off by default.`,
      ];

const plurals: Partial<Record<string, string>> = {
  workspace_owner: "The workspace's owner",
  own_agent: "The agent's user",
  own_account: "The user of the account",
  uses_template: "Users with a workspace of the template",
  owns_workspace: "Owners of workspaces that the sender chose",
  named: "Users whom the sender named",
  to_self: "The sender",
};

function groupName(reason: string): string | undefined {
  const group = groupOf(reason);
  if (group !== undefined) return `Members of the group ${group}`;
  const rule = escalationOf(reason);
  if (rule !== undefined) return `Those to whom the rule ${rule} escalated it`;
  const source = sourceOf(reason);
  return source === undefined ? plurals[reason] : `The user whom source ${source} named`;
}

/** The first reason that says why is the group of a person. */
function notified({ recipients }: AbsenceFacts): string[] {
  if (recipients.length === 0) return ["Nobody was notified."];
  const isFallback = recipients.some((reasons) => reasons.includes("no_template_admin"));
  const groups = Map.groupBy(
    recipients,
    (reasons) =>
      reasons.find((reason) => reason.startsWith("role_") || groupName(reason) !== undefined) ?? "",
  );
  return [...groups].map(([reason, people]) => {
    const who =
      groupName(reason) ?? (reason === "" ? "Recipients" : capital(rolePlural(reason.slice("role_".length))));
    const because = isFallback && reason.startsWith("role_") ? ", because there was no template admin" : "";
    const count =
      reason === "to_self" || (people.length === 1 && isSingular(reason)) ? "" : ` (${people.length})`;
    return `${who} ${isSingular(reason) && people.length === 1 ? "was" : "were"} notified${count}${because}.`;
  });
}

const isSingular = (reason: string): boolean =>
  ["workspace_owner", "own_agent", "own_account", "to_self"].includes(reason) ||
  sourceOf(reason) !== undefined;

function aboutPerson({ rule, createdAt, targets, person, offByDefault }: AbsenceFacts): string {
  const { id, roles } = person;
  if (person.isSystem) return "This is an account of Belfry itself, which is never notified.";
  if (person.deletedAt !== null && person.deletedAt <= createdAt)
    return "This user's account was deleted before the event.";
  if (person.createdAt > createdAt) return "This user's account was created after the event.";
  if (rule === null) return "This user was not among the recipients that the sender named.";
  const holds = (wanted: readonly SiteRole[] = []) => wanted.filter((role) => roles.includes(role));
  const [role] = holds(rule.roles);
  if (rule.exclude?.includes(id) === true && role !== undefined)
    return targets.includes(id)
      ? `This user is ${aRole(role)}, but the event is about their own account.`
      : `This user is ${aRole(role)}, but caused the event, and is not notified of what they did.`;
  if (role !== undefined && offByDefault > 0)
    return `This user is ${aRole(role)}. They had not turned on this kind, or got the role after the event.`;
  if (role !== undefined) return `This user is ${aRole(role)} now, but was not at the time of the event.`;
  const [fallback] = holds(rule.fallbackRoles);
  if (fallback !== undefined)
    return `This user is ${aRole(fallback)}, and ${rolePlural(fallback)} are only notified where there is no ${roleNoun(rule.roles![0]!)}.`;
  return `This user ${outside(rule)}.`;
}

const concerns: Partial<Record<Reason, string>> = {
  workspace_owner: "does not own the workspace",
  own_agent: "is not the agent's user",
  own_account: "is not the user of the account",
  uses_template: "had no workspace of the template",
  owns_workspace: "had no workspace that the sender chose",
};

function concernOf(why: Reason): string | undefined {
  const group = groupOf(why);
  if (group !== undefined) return `was not in the group ${group}`;
  const source = sourceOf(why);
  return source === undefined ? concerns[why] : `was not named by source ${source}`;
}

/** What they would have to be. */
function outside({ roles = [], people = [] }: StoredRule): string {
  const named = roles.map(aRole);
  const last = named.pop();
  const role =
    last === undefined ? [] : [`is not ${named.length === 0 ? last : `${named.join(", ")} or ${last}`}`];
  const all = [...people.flatMap((why) => concernOf(why) ?? []), ...role];
  return all.length === 0 ? "is not a recipient of this kind" : all.join(" and ");
}

const rolePlural = (role: string): string => `${roleNoun(role)}s`;
const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;
