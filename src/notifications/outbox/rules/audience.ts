// Who, of the people that were read, is told of an event, and why. Planning calls it for events that have a circle.
import type { SiteRole, UserStatus } from "../../../../db/schema.ts";
import type { Reason } from "./reasons.ts";

/** Whom an event concerns, by what they are to it. */
export interface Circle {
  /** Told for what they are to the event itself. */
  people?: readonly { id: string; why: Reason }[];
  /** Everybody with one of these roles. */
  roles?: readonly SiteRole[];
  /** Told where nobody active has one of `roles`: an event that reaches nobody is a defect. */
  otherwise?: readonly SiteRole[];
  /** Ids of those who are not told for a role of theirs: whoever caused it. */
  without?: readonly string[];
}

export interface Person {
  userId: string;
  status: UserStatus;
  /** JSON array of their site roles. */
  roles: string;
}

/** The template admins; where there is none, the owners. `templateAdminRoles` is whom to read for it. */
export const templateAdmins = { roles: ["template-admin"], otherwise: ["owner"] } as const satisfies Circle;
export const templateAdminRoles = ["template-admin", "owner"] as const satisfies readonly SiteRole[];

/** Each person once, in the order given, with every reason that they are told for. */
export function chooseRecipients<T extends Person>(
  people: readonly T[],
  { people: named = [], roles = [], otherwise = [], without = [] }: Circle,
): (T & { why: Reason[] })[] {
  const withRoles = people.map((person) => ({ person, held: JSON.parse(person.roles) as SiteRole[] }));
  const isMissing =
    otherwise.length > 0 &&
    !withRoles.some(
      ({ person, held }) => person.status === "active" && held.some((role) => roles.includes(role)),
    );
  const told = isMissing ? otherwise : roles;
  return withRoles.flatMap(({ person, held }) => {
    const own = named.filter(({ id }) => id === person.userId).map(({ why }) => why);
    const byRole = without.includes(person.userId) ? [] : held.filter((role) => told.includes(role));
    const fallback: Reason[] = isMissing && byRole.length > 0 ? ["no_template_admin"] : [];
    const why = [...new Set([...own, ...fallback, ...byRole.map((role) => `role_${role}` as const)])];
    return why.length === 0 ? [] : [{ ...person, why }];
  });
}
