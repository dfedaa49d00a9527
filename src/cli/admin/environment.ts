// The environment of a server that runs elsewhere on the machine, such as a service's: admin commands read it from its file.
import { readFileSync } from "node:fs";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import type { Command } from "../rules/command.ts";
import { parseEnvironmentFile } from "./rules/environment-file.ts";

const option = "env-file";

/** The command with an option for it. */
export const withEnvironmentFile = (command: Command): Command => ({
  ...command,
  options: {
    ...command.options,
    [option]: {
      type: "string",
      value: "FILE",
      text: "the server's variables, one NAME=value a line, as in systemd's EnvironmentFile",
    },
  },
  run: (context, input) => {
    const file = (input.options as Record<string, unknown>)[option] as string | undefined;
    return command.run(file === undefined ? context : inEnvironment(context, file), input);
  },
});

/** Its variables come before those of the process. */
function inEnvironment(context: Context, file: string): Context {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(
      exit.failed,
      `--env-file: ${file} can't be read: ${(error as Error).message}.`,
      "Run this as the server's user or as root.",
    );
  }
  const parsed = parseEnvironmentFile(text);
  if (!parsed.ok)
    throw new Failure(exit.failed, `--env-file: line ${parsed.line} of ${file} is not NAME=value.`);
  return { ...context, environment: { ...context.environment, ...parsed.variables } };
}
