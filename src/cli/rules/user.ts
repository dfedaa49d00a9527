// Users in one line, the roles they can have, and generated passwords.
import { siteRoles, type SiteRole } from "../../../db/rules/values.ts";
import { plainLine } from "./text.ts";

interface ShownUser {
  username: string;
  name: string;
  email: string;
  roles: readonly { name: string }[];
}

/** `ada (Ada Lovelace, ada@example.com), owner` */
export function describeUser({ username, name, email, roles }: ShownUser): string {
  const about = [name, email].filter((part) => part !== "").join(", ");
  return plainLine(`${username}${about === "" ? "" : ` (${about})`}, ${formatRoles(roles)}`);
}

export const formatRoles = (roles: readonly { name: string }[]): string =>
  roles.length === 0 ? "member" : roles.map(({ name }) => name).join(", ");

export type RolesResult = { ok: true; roles: SiteRole[] } | { ok: false; problem: string };

export function readRoles(names: string[]): RolesResult {
  const roles = names.flatMap((name) => siteRoles.find((role) => role === name) ?? []);
  const unknown = names.find((name) => !siteRoles.some((role) => role === name));
  if (unknown === undefined) return { ok: true, roles };
  return { ok: false, problem: `Unknown role "${unknown}", use ${siteRoles.join(", ")}` };
}

// Without characters that look alike.
const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Four groups of five, from random bytes (at least 64): about 116 bits. */
export function generatePassword(random: Uint8Array): string {
  // Bytes beyond the last whole alphabet would make some characters more likely.
  const usable = [...random].filter((byte) => byte < 256 - (256 % alphabet.length));
  if (usable.length < 20) throw new RangeError("too few random bytes");
  const characters = usable.slice(0, 20).map((byte) => alphabet[byte % alphabet.length]!);
  return [0, 5, 10, 15].map((start) => characters.slice(start, start + 5).join("")).join("-");
}
