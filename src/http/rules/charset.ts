// Bytes of a text by the charset that its Content-Type names (WHATWG Encoding), never with U+FFFD for what isn't text.

export type Decoded = { ok: true; text: string } | { ok: false; status: 400 | 415; problem: string };

/** UTF-8 where no charset is named. */
export function decodeText(bytes: Uint8Array, contentType: string): Decoded {
  const charset = (/;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1] ?? "utf-8").toLowerCase();
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(byMark(bytes, charset), { fatal: true });
  } catch {
    return { ok: false, status: 415, problem: `charset: "${charset}" is not known here, send UTF-8` };
  }
  try {
    return { ok: true, text: decoder.decode(bytes) };
  } catch {
    return { ok: false, status: 400, problem: `is no ${charset}: name its charset in Content-Type` };
  }
}

/** Of UTF-16 the byte order mark says which one it is (RFC 2781). */
const byMark = (bytes: Uint8Array, charset: string): string =>
  charset === "utf-16" && bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : charset;
