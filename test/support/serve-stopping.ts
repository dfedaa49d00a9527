// A server in a process of its own that stops itself (SIGSTOP) right before a batch: a number on standard input says before
// which, counted from then on; it says "stopping" first. `startProgram` starts it, and somebody sends it SIGCONT.
import { createInterface } from "node:readline";
import type { InStatement, TransactionMode } from "@libsql/client";
import type { DatabaseClient } from "../../db/client.ts";
import { startServer } from "../../src/runtime/server.ts";

if (import.meta.main) {
  let left = Infinity;
  const stopping = (client: DatabaseClient) =>
    new Proxy(client, {
      get(target, property) {
        const value = Reflect.get(target, property) as unknown;
        if (property !== "batch") return typeof value === "function" ? value.bind(target) : value;
        return (statements: InStatement[], mode?: TransactionMode) => {
          left -= 1;
          if (left === 0) {
            process.stderr.write("stopping\n");
            process.kill(process.pid, "SIGSTOP");
          }
          return target.batch(statements, mode);
        };
      },
    });
  const server = await startServer(process.env as Record<string, string>, {
    write: () => {},
    terminal: false,
    ticking: false,
    passwordCost: 16,
    wrapClient: stopping,
  });
  createInterface({ input: process.stdin }).on("line", (line) => {
    left = Number(line);
    process.stderr.write("armed\n");
  });
  console.log(JSON.stringify({ address: server.address }));
}
