// A database client that, once it is asked to, undoes every write after it has answered: each request finds the same
// world, whatever the others did.
import type { InStatement, TransactionMode } from "@libsql/client";
import type { DatabaseClient } from "../../db/client.ts";

export interface Forgetful {
  wrap: (client: DatabaseClient) => DatabaseClient;
  /** From now on nothing stays. */
  forget: () => void;
}

export function createForgetful(): Forgetful {
  let isForgetting = false;
  let last: Promise<unknown> = Promise.resolve();
  const takeBack = async (client: DatabaseClient, statements: InStatement[]) => {
    await client.execute("BEGIN IMMEDIATE");
    const results = [];
    try {
      for (const statement of statements) results.push(await client.execute(statement));
      return results;
    } finally {
      await client.execute("ROLLBACK");
    }
  };
  const wrap = (client: DatabaseClient): DatabaseClient => {
    const batch = (statements: InStatement[], mode?: TransactionMode) => {
      const work = () =>
        isForgetting && mode === "write" ? takeBack(client, statements) : client.batch(statements, mode);
      // One at a time: the file has one connection.
      const turn = last.then(work, work);
      last = turn;
      return turn;
    };
    return new Proxy(client, {
      get(target, property) {
        if (property === "batch") return batch;
        const value = Reflect.get(target, property) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  return { wrap, forget: () => (isForgetting = true) };
}
