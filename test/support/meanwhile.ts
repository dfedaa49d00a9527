// A database whose next write waits until something else has been done: what happens between a look and its write.
import type { InStatement, TransactionMode } from "@libsql/client";
import type { DatabaseClient } from "../../db/client.ts";
import { wrapClient } from "./adapters.ts";
import { suiteAdapter } from "./server.ts";

/** `wrapClient` is for the server; `beforeNextWrite` says what comes first, once. */
export function holdWrites() {
  let waiting: (() => Promise<unknown>) | undefined;
  const hold = (client: DatabaseClient) =>
    new Proxy(client, {
      get(target, property) {
        const value = Reflect.get(target, property) as unknown;
        if (property !== "batch") return typeof value === "function" ? value.bind(target) : value;
        return async (statements: InStatement[], mode?: TransactionMode) => {
          const first = mode === "write" ? waiting : undefined;
          if (first !== undefined) {
            waiting = undefined;
            await first();
          }
          return target.batch(statements, mode);
        };
      },
    });
  return {
    wrapClient: (client: DatabaseClient) => hold(wrapClient(client, suiteAdapter())),
    beforeNextWrite: (task: () => Promise<unknown>) => {
      waiting = task;
    },
  };
}
