// Whether the database's address leads to a replica.
import { createDatabase, type DatabaseClient } from "../../../db/client.ts";
import { probeSpacingMs, readProbe, writeProbe } from "../../../db/statements.ts";
import { answersFromReplica } from "../../api/replica.ts";
import { requestTimeoutMs } from "./examine-content.ts";

/** Each read may be in time by chance. */
const replicaTries = 12;

export async function findReplica(client: DatabaseClient, now: number): Promise<boolean> {
  const db = createDatabase(client, { timeoutMs: requestTimeoutMs });
  for (let index = 1; index <= replicaTries; index += 1) {
    const at = now + index * probeSpacingMs;
    const { probe: written } = await db.write([writeProbe(at)], { probe: readProbe() });
    if (await answersFromReplica({ db }, written)) return true;
  }
  return false;
}
