// Keeps what was made of texts that are asked for again and again, within a limit of memory.

/** What `render` makes of the text, perhaps earlier. A cache has one `render`. */
export type TextCache = (text: string, render: (text: string) => string) => string;

/** Keeps at most about `maxLength` characters, of texts and results together; those that were used last. */
export function createTextCache(maxLength: number): TextCache {
  // Two generations: what was not used since the younger one began goes with the older one.
  let younger = new Map<string, string>();
  let older = new Map<string, string>();
  let length = 0;
  return (text, render) => {
    const kept = younger.get(text);
    if (kept !== undefined) return kept;
    const result = older.get(text) ?? render(text);
    const size = text.length + result.length;
    if (length + size > maxLength / 2) {
      [older, younger, length] = [younger, new Map(), 0];
      if (size > maxLength / 2) return result;
    }
    younger.set(text, result);
    length += size;
    return result;
  };
}
