// What may stand in a name that people read in the middle of other text: one line, and nothing that turns the direction
// of what stands around it (Unicode's "Trojan Source" controls, UAX #9: embeddings, overrides, isolates).

/** What is wrong with it, in words; undefined for nothing. */
export function problemWithOneLine(name: string): string | undefined {
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name)) return "must be one line of text";
  return /[\u202A-\u202E\u2066-\u2069]/u.test(name)
    ? "must not have characters that change the direction of text (U+202A to U+202E, U+2066 to U+2069)"
    : undefined;
}
