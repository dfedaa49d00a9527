// The `q` of the list of users: `status:active role:owner ada`. Other words are searched in names and addresses.
import { siteRoles, userStatuses, type SiteRole, type UserStatus } from "../../../db/schema.ts";

export interface UserSearch {
  /** Any of these; undefined for all. */
  statuses: UserStatus[] | undefined;
  roles: SiteRole[] | undefined;
  /** Each must occur. */
  words: string[];
}

export type SearchVerdict = { ok: true; search: UserSearch } | { ok: false; problem: string };

/** Values may be several with commas between, and in double quotes. */
export function parseUserSearch(q: string): SearchVerdict {
  const chosen = { status: new Set<string>(), role: new Set<string>() };
  const words: string[] = [];
  for (const [, key, quoted, plain = ""] of q.matchAll(/(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const value = quoted ?? plain;
    if (key === undefined) words.push(value);
    else if (key === "status" || key === "role")
      for (const one of value.split(",")) chosen[key].add(one.trim().toLowerCase());
    else return { ok: false, problem: `unknown filter "${key}"; use status or role` };
  }
  const unknownStatus = [...chosen.status].find((one) => !isOneOf([...userStatuses, "dormant"], one));
  if (unknownStatus !== undefined)
    return { ok: false, problem: `unknown status "${unknownStatus}"; use ${userStatuses.join(", ")}` };
  const unknownRole = [...chosen.role].find((one) => !isOneOf([...siteRoles, "member"], one));
  if (unknownRole !== undefined)
    return { ok: false, problem: `unknown role "${unknownRole}"; use ${siteRoles.join(", ")}, member` };
  return {
    ok: true,
    search: {
      statuses: chosen.status.size === 0 ? undefined : userStatuses.filter((one) => chosen.status.has(one)),
      // Everybody is a member.
      roles:
        chosen.role.size === 0 || chosen.role.has("member")
          ? undefined
          : siteRoles.filter((one) => chosen.role.has(one)),
      words,
    },
  };
}

const isOneOf = (values: readonly string[], value: string) => values.includes(value);
