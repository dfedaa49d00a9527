// What a database server has limits for, asked for in smaller portions. Whoever would otherwise be stuck for good behind one
// large answer calls it: dispatch, the live inbox.
import { DatabaseError } from "./errors.ts";

/** Tries with `most` rows, and with half of them for as long as that is more than the database takes or gives at once. */
export async function withFewer<T>(
  most: number,
  work: (limit: number) => Promise<T>,
): Promise<T & { limit: number }> {
  for (let limit = most; ; limit = Math.ceil(limit / 2)) {
    try {
      return { ...(await work(limit)), limit };
    } catch (error) {
      if (limit <= 1 || !(error instanceof DatabaseError) || error.kind !== "too_large") throw error;
    }
  }
}
