// belfry tasks: AI tasks, each a workspace in which an agent works on a prompt.
import { text } from "node:stream/consumers";
import { type Client, ClientError, segment, type Task } from "../client.ts";
import { readPages } from "./calls.ts";
import { exit, Failure } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { nearest } from "./rules/names.ts";
import { plainLine } from "./rules/text.ts";
import { ageWords } from "./rules/time.ts";
import { parseWorkspaceName } from "./rules/workspace.ts";
import { findTemplate } from "./templates/manage.ts";
import { build, findPreset } from "./workspaces/build.ts";
import { findWorkspace, waitOption } from "./workspaces/list.ts";

export async function findTask(client: Client, text: string): Promise<Task> {
  const named = parseWorkspaceName(text);
  if (named === undefined)
    throw new Failure(exit.usage, `TASK: "${text}" is no task, write NAME, OWNER/NAME or an id.`);
  const param = { user: segment(named.owner), task: segment(named.name) };
  try {
    return await client.ask((routes) => routes.tasks[":user"][":task"].$get({ param }));
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404 || !error.isBelfry) throw error;
    const query = { q: `owner:"${named.owner}"` };
    const { tasks } = await client.ask((routes) => routes.tasks.$get({ query }));
    const near = nearest(
      named.name,
      tasks.map((one) => one.name),
    );
    throw new Failure(
      exit.failed,
      `Task "${text}" not found.${near === undefined ? "" : ` Did you mean "${near}"?`}`,
      "To see all: belfry tasks list",
    );
  }
}

const pageSize = "200";
const maxLogLines = 10;

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List your AI tasks",
  examples: [
    "belfry tasks list",
    "belfry tasks list --all --status active",
    "belfry tasks list --output json",
  ],
  options: {
    all: { type: "boolean", short: "a", text: "the tasks of everybody, where you have access" },
    user: { type: "string", value: "NAME", text: "the tasks of this user" },
    status: {
      type: "string",
      value: "STATUS",
      text: "only pending, initializing, active, paused, error or unknown ones; also a workspace's status",
    },
    ...outputOption,
  },
  async run(context, { options }) {
    if (options.all && options.user !== undefined)
      throw new Failure(exit.usage, "--all: can't be combined with --user, use one of them.");
    const client = context.client();
    const owner = options.user ?? (options.all ? undefined : "me");
    const filters = { owner, status: options.status };
    const q = Object.entries(filters)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}:"${value.replaceAll('"', "")}"`]))
      .join(" ");
    const { items: tasks, count } = await readPages(async (offset) => {
      const query = { q, limit: pageSize, offset };
      const page = await client.ask((routes) => routes.tasks.$get({ query }));
      return { items: page.tasks, count: page.count };
    });
    if (options.output === "json") return context.printJson({ tasks, count });
    if (tasks.length === 0)
      return context.say('No tasks found. Create one with: belfry tasks create --template TEMPLATE "PROMPT"');
    const now = context.now();
    const rows = tasks.map((task) => [
      `${task.owner_name}/${task.name}`,
      task.status,
      task.current_state?.state ?? "",
      ageWords(task.current_state?.timestamp ?? task.created_at, now),
      task.current_state?.message ?? "",
    ]);
    context.printTable(["TASK", "STATUS", "STATE", "SINCE", "MESSAGE"], rows);
  },
});

export const show = defineCommand({
  name: "show",
  aliases: ["status"],
  summary: "Show an AI task: its prompt, its state and the latest status updates",
  takes: "TASK",
  least: 1,
  examples: ["belfry tasks show fix-bug", "belfry tasks show grace/fix-bug --output json"],
  options: { ...outputOption },
  async run(context, { options, words: [name = ""] }) {
    const client = context.client();
    const task = await findTask(client, name);
    if (options.output === "json") return context.printJson(task);
    const param = { user: segment(task.owner_name), task: task.id };
    const { logs } = await client.ask((routes) => routes.tasks[":user"][":task"].logs.$get({ param }));
    const now = context.now();
    const say = (heading: string, text: string) => context.print(plainLine(`${heading}: ${text}`));
    say("Task", `${task.owner_name}/${task.name}`);
    say("Status", task.status);
    const state = task.current_state;
    if (state !== null) say("State", `${state.state}, ${ageWords(state.timestamp, now)}`);
    say("Template", task.template_name);
    say("Workspace", `${task.workspace_status}, build ${task.workspace_build_number}`);
    say("Prompt", task.initial_prompt || "none");
    const said = logs.filter(({ type }) => type === "output").slice(-maxLogLines);
    if (said.length > 0) context.print(`\n${context.bold("Status updates, latest last:")}`);
    for (const { content, time } of said) context.print(plainLine(`${ageWords(time, now)}: ${content}`));
  },
});

export const create = defineCommand({
  name: "create",
  summary: "Create a workspace in which an AI agent works on a prompt",
  takes: "PROMPT",
  least: 1,
  details: ["", "With - the prompt is read from standard input."],
  examples: [
    'belfry tasks create --template agents "Fix the bug in the parser"',
    "belfry tasks create --template agents --name fix-bug - < prompt.md",
  ],
  options: {
    template: { type: "string", short: "t", value: "NAME", text: "the template to create it from" },
    preset: { type: "string", value: "NAME", text: "a preset of the template's active version" },
    name: {
      type: "string",
      value: "NAME",
      text: "of the workspace; from the prompt's first words when missing",
    },
  },
  async run(context, { options, words: [given = ""] }) {
    if (options.template === undefined)
      throw new Failure(exit.usage, "--template: missing, name one.", "To see all: belfry templates list");
    const input = given === "-" ? (await text(process.stdin)).trimEnd() : given;
    if (input.trim() === "") throw new Failure(exit.usage, "PROMPT: must not be empty.");
    const client = context.client();
    const { active_version_id: versionId } = await findTemplate(client, options.template);
    const preset = options.preset && (await findPreset(client, versionId, options.preset));
    const task = await client.ask((routes) =>
      routes.tasks[":user"].$post({
        param: { user: "me" },
        json: {
          template_version_id: versionId,
          template_version_preset_id: preset,
          input,
          name: options.name,
        },
      }),
    );
    context.say(plainLine(`Created task ${task.name}; its workspace is ${task.workspace_status}.`));
    context.say(plainLine(`To see it: belfry tasks show ${task.name}`));
  },
});

export const stop = defineCommand({
  name: "stop",
  summary: "Stop the workspace of an AI task; the task stays",
  takes: "TASK",
  least: 1,
  examples: ["belfry tasks stop fix-bug"],
  options: { ...waitOption },
  async run(context, { options, words: [name = ""] }) {
    const client = context.client();
    const task = await findTask(client, name);
    const workspace = await findWorkspace(client, `${task.owner_name}/${task.name}`);
    return build(context, client, workspace, { transition: "stop" }, options.wait);
  },
});

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete an AI task with its workspace",
  takes: "TASK",
  least: 1,
  examples: ["belfry tasks delete fix-bug", "belfry tasks delete grace/fix-bug"],
  options: {},
  async run(context, { words: [name = ""] }) {
    const client = context.client();
    const task = await findTask(client, name);
    const param = { user: segment(task.owner_name), task: task.id };
    await client.ask((routes) => routes.tasks[":user"][":task"].$delete({ param }));
    context.say(plainLine(`Deleting task ${task.owner_name}/${task.name} with its workspace.`));
  },
});
