// Text for terminals and from pipes: widths, cutting, tables, and the removal of control sequences.
import { cutToSize, eachCharacter, withoutControls } from "../../kernel/rules/text.ts";

/** At most `columns` wide on a terminal. */
export function cutToColumns(text: string, columns: number): string {
  return cutToSize(text, columns, columnsOf);
}

const wide =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

/** Columns on a terminal: emoji and East Asian characters take two. */
export function columnsOf(text: string): number {
  // The common case: one column each.
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  return [...eachCharacter(text)].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}

/** Lines of at most `columns`, broken between words; a longer word is a separate line. */
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

/** Without colors, cursor movements and other control characters; line breaks and tabs stay. */
export const plain = (text: string): string =>
  withoutControls(text)
    .replaceAll(/[\r\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, "")
    .toWellFormed();

/** The same on one line. */
export const plainLine = (text: string): string => plain(text.replaceAll(/\s+/g, " ")).trim();

/** A line of a program's output; its indentation stays. */
export const logLine = (text: string): string => plain(text.replaceAll(/[\r\n]+/g, " ")).trimEnd();

/** Aligned columns, headings first. Cells are made safe to print; the last column is not padded. */
export function table(headings: string[], rows: string[][]): string[] {
  const cells = [headings, ...rows.map((row) => row.map(plainLine))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column]!))));
  return cells.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - columnsOf(cell)))
      .join("  ")
      .trimEnd(),
  );
}

/** Enough for the last 2,000 bytes of text, with room for control sequences that are removed. */
export const maxPipedBytes = 65_536;

export interface PipedText {
  text: string;
  /** False: it is no valid UTF-8 and was read as Windows-1252, which accepts any bytes. */
  isUtf8: boolean;
}

/** `isWhole`: the bytes start where the text started; otherwise they can start inside a character. */
export function decodePiped(bytes: Uint8Array, isWhole: boolean): PipedText {
  const from = isWhole ? 0 : bytes.findIndex((byte) => byte < 0x80 || byte > 0xbf);
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    return { text: decoder.decode(bytes.subarray(Math.min(Math.max(from, 0), 3))), isUtf8: true };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), isUtf8: false };
  }
}
