// belfry provisioner start: reads the options and runs the provisioner daemon, which builds workspaces.
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { runDaemon, RejectedError } from "../../provisioner/daemon.ts";
import { OptionError, readKey, readSettings } from "../../provisioner/rules/settings.ts";
import { connect } from "../../provisioner/server.ts";
import { createEnvironment, timingOf } from "../../provisioner/environment.ts";
import type { Tool } from "../../provisioner/worker-context.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import type { Terminal } from "../terminal.ts";

export const start = defineCommand({
  name: "start",
  summary: "Run the provisioner daemon, which builds workspaces with OpenTofu, Terraform or a script",
  maxArgs: 0,
  details: [
    "It needs a provisioner key in BELFRY_PROVISIONER_KEY. It runs until it is stopped. The first SIGTERM or Ctrl-C lets",
    "running jobs finish and returns jobs not yet started to the queue. A second kills running jobs and marks them as",
    "failed.",
  ],
  examples: [
    "belfry provisioner start",
    "belfry provisioner start --concurrency 4 --templates ./templates",
    "belfry provisioner start --exec ./build.sh",
  ],
  options: {
    key: {
      type: "string",
      value: "KEY",
      text: "provisioner key; - reads standard input (default BELFRY_PROVISIONER_KEY)",
    },
    name: { type: "string", value: "NAME", text: "name shown in builds (default: host name)" },
    concurrency: { type: "string", value: "N", text: "number of jobs at a time (default 1)" },
    terraform: {
      type: "string",
      value: "PATH",
      text: "OpenTofu or Terraform (default: tofu, then terraform)",
    },
    exec: {
      type: "string",
      value: "SCRIPT",
      text: "run this instead of Terraform, with the job as JSON on standard input",
    },
    templates: {
      type: "string",
      value: "DIR",
      text: "use template files in DIR/TEMPLATE/VERSION if it exists",
    },
    "work-dir": {
      type: "string",
      value: "DIR",
      text: "parent folder of job folders (default: temporary folder)",
    },
    "job-timeout": { type: "string", value: "TIME", text: "stop a job after this time (default 1h)" },
    heartbeat: {
      type: "string",
      value: "TIME",
      text: "interval of heartbeats to the server, at most 20s (default 15s)",
    },
    grace: {
      type: "string",
      value: "TIME",
      text: "time for a program to end before it is killed (default 30s)",
    },
  },
  async run(context, { options }) {
    try {
      const settings = readSettings(
        {
          name: options.name,
          concurrency: options.concurrency,
          jobTimeout: options["job-timeout"],
          heartbeat: options.heartbeat,
          grace: options.grace,
        },
        hostname(),
      );
      const folders = {
        templates: folderAt(options.templates, "--templates"),
        workDir: workFolder(options["work-dir"]),
      };
      const tool = chooseTool(options, context.environment["PATH"] ?? "");
      const key = readKey(await keyText(context, options.key));
      const environment = createEnvironment(context.environment, context.log);
      const timing = timingOf(settings);
      const server = connect(context.choice().url, key, environment, timing);
      const { stopping, killing } = listen(context.terminal, environment.log);
      const secrets = [key, key.slice(key.lastIndexOf("-") + 1)];
      await runDaemon(
        { server, environment, timing, tool, ...folders, secrets, killing },
        settings,
        stopping,
      );
    } catch (error) {
      if (error instanceof OptionError) throw new Failure(exit.usage, error.message);
      if (!(error instanceof RejectedError)) throw error;
      const isKey = error.status === 401 || error.status === 403;
      throw new Failure(isKey ? exit.signedOut : exit.unreachable, error.message);
    }
  },
});

async function keyText(context: Context, option: string | undefined): Promise<string | undefined> {
  if (option === undefined) return context.environment["BELFRY_PROVISIONER_KEY"];
  if (option !== "-") return option;
  const line = await context.prompts.line("Provisioner key: ", true);
  context.close();
  return line;
}

/** First signal: running jobs finish. Second: they are killed. Third: the process exits at once. */
function listen(
  terminal: Terminal,
  log: (line: string) => void,
): { stopping: AbortSignal; killing: AbortSignal } {
  const [stopping, killing] = [new AbortController(), new AbortController()];
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    terminal.on(signal, () => {
      if (killing.signal.aborted) terminal.exit(130);
      else if (stopping.signal.aborted) {
        log("killing running jobs; another signal exits at once");
        killing.abort();
      } else {
        log("stopping: running jobs finish; another signal kills them");
        stopping.abort();
      }
    });
  }
  return { stopping: stopping.signal, killing: killing.signal };
}

function chooseTool(
  options: { exec: string | undefined; terraform: string | undefined },
  path: string,
): Tool {
  if (options.exec !== undefined && options.terraform !== undefined)
    throw new OptionError("--exec and --terraform can't be combined.");
  if (options.exec !== undefined) return { kind: "script", file: findProgram(options.exec, "--exec", path) };
  if (options.terraform !== undefined)
    return { kind: "terraform", file: findProgram(options.terraform, "--terraform", path) };
  const file = find("tofu", path) ?? find("terraform", path);
  if (file === undefined) {
    throw new Failure(
      exit.usage,
      "Neither tofu nor terraform found in PATH.",
      "Install OpenTofu, or set the program with --terraform PATH or --exec SCRIPT.",
    );
  }
  return { kind: "terraform", file };
}

function findProgram(word: string, option: string, path: string): string {
  const file = word.includes("/") ? resolve(word) : (find(word, path) ?? resolve(word));
  if (!isExecutable(file)) throw new OptionError(`${option}: ${file} does not exist or is not executable`);
  return file;
}

const find = (name: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(resolve(folder), name))
    .find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function folderAt(folder: string | undefined, option: string): string | undefined {
  if (folder === undefined) return undefined;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new OptionError(`${option}: ${folder} is not a folder`);
  return resolve(folder);
}

function workFolder(folder: string | undefined): string {
  try {
    mkdirSync(folder ?? tmpdir(), { recursive: true, mode: 0o700 });
    return resolve(folder ?? tmpdir());
  } catch {
    throw new OptionError(`--work-dir: ${folder} can't be created`);
  }
}
