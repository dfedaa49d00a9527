// Names and ids as people type them: the nearest known one, and the short form of an id.
import { editDistance } from "../../kernel/rules/edit-distance.ts";

/** Undefined when none is close: two slips in a long word, one in a short one; a beginning counts as close too. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const beginning = known.find((other) => word.length >= 3 && other.startsWith(word));
  const best = known
    .map((other) => ({ other, distance: editDistance(word.toLowerCase(), other) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (best !== undefined && best.distance <= (word.length > 4 ? 2 : 1)) return best.other;
  return beginning;
}

/** The end of an id, which is random: enough to name one of a list. */
export const shortId = (id: string): string => id.slice(-8);

/** Whether a word may be the end of an id, or all of it. */
export const isIdEnd = (word: string): boolean => /^[0-9a-f-]{4,36}$/.test(word);
