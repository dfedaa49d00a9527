// The value of Idempotency-Key: a string of a structured field (RFC 8941), quoted, or bare as many clients send it.

const longest = 255;

/** Undefined for what is no key. */
export function parseIdempotencyKey(header: string): string | undefined {
  const text = header.trim();
  const key = text.startsWith('"') ? unquoted(text) : text;
  return key !== undefined && /^[\x20-\x7E]+$/.test(key) && key.length <= longest ? key : undefined;
}

function unquoted(text: string): string | undefined {
  const match = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text);
  return match?.[1]!.replaceAll(/\\(["\\])/g, "$1");
}
