// The known name that a mistyped one probably means.
import { editDistance } from "./text.ts";

/** Within two typos, or one in a short name; or a name that starts with it. Undefined if there is none. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const beginning = known.find((other) => word.length >= 3 && other.startsWith(word));
  const best = known
    .map((other) => ({ other, distance: editDistance(word.toLowerCase(), other.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (best !== undefined && best.distance <= (word.length > 4 ? 2 : 1)) return best.other;
  return beginning;
}

/** ` Did you mean "docker"?` after an error, or "". */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? "" : ` Did you mean "${near}"?`;
}
