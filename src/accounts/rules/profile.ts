// What a username, an email address and a person's name may look like. Each answers what is wrong, in words.
import { problemWithOneLine } from "../../kernel/rules/one-line.ts";

const longestUsername = 32;
const longestEmail = 254;
const longestName = 128;

/** Words that stand where a username would in a path, and the names of the system's own users. */
const reserved = new Set([
  "me",
  "first",
  "login",
  "logout",
  "otp",
  "authmethods",
  "validate-password",
  "roles",
  "oauth2",
  "oidc",
  "prebuilds",
]);

export function problemWithUsername(username: string): string | undefined {
  if (username.length === 0 || username.length > longestUsername)
    return `must have 1 to ${longestUsername} characters`;
  if (!/^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/.test(username))
    return "may have letters, digits and single hyphens between them";
  if (reserved.has(username.toLowerCase())) return `"${username}" is a reserved word; choose another`;
  return undefined;
}

/** Shape only: whether anybody reads mail there, no pattern can tell. */
export function problemWithEmail(email: string): string | undefined {
  const bytes = new TextEncoder().encode(email).length;
  if (bytes > longestEmail) return `has ${bytes} bytes, ${longestEmail} are allowed`;
  const local = email.slice(0, Math.max(0, email.lastIndexOf("@")));
  const domain = email.slice(local.length + 1);
  const localIsGood = /^[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(local) && !/^\.|\.$|\.\./.test(local);
  const domainIsGood =
    /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u.test(domain);
  return localIsGood && domainIsGood ? undefined : "is no email address; write it like ada@example.com";
}

export function problemWithName(name: string): string | undefined {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > longestName) return `has ${bytes} bytes, ${longestName} are allowed`;
  return problemWithOneLine(name);
}
