// One mailbox, one form: two spellings of an address that mail servers deliver alike are the same here. What was typed is
// kept for display and for sending.

/** Blanks around it dropped. */
export const typedEmail = (text: string): string => text.trim();

/**
 * The local part in NFC and lower case, the domain as ASCII (UTS 46, as the URL standard's host parser does it). Text that
 * is no address comes back in lower case: it finds nobody, and costs as much.
 */
export function canonicalEmail(text: string): string {
  const typed = typedEmail(text).normalize("NFC");
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
