// belfry provisioner start: the daemon that does the builds of workspaces.
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { runDaemon, TurnedAway } from "../../provisioner/daemon.ts";
import { OptionError, readKey, readSettings } from "../../provisioner/rules/settings.ts";
import { connect } from "../../provisioner/server.ts";
import type { Tool } from "../../provisioner/work.ts";
import { createWorld, timingOf } from "../../provisioner/worker-context.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";

export const start = defineCommand({
  name: "start",
  summary: "Do the builds of workspaces, with OpenTofu, Terraform or a script of yours",
  most: 0,
  details: [
    "",
    "It asks Belfry for jobs until it is stopped. The first SIGTERM or Ctrl-C lets it finish what it has begun and",
    "gives back the rest; the second one kills and fails it. It needs a provisioner's key, in BELFRY_PROVISIONER_KEY.",
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
      text: "the provisioner's key; - reads it from standard input (else BELFRY_PROVISIONER_KEY)",
    },
    name: { type: "string", value: "NAME", text: "what it is called in builds (this host's name)" },
    concurrency: { type: "string", value: "N", text: "jobs at a time (1)" },
    terraform: { type: "string", value: "PATH", text: "OpenTofu or Terraform (tofu, else terraform)" },
    exec: { type: "string", value: "SCRIPT", text: "run this instead, with the job as JSON on its input" },
    templates: {
      type: "string",
      value: "DIR",
      text: "take files from DIR/TEMPLATE/VERSION where that exists",
    },
    "work-dir": {
      type: "string",
      value: "DIR",
      text: "where the jobs' folders are made (the temporary folder)",
    },
    "job-timeout": { type: "string", value: "TIME", text: "stop a job that takes longer (1h)" },
    heartbeat: { type: "string", value: "TIME", text: "how often it says that it is alive (15s)" },
    grace: { type: "string", value: "TIME", text: "for a program to end before it is killed (30s)" },
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
      const world = createWorld(context.environment, context.say);
      const timing = timingOf(settings);
      const server = connect(context.choice().url, key, world, timing);
      const { asked, killing } = listen(world.say);
      const secrets = [key, key.slice(key.lastIndexOf("-") + 1)];
      await runDaemon({ server, world, timing, tool, ...folders, secrets, killing }, settings, asked);
    } catch (error) {
      if (error instanceof OptionError) throw new Failure(exit.usage, error.message);
      if (!(error instanceof TurnedAway)) throw error;
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

/** Once: finish what has begun. Twice: kill it. Three times: leave everything as it is. */
function listen(say: (line: string) => void): { asked: AbortSignal; killing: AbortSignal } {
  const [asked, killing] = [new AbortController(), new AbortController()];
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (killing.signal.aborted) process.exit(130);
      if (asked.signal.aborted) {
        say("killing what runs; once more leaves everything as it is");
        killing.abort();
      } else {
        say("stopping: what has begun is finished; once more kills it");
        asked.abort();
      }
    });
  }
  return { asked: asked.signal, killing: killing.signal };
}

function chooseTool(
  options: { exec: string | undefined; terraform: string | undefined },
  path: string,
): Tool {
  if (options.exec !== undefined && options.terraform !== undefined)
    throw new OptionError("Give --exec or --terraform, not both.");
  if (options.exec !== undefined) return { kind: "script", file: program(options.exec, "--exec", path) };
  if (options.terraform !== undefined)
    return { kind: "terraform", file: program(options.terraform, "--terraform", path) };
  const file = find("tofu", path) ?? find("terraform", path);
  if (file === undefined) {
    throw new Failure(
      exit.usage,
      "There is neither tofu nor terraform on your PATH.",
      "Install OpenTofu, name the program with --terraform PATH, or run a script of yours with --exec.",
    );
  }
  return { kind: "terraform", file };
}

function program(word: string, option: string, path: string): string {
  const file = word.includes("/") ? resolve(word) : (find(word, path) ?? resolve(word));
  if (!isExecutable(file)) throw new OptionError(`${option}: ${file} is not there, or it is not executable.`);
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
    throw new OptionError(`${option}: ${folder} is no folder.`);
  return resolve(folder);
}

function workFolder(folder: string | undefined): string {
  try {
    mkdirSync(folder ?? tmpdir(), { recursive: true, mode: 0o700 });
    return resolve(folder ?? tmpdir());
  } catch {
    throw new OptionError(`--work-dir: ${folder} can't be made.`);
  }
}
