// `npm start` and `belfry serve`: configuration from the environment, then a server that says what a person needs next.
import { banner, describeFailure } from "./startup-messages.ts";
import { PortInUseError } from "./http-server.ts";
import { startServer } from "./server.ts";

try {
  const server = await startServer(process.env, {
    write: (line) => process.stderr.write(`${line}\n`),
    terminal: process.stderr.isTTY,
  });
  process.stdout.write(`${banner(server, process.stdout.isTTY)}\n`);
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      // A second one means: now.
      if (stopping) process.exit(130);
      stopping = true;
      void server.stop().then(() => process.exit(0));
    });
  }
} catch (error) {
  const words =
    error instanceof PortInUseError
      ? error.message
      : describeFailure(error, process.env["BELFRY_DATABASE_URL"]);
  process.stderr.write(`belfry: ${words}\n`);
  process.exit(1);
}
