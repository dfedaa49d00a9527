// Email addresses: parses `Name <person@example.com>` and validates addresses.

export interface Mailbox {
  /** Empty when there is none. */
  name: string;
  address: string;
}

// Without the separators, quotes and comments of RFC 5322; letters of every script are allowed (RFC 6532).
const atom = String.raw`[^\s\p{C}()<>\[\]:;@\\,."]+`;
const label = String.raw`[\p{L}\p{N}\p{M}_-]+`;
const literal = String.raw`\[(?:IPv6:)?[0-9a-fA-F.:]+\]`;
const addressPattern = new RegExp(`^${atom}(?:\\.${atom})*@(?:${label}(?:\\.${label})*|${literal})$`, "u");
const quotedName = /^"((?:[^"\\]|\\.)*)"$/su;
const plainName = /^[^"<>,;:@\\]*$/u;

/** RFC 5321, 4.5.3.1. */
const maxLocalPartLength = 64;
const maxAddressLength = 254;

/** One address, alone or in angle brackets behind a name; undefined for none, several, or anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, displayName, inBrackets] = /^(.*?)<([^<>]*)>$/su.exec(text.trim()) ?? [];
  const name = parseName(displayName?.trim() ?? "");
  const address = (inBrackets ?? text).trim();
  return name === undefined || !isAddress(address) ? undefined : { name, address };
}

function parseName(text: string): string | undefined {
  if (/\p{Cc}/u.test(text)) return undefined;
  const quoted = quotedName.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gsu, "$1").trim();
  return plainName.test(text) ? text : undefined;
}

export function isAddress(text: string): boolean {
  return (
    text.length <= maxAddressLength && text.indexOf("@") <= maxLocalPartLength && addressPattern.test(text)
  );
}

export const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** A domain outside ASCII in the form that every server accepts (`bücher.example` is `xn--bcher-kva.example`). */
export function withAsciiDomain(address: string): string {
  const split = address.lastIndexOf("@") + 1;
  const domain = address.slice(split);
  if (isAscii(domain) || !URL.canParse(`http://${domain}`)) return address;
  return address.slice(0, split) + new URL(`http://${domain}`).hostname;
}
