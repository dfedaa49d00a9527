// Text in a header, which HTTP carries as bytes: UTF-8 or Latin-1, or in ASCII as RFC 2047 has it.

/** `value` as the runtime gives it: each byte as one character, or decoded already. */
export function decodeHeaderText(value: string): string {
  return fromBytes(value).replaceAll(
    /=\?([\w.:-]{1,40})(?:\*[\w-]{1,40})?\?([bq])\?([^?\s]*)\?=(?:[ \t]+(?==\?))?/gi,
    (word: string, charset: string, encoding: string, content: string) =>
      decodeWord(charset, encoding.toLowerCase(), content) ?? word,
  );
}

function fromBytes(value: string): string {
  const codes = Array.from(value, (character) => character.codePointAt(0)!);
  if (codes.every((code) => code < 0x80) || codes.some((code) => code > 0xff)) return value;
  const bytes = Uint8Array.from(codes);
  return decode("utf-8", bytes) ?? new TextDecoder("windows-1252").decode(bytes);
}

function decodeWord(charset: string, encoding: string, content: string): string | undefined {
  if (encoding === "q") {
    const octets = content
      .replaceAll("_", " ")
      .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
    return decode(charset, bytesOf(octets));
  }
  try {
    return decode(charset, bytesOf(atob(content)));
  } catch {
    return undefined;
  }
}

const bytesOf = (octets: string) => Uint8Array.from(octets, (octet) => octet.codePointAt(0)! & 0xff);

function decode(charset: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
