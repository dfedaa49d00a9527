// The roles that a person may be given, or be written to by.

export const siteRoles = ["owner", "user-admin", "template-admin", "auditor"] as const;
export type SiteRole = (typeof siteRoles)[number];

export type RolesVerdict = { ok: true; roles: SiteRole[] } | { ok: false; problem: string };

export function readRoles(names: string[]): RolesVerdict {
  const roles = names.flatMap((name) => siteRoles.find((role) => role === name) ?? []);
  const unknown = names.find((name) => !siteRoles.some((role) => role === name));
  if (unknown === undefined) return { ok: true, roles };
  return { ok: false, problem: `There is no role "${unknown}". It must be one of ${siteRoles.join(", ")}.` };
}
