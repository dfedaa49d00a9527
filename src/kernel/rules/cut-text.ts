// Cutting text to a number of bytes, never inside of what people see as one character.

const encoder = new TextEncoder();
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export const byteLength = (text: string): number => encoder.encode(text).length;

/** What people see as characters: never cut inside one. Only as many are looked for as are taken. */
export function* eachCharacter(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** At most `most` bytes of UTF-8, the rest cut off behind a `…`. */
export function cutToBytes(text: string, most: number): string {
  return cutToSize(text, most, byteLength);
}

/** At most `most` bytes of UTF-8, the beginning cut off before a `…`: of a line of output the end tells the most. */
export function cutStartToBytes(text: string, most: number): string {
  if (byteLength(text) <= most) return text;
  return `…${fill([...eachCharacter(text.slice(-most))].toReversed(), most - 3, byteLength)
    .toReversed()
    .join("")}`;
}

/** The beginning of a text, of at most such a size. */
export function cutToSize(text: string, most: number, size: (text: string) => number): string {
  if (size(text) <= most) return text;
  return `${fill(eachCharacter(text), most - size("…"), size)
    .join("")
    .trimEnd()}…`;
}

/** As many of the first characters as there is room for. */
function fill(characters: Iterable<string>, room: number, size: (text: string) => number): string[] {
  const taken: string[] = [];
  let left = room;
  for (const character of characters) {
    left -= size(character);
    if (left < 0) break;
    taken.push(character);
  }
  return taken;
}
