// Names and IDs as typed: suggestions for a mistyped name, and IDs by their end.
import { nearest } from "../../kernel/rules/nearest.ts";

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
