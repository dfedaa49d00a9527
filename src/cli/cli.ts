// Reads the command line, runs one command, and turns its failure into messages and an exit code.
import { ClientError, version } from "../client.ts";
import { commands } from "./commands.ts";
import { createContext, type Context } from "./context.ts";
import { describeError, exit } from "./failure.ts";
import { readCommandLine } from "./rules/command-line.ts";
import { commandPath, type Command, type Options, type Values } from "./rules/command.ts";
import { helpPage } from "./rules/help.ts";
import type { ServerChoice } from "./rules/server.ts";
import type { Terminal } from "./terminal.ts";

/** `typed`: the arguments without the program. Resolves with the exit code; throws what is a bug. */
export async function runCli(typed: string[], terminal: Terminal): Promise<number> {
  const reading = readCommandLine(commands, typed);
  switch (reading.kind) {
    case "version":
      terminal.stdout.write(`${version}\n`);
      return 0;
    case "help":
      terminal.stdout.write(`${helpPage(reading.path, { heading: createContext(terminal, {}).bold })}\n`);
      return 0;
    case "wrong":
      terminal.stderr.write(`belfry: ${reading.problem}\n`);
      terminal.stderr.write(`Run "${commandPath(reading.path)} --help" for usage.\n`);
      return exit.usage;
    case "run": {
      const options = reading.options as Values<Options>;
      const { url, token } = options;
      const context = createContext(terminal, { url, token });
      // A reader that closes the pipe (`| head`) is no failure; `run` handles its pipes itself.
      if (reading.command.passthrough !== true)
        terminal.stdout.on("error", (error) => endQuietly(terminal, error));
      try {
        return (await reading.command.run(context, { options, args: reading.args })) ?? 0;
      } catch (error) {
        return report(error, context, reading.command);
      } finally {
        context.close();
      }
    }
  }
}

function report(error: unknown, context: Context, command: Command): number {
  const { code, lines } = describeError(error, command);
  const [first, ...others] = lines;
  context.log(`belfry: ${first}`);
  for (const line of others) context.log(line);
  if (error instanceof ClientError && error.status === 401) context.log(adviceAfter401(context.choice()));
  return code;
}

function adviceAfter401({ source, url }: ServerChoice): string {
  if (source === "option") return "The token is from --token. Create a valid one: belfry tokens create";
  if (source === "environment")
    return "The token is from BELFRY_SESSION_TOKEN. Set a valid one, or unset it to use your sign-in.";
  return `Sign in again: belfry login ${url}`;
}

function endQuietly(terminal: Terminal, error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  terminal.exit(0);
}
