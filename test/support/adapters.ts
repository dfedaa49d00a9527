// Clients that misbehave as the world does: one sends every write twice, one loses the first answer of every write, and
// one is cut off at a chosen batch.
import type { DatabaseClient } from "../../db/client.ts";
import type { InStatement, InValue, TransactionMode } from "@libsql/client";

export type AdapterName = "plain" | "twice" | "lost";
type Batch = (statements: InStatement[], mode?: TransactionMode) => ReturnType<DatabaseClient["batch"]>;

export function wrapClient(client: DatabaseClient, adapter: AdapterName): DatabaseClient {
  if (adapter === "plain") return client;
  const spoil = adapter === "twice" ? sendTwice : loseFirstAnswer;
  const migrate: Batch = (statements) => client.migrate(statements);
  return withBatch(client, spoil(client.batch.bind(client) as Batch), spoil(migrate));
}

const withBatch = (client: DatabaseClient, batch: Batch, migrate?: Batch): DatabaseClient =>
  new Proxy(client, {
    get(target, property) {
      if (property === "batch") return batch;
      if (property === "migrate" && migrate !== undefined)
        return (statements: InStatement[]) => migrate(statements, "write");
      const value = Reflect.get(target, property) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

/** The batch at which the connection is cut, counted from 1, and whether that one is done before. */
export interface Cut {
  at: number;
  done: boolean;
}

export function createCutter() {
  let place: Cut | undefined;
  let batches = 0;
  return {
    /** Counts from now on; nothing works from the cut on, until it is mended. */
    cut: (at: Cut | undefined) => void ([place, batches] = [at, 0]),
    /** Answers how many batches there were. */
    mend: (): number => {
      place = undefined;
      return batches;
    },
    wrapClient: (client: DatabaseClient) =>
      withBatch(client, async (statements, mode) => {
        batches += 1;
        if (place === undefined || batches < place.at) return client.batch(statements, mode);
        if (batches === place.at && place.done) await client.batch(statements, mode);
        throw new Error("the connection is cut");
      }),
  };
}

function sendTwice(batch: Batch): Batch {
  return async (statements, mode) => {
    if (mode === "write") await batch(statements, mode);
    return batch(statements, mode);
  };
}

/** What distinguishes a batch from others: its values, which have ids in them, and the lengths of the rest. */
const nameOf = (statements: InStatement[]): string =>
  JSON.stringify(
    statements.map((statement) => {
      if (typeof statement === "string") return statement.length;
      const { sql, args = [] } = statement;
      return [sql.length, ...(Array.isArray(args) ? args : Object.values(args)).map(nameable)];
    }),
  );

function nameable(value: InValue): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string" && value.length > 100_000) return value.length;
  return ArrayBuffer.isView(value) ? value.byteLength : value;
}

/** Each write is done and then reported as failed, the first time that it is seen. */
function loseFirstAnswer(batch: Batch): Batch {
  const seen = new Set<string>();
  return async (statements: InStatement[], mode?: TransactionMode) => {
    const results = await batch(statements, mode);
    if (mode !== "write") return results;
    const name = nameOf(statements);
    if (seen.has(name)) return results;
    seen.add(name);
    throw new TypeError("fetch failed", { cause: new Error("other side closed") });
  };
}
