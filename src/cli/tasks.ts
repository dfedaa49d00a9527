// belfry tasks: AI tasks, each a workspace in which an agent works on a prompt.
import { text } from "node:stream/consumers";
import { type Client, ClientError, segment, type Task } from "../client.ts";
import { readPages } from "./context.ts";
import { exit, Failure, notFound } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { plainLine } from "./rules/text.ts";
import { formatAge } from "./rules/time.ts";
import { parseWorkspaceName } from "./rules/workspace.ts";
import { findTemplate } from "./templates/manage.ts";
import { build, findPreset, waitOption } from "./workspaces/build.ts";
import { findWorkspace } from "./workspaces/list.ts";

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
  fields: { q: "--status" },
  options: {
    all: { type: "boolean", short: "a", text: "tasks of all users whose tasks you can see" },
    user: { type: "string", value: "NAME", text: "tasks of this user" },
    status: {
      type: "string",
      value: "STATUS",
      text: "pending, initializing, active, paused, error or unknown; or a workspace status",
    },
    ...outputOption,
  },
  async run(context, { options }) {
    if (options.all && options.user !== undefined)
      throw new Failure(exit.usage, "--all and --user can't be combined.");
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
      return context.log('No tasks found. Create one with: belfry tasks create --template TEMPLATE "PROMPT"');
    const now = context.now();
    const rows = tasks.map((task) => [
      `${task.owner_name}/${task.name}`,
      task.status,
      task.current_state?.state ?? "",
      formatAge(task.current_state?.timestamp ?? task.created_at, now),
      task.current_state?.message ?? "",
    ]);
    context.printTable(["TASK", "STATUS", "AGENT", "UPDATED", "MESSAGE"], rows);
  },
});

export const show = defineCommand({
  name: "show",
  aliases: ["status"],
  summary: "Show an AI task with its prompt, state and latest status updates",
  args: "TASK",
  minArgs: 1,
  examples: ["belfry tasks show fix-bug", "belfry tasks show grace/fix-bug --output json"],
  options: { ...outputOption },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const task = await findTask(client, name);
    if (options.output === "json") return context.printJson(task);
    const param = { user: segment(task.owner_name), task: task.id };
    const { logs } = await client.ask((routes) => routes.tasks[":user"][":task"].logs.$get({ param }));
    const now = context.now();
    context.printField("Task", `${task.owner_name}/${task.name}`);
    context.printField("Status", task.status);
    const state = task.current_state;
    if (state !== null) context.printField("State", `${state.state}, ${formatAge(state.timestamp, now)}`);
    context.printField("Template", task.template_name);
    context.printField("Workspace", `${task.workspace_status}, build ${task.workspace_build_number}`);
    context.printField("Prompt", task.initial_prompt || "none");
    const updates = logs.filter(({ type }) => type === "output").slice(-maxLogLines);
    if (updates.length > 0) context.print(`\n${context.bold("Status updates, oldest first:")}`);
    for (const { content, time } of updates) context.print(plainLine(`${formatAge(time, now)}: ${content}`));
  },
});

export const create = defineCommand({
  name: "create",
  summary: "Create a workspace in which an AI agent works on a prompt",
  args: "PROMPT",
  minArgs: 1,
  fields: { input: "PROMPT", template_version_id: "--template", template_version_preset_id: "--preset" },
  details: ["PROMPT can be - to read it from standard input."],
  examples: [
    'belfry tasks create --template agents "Fix the bug in the parser"',
    "belfry tasks create --template agents --name fix-bug - < prompt.md",
  ],
  options: {
    template: { type: "string", short: "t", value: "NAME", text: "template of the workspace (required)" },
    preset: { type: "string", value: "NAME", text: "preset of the template's active version" },
    name: {
      type: "string",
      value: "NAME",
      text: "name of the workspace (default: from the prompt)",
    },
  },
  async run(context, { options, args: [given = ""] }) {
    if (options.template === undefined)
      throw new Failure(exit.usage, "--template: missing", "List templates: belfry templates list");
    const input = given === "-" ? (await text(context.terminal.stdin)).trimEnd() : given;
    if (input.trim() === "") throw new Failure(exit.usage, "PROMPT: must not be empty");
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
    context.log(plainLine(`Created task ${task.name}; workspace ${task.workspace_status}.`));
    context.log(plainLine(`Show it: belfry tasks show ${task.name}`));
  },
});

export const stop = defineCommand({
  name: "stop",
  summary: "Stop the workspace of an AI task and keep the task",
  args: "TASK",
  minArgs: 1,
  examples: ["belfry tasks stop fix-bug"],
  options: { ...waitOption },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const task = await findTask(client, name);
    const workspace = await findWorkspace(client, `${task.owner_name}/${task.name}`);
    return build(context, client, workspace, { transition: "stop" }, options.wait);
  },
});

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete an AI task and its workspace",
  args: "TASK",
  minArgs: 1,
  examples: ["belfry tasks delete fix-bug", "belfry tasks delete grace/fix-bug"],
  options: {},
  async run(context, { args: [name = ""] }) {
    const client = context.client();
    const task = await findTask(client, name);
    const param = { user: segment(task.owner_name), task: task.id };
    await client.ask((routes) => routes.tasks[":user"][":task"].$delete({ param }));
    context.log(plainLine(`Deleting task ${task.owner_name}/${task.name} and its workspace.`));
  },
});

/** By NAME, OWNER/NAME or an ID. */
export async function findTask(client: Client, text: string): Promise<Task> {
  const named = parseWorkspaceName(text);
  if (named === undefined)
    throw new Failure(exit.usage, `TASK: "${text}" is invalid, use NAME, OWNER/NAME or an ID`);
  const param = { user: segment(named.owner), task: segment(named.name) };
  try {
    return await client.ask((routes) => routes.tasks[":user"][":task"].$get({ param }));
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404 || !error.isBelfry) throw error;
    const query = { q: `owner:"${named.owner}"` };
    const { tasks } = await client.ask((routes) => routes.tasks.$get({ query }));
    const names = tasks.map((one) => one.name);
    throw notFound("Task", named.name, names, "List tasks: belfry tasks list --all");
  }
}
