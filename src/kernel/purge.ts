// Deletes old rows in slices: each is short, and other requests are served between two of them.
import type { Statement } from "../../db/client.ts";
import type { Deps } from "./deps.ts";
import { pause } from "./pause.ts";

/** By name: a statement that deletes up to `limit` old rows and returns one row for each. */
export type Purges = Record<string, (limit: number) => Statement>;

/** A slice of messages takes a few milliseconds of a file, under 20 on a busy machine. */
const sliceRows = 200;

/** The first slice of each, to stand in the answer of a write. */
export const firstSlices = (purges: Purges): Record<string, Statement> =>
  Object.fromEntries(Object.entries(purges).map(([name, purge]) => [name, purge(sliceRows)]));

/** Whether one of these slices was full. */
export const hasMore = (slices: Record<string, unknown>): boolean =>
  Object.values(slices).some((deleted) => (deleted as unknown[]).length >= sliceRows);

/** Deletes what is left, slice by slice, in the order of the purges, until `until` (epoch milliseconds) at most; the next tick finds the rest. */
export async function purgeRest(deps: Deps, purges: Purges, until: number): Promise<void> {
  for (const purge of Object.values(purges)) {
    for (let rows = sliceRows; rows >= sliceRows;) {
      await pause();
      if (deps.process.stopping.aborted || deps.now() >= until) return;
      const { deleted } = await deps.db.write([], { deleted: purge(sliceRows) });
      rows = (deleted as unknown[]).length;
    }
  }
}
