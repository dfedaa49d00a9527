// Mail addresses: `Name <person@example.com>` taken apart, and what an address may look like. Read by the configuration
// (the sender) and by the mail channel (the receiver).

export interface Mailbox {
  /** Empty when there is none. */
  name: string;
  address: string;
}

// Nothing of what separates, quotes, comments or hides in RFC 5322; letters of every script may stay (RFC 6532).
const atom = String.raw`[^\s\p{C}()<>\[\]:;@\\,."]+`;
const label = String.raw`[\p{L}\p{N}\p{M}_-]+`;
const literal = String.raw`\[(?:IPv6:)?[0-9a-fA-F.:]+\]`;
const addressForm = new RegExp(`^${atom}(?:\\.${atom})*@(?:${label}(?:\\.${label})*|${literal})$`, "u");
const quotedName = /^"((?:[^"\\]|\\.)*)"$/su;
const plainName = /^[^"<>,;:@\\]*$/u;

/** RFC 5321, 4.5.3.1. */
const longestLocalPart = 64;
const longestAddress = 254;

/** One address, alone or in angle brackets behind a name; undefined for none, several, or anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, words, inBrackets] = /^(.*?)<([^<>]*)>$/su.exec(text.trim()) ?? [];
  const name = parseName(words?.trim() ?? "");
  const address = (inBrackets ?? text).trim();
  return name === undefined || !isAddress(address) ? undefined : { name, address };
}

function parseName(words: string): string | undefined {
  if (/\p{Cc}/u.test(words)) return undefined;
  const quoted = quotedName.exec(words)?.[1];
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gsu, "$1").trim();
  return plainName.test(words) ? words : undefined;
}

export function isAddress(text: string): boolean {
  return text.length <= longestAddress && text.indexOf("@") <= longestLocalPart && addressForm.test(text);
}

export const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** A domain outside ASCII in the form that every server understands (`bücher.example` is `xn--bcher-kva.example`). */
export function withAsciiDomain(address: string): string {
  const split = address.lastIndexOf("@") + 1;
  const domain = address.slice(split);
  if (isAscii(domain) || !URL.canParse(`http://${domain}`)) return address;
  return address.slice(0, split) + new URL(`http://${domain}`).hostname;
}
