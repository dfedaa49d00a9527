// Owners choose who, besides them, may send custom notifications to others.
import type { SQL } from "../../../db/client.ts";
import { siteRoles, type SiteRole } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { invalid } from "../../kernel/errors.ts";
import { didYouMean } from "../../kernel/rules/nearest.ts";
import type { AuditNote } from "../texts/templates.ts";
import {
  hasOtherSendersSql,
  listSenderGroups,
  parseSenders,
  readSenders,
  writeSenders,
  type Senders,
} from "./store/senders.ts";

export const sendersReads = () => ({ senders: readSenders(), senderGroups: listSenderGroups() });

export interface ShownSenders {
  roles: readonly SiteRole[];
  /** Names. */
  groups: string[];
}

export interface SendersAnswers {
  senders: { value: string }[];
  senderGroups: { id: string; name: string }[];
}

export const toShownSenders = ({ senders, senderGroups }: SendersAnswers): ShownSenders => ({
  roles: parseSenders(senders).roles,
  groups: senderGroups.map(({ name }) => name),
});

export interface GivenSenders {
  roles: readonly SiteRole[];
  /** Ids or names. */
  groups: readonly string[];
}

/** What was found of the groups, and all names, for a suggestion. */
export interface KnownGroups {
  found: readonly { id: string; name: string }[];
  names: readonly string[];
}

/** Throws 400 for an unknown group. Nothing is written unless `allowedSql` holds. */
export async function changeSenders(
  deps: Deps,
  { roles, groups }: GivenSenders,
  { found, names }: KnownGroups,
  { note, allowedSql }: { note: AuditNote; allowedSql: SQL },
): Promise<ShownSenders> {
  const unknown = groups.find((name) => groupOf(found, name) === undefined);
  if (unknown !== undefined)
    throw invalid("groups", `unknown group ${unknown}.${didYouMean(unknown, names)}`);
  const chosen: Senders = {
    // An owner always may.
    roles: siteRoles.filter((role) => role !== "owner" && roles.includes(role)),
    groups: [...new Set(groups.map((name) => groupOf(found, name)!.id))].toSorted(),
  };
  const chosenNames = chosen.groups.map((id) => found.find((group) => group.id === id)!.name);
  const detail = { custom_senders: { roles: chosen.roles, groups: chosenNames } };
  const after = await deps.db.write(
    [
      note({ action: "write", detail }, hasOtherSendersSql(chosen, allowedSql)),
      writeSenders(chosen, deps.now(), allowedSql),
    ],
    sendersReads(),
  );
  return toShownSenders(after);
}

const groupOf = (found: KnownGroups["found"], name: string) =>
  found.find((group) => group.id === name || group.name.toLowerCase() === name.toLowerCase());
