// Reads about more pools than one read of the database should answer, in ranges of their presets' ids.
import type { SQL } from "../../../db/client.ts";
import { DatabaseError } from "../../../db/errors.ts";
import type { Deps } from "../../kernel/deps.ts";
import { pause } from "../../kernel/pause.ts";
import { listPoolIds } from "./store/pools.ts";
import { presetsByIds, type PresetScope } from "./store/presets.ts";

/** Presets in one read, about 5 ms of a file; fewer once an answer was too large. */
export const rangeSize = 100;

/** What `read` returns for ranges of all pools; null once it returns null. */
export async function readInRanges<T>(
  deps: Deps,
  when: SQL,
  read: (scope: PresetScope) => Promise<T | null>,
): Promise<T[] | null> {
  const { ids } = await deps.db.read({ ids: listPoolIds(when) });
  const parts: T[] = [];
  for (let from = 0, size = rangeSize; from < ids.length || parts.length === 0;) {
    const end = from + size;
    // A preset that is created meanwhile has requested the next run.
    const scope = presetsByIds(ids.slice(from, end).map(({ id }) => id));
    const part = await unlessTooLarge(read(scope), size === 1);
    if (part === null) return null;
    if (part === undefined) size = Math.ceil(size / 2);
    else {
      parts.push(part);
      from = end;
      // The last one, too: what comes of all parts takes a moment itself.
      await pause();
    }
  }
  return parts;
}

/** Undefined if the answer is too large for the database. */
export async function unlessTooLarge<T>(answer: Promise<T>, isLast = false): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!isLast && error instanceof DatabaseError && error.kind === "too_large") return undefined;
    throw error;
  }
}
