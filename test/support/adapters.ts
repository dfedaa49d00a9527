// Clients that misbehave as the world does: one sends every write twice, one loses the first answer of every write.
import type { DatabaseClient } from "../../db/client.ts";
import type { InStatement, TransactionMode } from "@libsql/client";

export type AdapterName = "plain" | "twice" | "lost";
type Batch = (statements: InStatement[], mode?: TransactionMode) => ReturnType<DatabaseClient["batch"]>;

export function wrapClient(client: DatabaseClient, adapter: AdapterName): DatabaseClient {
  if (adapter === "plain") return client;
  const batch = adapter === "twice" ? sendTwice(client) : loseFirstAnswer(client);
  return new Proxy(client, {
    get(target, property) {
      if (property === "batch") return batch;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function sendTwice(client: DatabaseClient): Batch {
  return async (statements, mode) => {
    if (mode === "write") await client.batch(statements, mode);
    return client.batch(statements, mode);
  };
}

/** Each write is done and then reported as failed, the first time that it is seen. */
function loseFirstAnswer(client: DatabaseClient) {
  const seen = new Set<string>();
  return async (statements: InStatement[], mode?: TransactionMode) => {
    const key = JSON.stringify(statements, (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    const results = await client.batch(statements, mode);
    if (mode !== "write" || seen.has(key)) return results;
    seen.add(key);
    throw new TypeError("fetch failed", { cause: new Error("other side closed") });
  };
}
