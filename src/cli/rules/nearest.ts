// "Did you mean …": the known word that a mistyped one is closest to.
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
