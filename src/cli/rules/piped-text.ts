// What is piped into a command as text, of which only the end matters.

/** Bytes that are kept: the end of a text of 2,000, with room for what is taken out of it. */
export const maxPipedBytes = 65_536;

export interface PipedText {
  text: string;
  /** False where it could not be read as UTF-8 and was read as Windows-1252, which reads anything. */
  isUtf8: boolean;
}

/** `isWhole`: the bytes begin where the text did; else they may begin inside of a character. */
export function decodePiped(bytes: Uint8Array, isWhole: boolean): PipedText {
  const from = isWhole ? 0 : bytes.findIndex((byte) => byte < 0x80 || byte > 0xbf);
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    return { text: decoder.decode(bytes.subarray(Math.min(Math.max(from, 0), 3))), isUtf8: true };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), isUtf8: false };
  }
}
