// A user in words.
import { plainLine } from "./text.ts";

interface Described {
  username: string;
  name: string;
  email: string;
  roles: readonly { name: string }[];
}

/** `ada (Ada Lovelace, ada@example.com), owner` */
export function describeUser({ username, name, email, roles }: Described): string {
  const about = [name, email].filter((part) => part !== "").join(", ");
  return plainLine(`${username}${about === "" ? "" : ` (${about})`}, ${roleWords(roles)}`);
}

export const roleWords = (roles: readonly { name: string }[]): string =>
  roles.length === 0 ? "member" : roles.map(({ name }) => name).join(", ");
