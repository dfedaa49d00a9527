// Valid usernames, email addresses and names, and the canonical form of an email address: two spellings that mail servers
// deliver to one mailbox are the same here. The spelling that the user typed is kept for display and delivery.
import { validateOneLine } from "../../kernel/rules/text.ts";

const maxUsernameLength = 32;
const maxEmailBytes = 254;
const maxNameBytes = 128;

/** Path segments in the place of a username, and names of system users. */
const reservedUsernames = new Set([
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
  if (username.length === 0 || username.length > maxUsernameLength)
    return `must have 1 to ${maxUsernameLength} characters`;
  if (!/^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/.test(username)) return "use only letters, digits and single hyphens";
  if (reservedUsernames.has(username.toLowerCase()))
    return `"${username}" is a reserved word; choose another`;
  return undefined;
}

/** The shape only. */
export function problemWithEmail(email: string): string | undefined {
  const bytes = new TextEncoder().encode(email).length;
  if (bytes > maxEmailBytes) return `${bytes} bytes, at most ${maxEmailBytes} allowed`;
  const local = email.slice(0, Math.max(0, email.lastIndexOf("@")));
  const domain = email.slice(local.length + 1);
  const localIsGood = /^[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(local) && !/^\.|\.$|\.\./.test(local);
  const domainIsGood =
    /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u.test(domain);
  return localIsGood && domainIsGood ? undefined : "must be an email address like ada@example.com";
}

export function problemWithName(name: string): string | undefined {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > maxNameBytes) return `${bytes} bytes, at most ${maxNameBytes} allowed`;
  return validateOneLine(name);
}

export const trimEmail = (text: string): string => text.trim();

/**
 * The local part in NFC and lower case, the domain as ASCII (UTS 46, as the URL standard's host parser does it). Text that
 * is no address comes back in lower case: it finds nobody, and costs as much.
 */
export function canonicalEmail(text: string): string {
  const typed = trimEmail(text).normalize("NFC");
  const at = typed.lastIndexOf("@");
  const local = typed.slice(0, Math.max(0, at)).toLowerCase();
  return at < 0 ? typed.toLowerCase() : `${local}@${asciiDomain(typed.slice(at + 1))}`;
}

function asciiDomain(domain: string): string {
  const lower = domain.toLowerCase();
  // Only letters, digits, marks, dots of any script and hyphens: nothing that would end a host or begin a port.
  const isHost = /^[\p{L}\p{N}\p{M}.\u3002\uFF0E\uFF61-]+$/u.test(lower);
  if (/^[ -~]*$/.test(lower) || !isHost || !URL.canParse(`http://${lower}`)) return lower;
  return new URL(`http://${lower}`).hostname;
}
