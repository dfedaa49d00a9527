// A server in a process of its own that sends every write to its database twice. Configured by its environment, like the
// real one; prints its address, and ends when its standard input does.
import { startServer } from "../../src/runtime/server.ts";
import { wrapClient } from "./adapters.ts";

const server = await startServer(process.env, {
  write: (line) => process.stderr.write(`${line}\n`),
  terminal: false,
  wrapClient: (client) => wrapClient(client, "twice"),
});
process.stdout.write(`${server.address}\n`);
process.stdin.resume();
process.stdin.on("end", () => void server.stop().then(() => process.exit(0)));
