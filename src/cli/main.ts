// `belfry`: reads the command line, runs one command, and turns what goes wrong into words and an exit code.
import { ClientError, version } from "../client.ts";
import { commands } from "./commands.ts";
import { createContext, type Context } from "./context.ts";
import { exit, tell } from "./failure.ts";
import type { Options, Values } from "./rules/command.ts";
import { pathWords, readCommandLine } from "./rules/command-line.ts";
import { helpPage } from "./rules/help.ts";
import type { Choice } from "./rules/server.ts";

async function main(words: string[]): Promise<number> {
  const reading = readCommandLine(commands, words);
  switch (reading.kind) {
    case "version":
      process.stdout.write(`${version}\n`);
      return 0;
    case "help":
      process.stdout.write(`${helpPage(reading.path, { heading: createContext(process.env, {}).bold })}\n`);
      return 0;
    case "wrong":
      process.stderr.write(`belfry: ${reading.problem}\nSee: ${pathWords(reading.path)} --help\n`);
      return exit.usage;
    case "run": {
      const options = reading.options as Values<Options>;
      const { url, token } = options;
      const context = createContext(process.env, { url, token });
      // A reader that has seen enough (`| head`) is no failure; `run` has its own way.
      if (reading.command.passesOn !== true) process.stdout.on("error", endQuietly);
      try {
        return (await reading.command.run(context, { options, words: reading.words })) ?? 0;
      } catch (error) {
        return explain(error, context);
      } finally {
        context.close();
      }
    }
  }
}

function explain(error: unknown, context: Context): number {
  const { code, lines } = tell(error);
  const [first, ...others] = lines;
  context.say(`belfry: ${first}`);
  for (const line of others) context.say(line);
  if (error instanceof ClientError && error.status === 401) context.say(nextAfter401(context.choice()));
  return code;
}

function nextAfter401({ from, url }: Choice): string {
  if (from === "option") return "The key is the one from --token.";
  if (from === "environment")
    return "The key is the one in BELFRY_SESSION_TOKEN: set a good one there, or unset it to use your sign-in.";
  return `Sign in again with: belfry login ${url}`;
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}

process.exitCode = await main(process.argv.slice(2));
