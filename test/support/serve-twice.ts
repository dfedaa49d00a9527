// A server in a process of its own, whose database gets every write twice; `startProgram` starts it. It says where it
// listens, as `belfry serve` does.
import { startServer } from "../../src/runtime/server.ts";
import { wrapClient } from "./adapters.ts";

if (import.meta.main) {
  const server = await startServer(process.env as Record<string, string>, {
    write: (line) => process.stderr.write(`${line}\n`),
    terminal: false,
    ticking: false,
    passwordCost: 16,
    // A busy machine makes many who come at once wait for one another; that is not what tests of this are about.
    databaseTimeoutMs: 60_000,
    wrapClient: (client) => wrapClient(client, "twice"),
  });
  console.log(JSON.stringify({ address: server.address }));
}
