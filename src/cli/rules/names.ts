// Names and IDs as typed: suggestions for a mistyped name, and IDs by their end.
import { editDistance } from "../../kernel/rules/text.ts";

/** Within two typos, or one in a short name; or a name that starts with it. Undefined if there is none. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const beginning = known.find((other) => word.length >= 3 && other.startsWith(word));
  const best = known
    .map((other) => ({ other, distance: editDistance(word.toLowerCase(), other) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (best !== undefined && best.distance <= (word.length > 4 ? 2 : 1)) return best.other;
  return beginning;
}

/** ` Did you mean "docker"?` after an error, or "". Options are not quoted. */
export function suggest(word: string, known: readonly string[]): string {
  const isOption = word.startsWith("--");
  const near = isOption
    ? nearest(
        word.slice(2),
        known.map((option) => option.slice(2)),
      )
    : nearest(word, known);
  if (near === undefined) return "";
  return isOption ? ` Did you mean --${near}?` : ` Did you mean "${near}"?`;
}

/** The end of an id, which is random: enough to name one of a list. */
export const shortId = (id: string): string => id.slice(-8);

/** Whether a text can be an ID or the end of one. */
export const isIdEnd = (word: string): boolean => /^[0-9a-f-]{4,36}$/.test(word);
