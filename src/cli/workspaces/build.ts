// belfry workspaces create, start, stop, update and delete: each is a build.
import type { Client, Workspace } from "../../client.ts";
import { parseTold, toldHeader, toldInWords } from "../../workspaces/builds/rules/notified.ts";
import { waitForBuild } from "../builds.ts";
import { askOnce } from "../calls.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { nearest } from "../rules/names.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate, findVersion } from "../templates/manage.ts";
import { findWorkspace, parameterOption, parametersOf, waitOption } from "./list.ts";

export const create = defineCommand({
  name: "create",
  summary: "Make a workspace and start it",
  takes: "NAME",
  least: 1,
  examples: [
    "belfry workspaces create web --template docker",
    "belfry workspaces create web --template docker --preset Berlin --parameter size=big --wait",
  ],
  options: {
    template: { type: "string", short: "t", value: "NAME", text: "the template to make it from" },
    preset: { type: "string", value: "NAME", text: "a preset of the template's active version" },
    ...parameterOption,
    ...waitOption,
  },
  async run(context, { options, words: [name = ""] }) {
    if (options.template === undefined)
      throw new Failure(
        exit.usage,
        "Which template? Name it with --template.",
        "To see all: belfry templates list",
      );
    const parameters = parametersOf(options.parameter);
    const client = context.client();
    const template = await findTemplate(client, options.template);
    const preset =
      options.preset === undefined
        ? undefined
        : await findPreset(client, template.active_version_id, options.preset);
    const workspace = await askOnce(client, (routes, keyed) =>
      routes.users[":user"].workspaces.$post(
        {
          param: { user: "me" },
          json: {
            name,
            template_id: template.id,
            template_version_preset_id: preset,
            rich_parameter_values: parameters,
          },
        },
        keyed,
      ),
    );
    const { id, reason } = workspace.latest_build;
    const words =
      reason === "prebuild_claim"
        ? `Took a workspace that was ready; it is ${workspace.name} now, and a build brings it up to you.`
        : `Made ${workspace.name}; its first build is queued.`;
    context.say(plainLine(words));
    if (options.wait) return waitForBuild(context, client, id, { log: true, isNew: true });
    context.say(`To wait for it: belfry builds wait ${id}`);
  },
});

export async function findPreset(client: Client, versionId: string, name: string): Promise<string> {
  const presets = await client.ask((routes) =>
    routes.templateversions[":id"].presets.$get({ param: { id: versionId } }),
  );
  const found = presets.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.id;
  const names = presets.map((one) => one.name);
  const near = nearest(name, names);
  throw new Failure(
    exit.failed,
    `The template has no preset "${name}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    names.length === 0 ? "It has none." : `It has ${names.join(", ")}.`,
  );
}

interface Wanted {
  transition: "start" | "stop" | "delete";
  versionId?: string;
  parameters?: { name: string; value: string }[];
  orphan?: boolean;
}

export async function build(
  context: Context,
  client: Client,
  { id, name, owner_name }: Workspace,
  { transition, versionId, parameters = [], orphan }: Wanted,
  wait: boolean,
): Promise<number> {
  let told: string | null = null;
  const made = await askOnce(
    client,
    (routes, keyed) =>
      routes.workspaces[":id"].builds.$post(
        {
          param: { id },
          json: { transition, template_version_id: versionId, rich_parameter_values: parameters, orphan },
        },
        keyed,
      ),
    (headers) => (told = headers.get(toldHeader)),
  );
  context.say(plainLine(`Build ${made.build_number} of ${name} (${transition}) is queued.`));
  if (told !== null) context.say(plainLine(toldInWords(parseTold(told), owner_name)));
  if (wait) return waitForBuild(context, client, made.id, { log: true, isNew: true });
  context.say(`To wait for it: belfry builds wait ${made.id}`);
  return 0;
}

export const start = defineCommand({
  name: "start",
  summary: "Start a workspace with the version that it had",
  takes: "NAME",
  least: 1,
  examples: ["belfry workspaces start web", "belfry workspaces start web --parameter size=big --wait"],
  options: { ...parameterOption, ...waitOption },
  async run(context, { options, words: [name = ""] }) {
    const parameters = parametersOf(options.parameter);
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    return build(context, client, workspace, { transition: "start", parameters }, options.wait);
  },
});

export const update = defineCommand({
  name: "update",
  summary: "Start a workspace with another version of its template; says who is told of it",
  takes: "NAME",
  least: 1,
  examples: ["belfry workspaces update web --wait", "belfry workspaces update web --version quiet_otter12"],
  options: {
    version: { type: "string", value: "NAME", text: "the version; the active one when missing" },
    ...parameterOption,
    ...waitOption,
  },
  async run(context, { options, words: [name = ""] }) {
    const parameters = parametersOf(options.parameter);
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    const { template_id: id, template_name: template } = workspace;
    const version =
      options.version === undefined
        ? { id: workspace.template_active_version_id, words: "the active version" }
        : await findVersion(client, { id, name: template }, options.version).then((found) => ({
            id: found.id,
            words: `version ${found.name}`,
          }));
    if (workspace.latest_build.template_version_id === version.id && parameters.length === 0) {
      context.say(plainLine(`${workspace.name} has ${version.words} already.`));
      return 0;
    }
    const wanted: Wanted = { transition: "start", versionId: version.id, parameters };
    return build(context, client, workspace, wanted, options.wait);
  },
});

export const stop = defineCommand({
  name: "stop",
  summary: "Stop a workspace",
  takes: "NAME",
  least: 1,
  examples: ["belfry workspaces stop web"],
  options: { ...waitOption },
  async run(context, { options, words: [name = ""] }) {
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    return build(context, client, workspace, { transition: "stop" }, options.wait);
  },
});

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete a workspace and all that is in it",
  takes: "NAME",
  least: 1,
  examples: ["belfry workspaces delete web --wait", "belfry workspaces delete mia/web --orphan"],
  options: {
    orphan: {
      type: "boolean",
      text: "don't run Terraform: resources stay and the log lists them; for administrators",
    },
    ...waitOption,
  },
  async run(context, { options, words: [name = ""] }) {
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    const wanted = { transition: "delete", orphan: options.orphan } as const;
    return build(context, client, workspace, wanted, options.wait);
  },
});
