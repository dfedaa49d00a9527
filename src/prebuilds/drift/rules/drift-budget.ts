// What of a drift fits into a notice: its text stays under 20,000 bytes on every channel. The fix takes its share first,
// then come as many resources as there is room for.
import { escapeMarkdown } from "../../../kernel/rules/markdown.ts";

/** UTF-8 bytes of Markdown. The sentences and names around these parts need less than what is left of 20,000. */
export const noticeBudget = { snippet: 8_000, notes: 3_000, all: 16_000 };

export const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

/** Bytes of a line of a list: names are escaped there. */
export const lineBytes = (...texts: string[]): number =>
  texts.reduce((sum, text) => sum + utf8Bytes(escapeMarkdown(text)), 20);

/** The first items whose sizes together are at most `bytes`. */
export function fitting<T>(items: readonly T[], bytes: number, sizeOf: (item: T) => number): T[] {
  let left = bytes;
  const over = items.findIndex((item) => {
    left -= sizeOf(item);
    return left < 0;
  });
  return over === -1 ? [...items] : items.slice(0, over);
}
