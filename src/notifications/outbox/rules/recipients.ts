// Chooses the recipients of an event from the people who were read, with the reasons for each.
import type { SiteRole, UserStatus } from "../../../../db/schema.ts";
import type { Reason } from "./reasons.ts";

/** Who receives an event. */
export interface RecipientRule {
  /** The sender: receives it for this reason alone. */
  self?: string;
  /** Ids or usernames of the recipients that the sender named. */
  named?: readonly string[];
  /** Users whom the event concerns. */
  people?: readonly { id: string; why: Reason }[];
  /** Everybody with one of these roles. */
  roles?: readonly SiteRole[];
  /** Used if no active user has one of `roles`, so that somebody is notified. */
  fallbackRoles?: readonly SiteRole[];
  /** Ids of users who don't receive it for their role: the initiator. */
  exclude?: readonly string[];
}

export interface Person {
  userId: string;
  username: string;
  status: UserStatus;
  /** JSON array of their site roles. */
  roles: string;
}

/** Template admins; if there are none, owners. `templateAdminRoles` are the roles to read for it. */
export const templateAdmins = {
  roles: ["template-admin"],
  fallbackRoles: ["owner"],
} as const satisfies RecipientRule;
export const templateAdminRoles = ["template-admin", "owner"] as const satisfies readonly SiteRole[];

const parseRoles = (text: string) => JSON.parse(text) as SiteRole[];

/** Each recipient once, in the order given, with all their reasons. */
export function chooseRecipients<T extends Person>(
  people: readonly T[],
  { self, named = [], people: concerned = [], roles = [], fallbackRoles = [], exclude = [] }: RecipientRule,
): (T & { why: Reason[] })[] {
  // Hundreds of people have the same few sets of roles.
  const parsed = new Map(
    [...new Set(people.map(({ roles }) => roles))].map((text) => [text, parseRoles(text)]),
  );
  const withRoles = people.map((person) => ({ person, held: parsed.get(person.roles)! }));
  const isMissing =
    fallbackRoles.length > 0 &&
    !withRoles.some(
      ({ person, held }) => person.status === "active" && held.some((role) => roles.includes(role)),
    );
  const receiving = isMissing ? fallbackRoles : roles;
  const names = new Set(named.map((name) => name.toLowerCase()));
  const reasonsOf = Map.groupBy(concerned, ({ id }) => id);
  return withRoles.flatMap(({ person, held }) => {
    if (person.userId === self) return [{ ...person, why: ["to_self"] }];
    const isNamed = names.has(person.userId) || names.has(person.username.toLowerCase());
    const byName: Reason[] = isNamed ? ["named"] : [];
    const own = (reasonsOf.get(person.userId) ?? []).map(({ why }) => why);
    const byRole = exclude.includes(person.userId) ? [] : held.filter((role) => receiving.includes(role));
    const fallback: Reason[] = isMissing && byRole.length > 0 ? ["no_template_admin"] : [];
    const why = new Set([...byName, ...own, ...fallback, ...byRole.map((role) => `role_${role}` as const)]);
    return why.size === 0 ? [] : [{ ...person, why: [...why] }];
  });
}
