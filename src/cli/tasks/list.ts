// belfry tasks list and show: AI tasks with their state, since when, and what their agent reported last.
import { segment, type Task } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { ageWords } from "../rules/duration.ts";
import { table } from "../rules/table.ts";
import { plainLine } from "../rules/text.ts";
import { findTask } from "./find.ts";

const pageSize = 200;
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
    const tasks: Task[] = [];
    let count: number;
    do {
      const query = { q, limit: String(pageSize), offset: String(tasks.length) };
      const page = await client.ask((routes) => routes.tasks.$get({ query }));
      tasks.push(...page.tasks);
      count = page.tasks.length === 0 ? tasks.length : page.count;
    } while (tasks.length < count);
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
    const [headings, ...lines] = table(["TASK", "STATUS", "STATE", "SINCE", "MESSAGE"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
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
