// Text: cut to a number of bytes, checked to be one line, escaped for Markdown, compared, freed of terminal sequences.
// Everything takes linear time but the comparison.

const encoder = new TextEncoder();
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export const byteLength = (text: string): number => encoder.encode(text).length;

/** What people see as characters: never cut inside one. Only as many are looked for as are taken. */
export function* eachCharacter(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** At most `maxBytes` of UTF-8, with `…` in place of the rest. */
export function cutToBytes(text: string, maxBytes: number): string {
  return cutToSize(text, maxBytes, byteLength);
}

/** The same with the beginning cut off: the end of a line of output matters most. */
export function cutStartToBytes(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  return `…${fill([...eachCharacter(text.slice(-maxBytes))].toReversed(), maxBytes - 3, byteLength)
    .toReversed()
    .join("")}`;
}

/** The beginning of a text, at most `max` by a measure of size. */
export function cutToSize(text: string, max: number, size: (text: string) => number): string {
  if (size(text) <= max) return text;
  return `${fill(eachCharacter(text), max - size("…"), size)
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

/** The error message for a name that isn't one line of text, or that changes the direction of the text around it. */
export function validateOneLine(name: string): string | undefined {
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name)) return "must be one line of text";
  return /[\u202A-\u202E\u2066-\u2069]/u.test(name)
    ? "must not have characters that change the direction of text (U+202A to U+202E, U+2066 to U+2069)"
    : undefined;
}

/** Escapes a value so that Markdown shows it literally: no emphasis, link, heading, list, code, HTML or line break. */
export function escapeMarkdown(value: string): string {
  return value
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]()<>#+!|~=&:@]/g, "\\$&")
    .replace(/^( *)(-)/, "$1\\$2")
    .replace(/^( *\d+)(\.)/, "$1\\$2");
}

/** Letters to add, drop, change, or swap with their neighbour. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : change;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, change, swap));
    }
    before = row;
    row = next;
  }
  return row.at(-1)!;
}

const escape = "\u001B";
/** Sequences that a terminal obeys (ECMA-48), whole or cut off, and all other control characters but the three of lines. */
const controls = new RegExp(
  [
    // Colours, cursor movements: parameters, intermediate bytes, a final one.
    String.raw`(?:${escape}\[|\u009B)[0-?]*[ -/]*[@-~]?`,
    // Titles, links, images: up to their terminator, or else to the end of the line.
    String.raw`(?:${escape}[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u0018\u001A${escape}\u009C\n]*(?:\u0007|${escape}\\|\u009C)?`,
    String.raw`${escape}[ -/]*[0-~]?`,
    String.raw`(?![\n\t\r])\p{Cc}`,
  ].join("|"),
  "gu",
);

/** Without escape sequences and control characters; line breaks, carriage returns and tabs stay. */
export const withoutControls = (text: string): string => text.replaceAll(controls, "");

/** What a terminal shows of a line: text after a carriage return overwrites it. */
export function visiblePart(line: string): string {
  const written = line.split("\r").filter((part) => part !== "");
  return written.at(-1) ?? "";
}

/** The same of a whole text, with no control characters left but line breaks and tabs. */
export function plainText(text: string): string {
  const clean = withoutControls(text);
  return clean.includes("\r") ? clean.split("\n").map(visiblePart).join("\n") : clean;
}
