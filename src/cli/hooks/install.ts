// belfry agent install: puts Belfry's hooks into an agent's settings file, or takes them away.
import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { requireOneOf, withPath } from "../inputs.ts";
import { defineCommand } from "../rules/command.ts";
import { plain } from "../rules/text.ts";
import type { Agent, SettingsPlace } from "./rules/agent.ts";
import { agentNames, findAgent } from "./rules/agents.ts";
import { changedLines } from "./rules/changed-lines.ts";
import { addHooks, removeHooks } from "./rules/settings.ts";

const scopes = ["user", "project"] as const;

export const install = defineCommand({
  name: "install",
  summary: "Install the hooks that report what an AI agent is doing; --remove removes them",
  args: "AGENT",
  minArgs: 1,
  details: [
    `AGENT is ${agentNames.slice(0, -1).join(", ")} or ${agentNames.at(-1)}. Shows the change of the settings file and`,
    "asks before it is written. Everything else in the file stays as it is. The hooks run belfry, which must be on the PATH",
    "of the agent.",
  ],
  examples: [
    "belfry agent install claude-code",
    "belfry agent install codex --scope project --yes",
    "belfry agent install cursor --remove",
  ],
  options: {
    scope: {
      type: "string",
      value: "user|project",
      text: "for all your projects, or for the folder you are in (default user)",
    },
    remove: { type: "boolean", text: "remove the hooks" },
    yes: { type: "boolean", text: "don't ask" },
  },
  async run(context, { options, args: [name = ""] }) {
    const agent = findAgent(requireOneOf("AGENT", name, agentNames))!;
    const scope = requireOneOf("--scope", options.scope ?? "user", scopes);
    const path = await followLinks(placeOf(agent, scope, context));
    const before = await readIfAny(path);
    const after = change(path, before ?? "", agent, options.remove);
    if (after === (before ?? "") || (options.remove && before === undefined))
      return context.log(`${path}: nothing to change.`);
    context.print(path);
    for (const line of changedLines(before ?? "", after)) context.print(plain(line));
    if (!options.yes && !(await confirm(context))) return exit.failed;
    if ((await readIfAny(path)) !== before)
      throw new Failure(exit.failed, `${path} was changed meanwhile. Nothing was written. Try again.`);
    await withPath(path, replaceFile(path, after));
    context.log(
      options.remove ? `Removed Belfry's hooks from ${agent.label}.` : `Installed. ${agent.settings.next}`,
    );
    return 0;
  },
});

/** As the agent's shell runs it. */
const commandOf = (agent: Agent): string => `belfry agent hook ${agent.name}`;

function change(path: string, text: string, agent: Agent, isRemoval: boolean): string {
  const edit = isRemoval
    ? removeHooks(text === "" ? agent.settings.empty : text, commandOf(agent))
    : addHooks(text, agent.settings, commandOf(agent));
  if (edit.ok) return edit.text;
  throw new Failure(
    exit.failed,
    `${path}, line ${edit.line}: ${edit.problem}. The file was left as it is.`,
    `Fix the file, then run this command again.`,
  );
}

function placeOf({ settings }: Agent, scope: (typeof scopes)[number], { environment }: Context): string {
  const { variable, folder, file }: SettingsPlace = settings[scope];
  if (scope === "project") return join(folder, file);
  const chosen = variable === undefined ? undefined : environment[variable];
  if (chosen !== undefined && chosen !== "") return join(chosen, file);
  return join(environment["HOME"] || homedir(), folder, file);
}

/** A settings file can be a link into a repository of such files; the link stays. */
const followLinks = (path: string): Promise<string> => realpath(path).catch(() => path);

async function readIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return withPath(path, Promise.reject(error as Error));
  }
}

async function confirm({ prompts, log }: Context): Promise<boolean> {
  const answer = await prompts.line("Write this change? [y/N] ");
  if (/^y(es)?$/i.test(answer?.trim() ?? "")) return true;
  log(
    answer === undefined
      ? "Nothing was written: no answer. To write without asking, use --yes."
      : "Nothing was written.",
  );
  return false;
}

/** As a whole: the agent never sees half of it. */
async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, text);
  const former = await stat(path).catch(() => undefined);
  if (former !== undefined) await chmod(partial, former.mode & 0o7777);
  await rename(partial, path);
}
