// Text for terminals and for messages with a limit: cutting by bytes and by columns, and taking out what would steer a
// terminal.
import { stripVTControlCharacters } from "node:util";

const encoder = new TextEncoder();
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export const byteLength = (text: string): number => encoder.encode(text).length;

/** What people see as characters: never cut inside one. Only as many are looked for as are taken. */
function* eachCharacter(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** At most `most` bytes of UTF-8, the rest cut off behind a `…`. */
export function cutToBytes(text: string, most: number): string {
  return cut(text, most, byteLength);
}

/** At most `most` columns of a terminal. */
export function cutToColumns(text: string, most: number): string {
  return cut(text, most, columnsOf);
}

/** At most `most` bytes of UTF-8, the beginning cut off before a `…`: of a line of output the end tells the most. */
export function cutStartToBytes(text: string, most: number): string {
  if (byteLength(text) <= most) return text;
  return `…${fill([...eachCharacter(text.slice(-most))].toReversed(), most - 3, byteLength)
    .toReversed()
    .join("")}`;
}

function cut(text: string, most: number, size: (text: string) => number): string {
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

const wide =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

/** Columns on a terminal: emoji and East Asian letters take two. */
export function columnsOf(text: string): number {
  // Nearly all text: one column each.
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  return [...eachCharacter(text)].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}

/** Lines of at most so many columns, broken between words; a word that is longer stands alone. */
export function wrap(text: string, columns: number | undefined): string[] {
  if (columns === undefined) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && columnsOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Without colours, cursor movements and other control characters; line breaks and tabs stay. */
export function plain(text: string): string {
  const steering = /(?![\n\t])\p{Cc}|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
  return stripVTControlCharacters(text).replaceAll(steering, "").toWellFormed();
}

/** The same on one line. */
export const plainLine = (text: string): string => plain(text.replaceAll(/\s+/g, " ")).trim();

/** A line of a program's output, with its indentation. */
export const logLine = (text: string): string => plain(text.replaceAll(/[\r\n]+/g, " ")).trimEnd();
