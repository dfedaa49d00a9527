// belfry tasks create, stop and delete.
import { text } from "node:stream/consumers";
import { segment } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate } from "../templates/find.ts";
import { build } from "../workspaces/build.ts";
import { findPreset } from "../workspaces/create.ts";
import { findWorkspace, waitOption } from "../workspaces/find.ts";
import { findTask } from "./find.ts";

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
