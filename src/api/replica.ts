// Whether the database's address leads to a replica. It passes writes on, and answers reads from a copy that may be older: what
// a user has just done is missing from the page that follows.
import { readProbe } from "../../db/statements.ts";
import type { Deps } from "../kernel/deps.ts";

const timeoutMs = 300;

/** `written`: when the probe was written, by the answer of that write. True only if a read after it has found an older one. */
export async function answersFromReplica(
  { db }: Pick<Deps, "db">,
  written: readonly { at: number }[] | undefined,
): Promise<boolean> {
  const at = written?.[0]?.at;
  if (at === undefined) return false;
  try {
    const found = await db.read({ probe: readProbe() }, timeoutMs);
    if (found.probe[0]?.at === at) return false;
    // Another process may have written one since: asked as a write, the primary answers.
    const primary = await db.write([], { probe: readProbe() }, timeoutMs);
    return primary.probe[0]?.at === at;
  } catch {
    return false;
  }
}
