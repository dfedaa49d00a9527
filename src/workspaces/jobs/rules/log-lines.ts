// How much of a build's log is kept: the longest line, and the sum of all.

/** Bytes of UTF-8. */
export const longestLine = 16_384;
/** Bytes of all lines of a build; after that one line says that the rest is missing. */
export const largestLog = 1_048_576;
/** Bytes that a line counts for besides its text, so that empty ones are not endless. */
export const lineOverhead = 32;

export const truncatedWords = "The log is too long; what came after this is not kept.";
const cutWords = " … (cut)";

/** At most `longestLine` bytes, cut between characters. */
export function cutLine(output: string): string {
  const bytes = new TextEncoder().encode(output);
  if (bytes.length <= longestLine) return output;
  let end = longestLine - new TextEncoder().encode(cutWords).length;
  // A byte 10xxxxxx continues a character.
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end)) + cutWords;
}
