// `npm start` and `belfry serve`: starts a server from the environment, prints the next steps, and stops it on a signal.
import { banner, describeFailure } from "./startup-messages.ts";
import { PortInUseError } from "./listening.ts";
import { startServer } from "./server.ts";

try {
  const server = await startServer(process.env, {
    write: (line) => process.stderr.write(`${line}\n`),
    terminal: process.stderr.isTTY,
  });
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      // The second signal stops it immediately.
      if (stopping) process.exit(130);
      stopping = true;
      void server.stop().then(() => process.exit(0));
    });
  }
  // From now on, who waits for it may send a signal.
  process.stdout.write(`${banner(server, process.stdout.isTTY)}\n`);
} catch (error) {
  const message =
    error instanceof PortInUseError
      ? error.message
      : describeFailure(error, process.env["BELFRY_DATABASE_URL"]);
  process.stderr.write(`belfry: ${message}\n`);
  process.exit(1);
}
