// Chooses, of the people that were read, the recipients of an event, with the reasons for each.
import type { SiteRole, UserStatus } from "../../../../db/schema.ts";
import type { Reason } from "./reasons.ts";

/** Who receives an event, by what they are to it. */
export interface RecipientRule {
  /** The caller, where it is their own doing: they receive it for this reason alone. */
  self?: string;
  /** Ids or usernames of people to whom the sender addressed it. */
  named?: readonly string[];
  /** Those who receive it for what they are to the event itself. */
  people?: readonly { id: string; why: Reason }[];
  /** Everybody with one of these roles. */
  roles?: readonly SiteRole[];
  /** Where nobody active has one of `roles`: an event that reaches nobody is a defect. */
  fallbackRoles?: readonly SiteRole[];
  /** Ids of those who don't receive it for a role of theirs: the initiator. */
  exclude?: readonly string[];
}

export interface Person {
  userId: string;
  username: string;
  status: UserStatus;
  /** JSON array of their site roles. */
  roles: string;
}

/** The template admins; where there is none, the owners. `templateAdminRoles` is whom to read for it. */
export const templateAdmins = {
  roles: ["template-admin"],
  fallbackRoles: ["owner"],
} as const satisfies RecipientRule;
export const templateAdminRoles = ["template-admin", "owner"] as const satisfies readonly SiteRole[];

/** Each person once, in the order given, with every reason for which they receive it. */
export function chooseRecipients<T extends Person>(
  people: readonly T[],
  { self, named = [], people: concerned = [], roles = [], fallbackRoles = [], exclude = [] }: RecipientRule,
): (T & { why: Reason[] })[] {
  const withRoles = people.map((person) => ({ person, held: JSON.parse(person.roles) as SiteRole[] }));
  const isMissing =
    fallbackRoles.length > 0 &&
    !withRoles.some(
      ({ person, held }) => person.status === "active" && held.some((role) => roles.includes(role)),
    );
  const receiving = isMissing ? fallbackRoles : roles;
  const names = new Set(named.map((name) => name.toLowerCase()));
  return withRoles.flatMap(({ person, held }) => {
    if (person.userId === self) return [{ ...person, why: ["to_self"] }];
    const isNamed = names.has(person.userId) || names.has(person.username.toLowerCase());
    const byName: Reason[] = isNamed ? ["named"] : [];
    const own = concerned.filter(({ id }) => id === person.userId).map(({ why }) => why);
    const byRole = exclude.includes(person.userId) ? [] : held.filter((role) => receiving.includes(role));
    const fallback: Reason[] = isMissing && byRole.length > 0 ? ["no_template_admin"] : [];
    const why = new Set([...byName, ...own, ...fallback, ...byRole.map((role) => `role_${role}` as const)]);
    return why.size === 0 ? [] : [{ ...person, why: [...why] }];
  });
}
