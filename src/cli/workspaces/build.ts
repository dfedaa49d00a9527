// belfry workspaces create, start, stop, update and delete: each is a build.
import type { Client, Workspace } from "../../client.ts";
import {
  parseNotified,
  notifiedHeader,
  describeNotified,
} from "../../workspaces/builds/rules/build-texts.ts";
import { waitForBuild } from "../builds.ts";
import { createOnce, type Context } from "../context.ts";
import { exit, Failure, notFound } from "../failure.ts";
import { requireParameters } from "../inputs.ts";
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate, findVersion } from "../templates/manage.ts";
import { findWorkspace } from "./list.ts";

const parameterOption = {
  parameter: {
    type: "string",
    short: "p",
    multiple: true,
    value: "NAME=VALUE",
    text: "value of a template parameter",
  },
} as const;
export const waitOption = {
  wait: {
    type: "boolean",
    short: "w",
    text: "wait for the build and show its log; exit code 0 if it succeeded",
  },
} as const;

export const create = defineCommand({
  name: "create",
  summary: "Create a workspace and start it",
  args: "NAME",
  minArgs: 1,
  examples: [
    "belfry workspaces create web --template docker",
    "belfry workspaces create web --template docker --preset Berlin --parameter size=big --wait",
  ],
  fields: { rich_parameter_values: "--parameter", template_version_preset_id: "--preset" },
  options: {
    template: { type: "string", short: "t", value: "NAME", text: "template of the workspace (required)" },
    preset: { type: "string", value: "NAME", text: "preset of the template's active version" },
    ...parameterOption,
    ...waitOption,
  },
  async run(context, { options, args: [name = ""] }) {
    if (options.template === undefined)
      throw new Failure(exit.usage, "--template: missing", "List templates: belfry templates list");
    const parameters = requireParameters(options.parameter);
    const client = context.client();
    const template = await findTemplate(client, options.template);
    const preset =
      options.preset === undefined
        ? undefined
        : await findPreset(client, template.active_version_id, options.preset);
    const workspace = await createOnce(client, (routes, keyed) =>
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
    const message =
      reason === "prebuild_claim"
        ? `Claimed a prebuilt workspace as ${workspace.name}.`
        : `Created workspace ${workspace.name}; its first build is queued.`;
    context.log(plainLine(message));
    if (options.wait) return waitForBuild(context, client, id, { log: true, isNew: true });
    context.log(`Wait for the build: belfry builds wait ${id}`);
  },
});

export async function findPreset(client: Client, versionId: string, name: string): Promise<string> {
  const presets = await client.ask((routes) =>
    routes.templateversions[":id"].presets.$get({ param: { id: versionId } }),
  );
  const found = presets.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.id;
  const names = presets.map((one) => one.name);
  const hint = names.length === 0 ? "The template has no presets." : `Presets: ${names.join(", ")}`;
  throw notFound("Preset", name, names, hint);
}

interface BuildRequest {
  transition: "start" | "stop" | "delete";
  versionId?: string;
  parameters?: { name: string; value: string }[];
  orphan?: boolean;
}

export async function build(
  context: Context,
  client: Client,
  { id, name, owner_name }: Workspace,
  { transition, versionId, parameters = [], orphan }: BuildRequest,
  wait: boolean,
): Promise<number> {
  let notified: string | null = null;
  const created = await createOnce(
    client,
    (routes, keyed) =>
      routes.workspaces[":id"].builds.$post(
        {
          param: { id },
          json: { transition, template_version_id: versionId, rich_parameter_values: parameters, orphan },
        },
        keyed,
      ),
    (headers) => (notified = headers.get(notifiedHeader)),
  );
  if (orphan === true && created.job.status === "succeeded") {
    context.log(plainLine(`Deleted ${name}. Its resources were left in place; the build's log lists them:`));
    context.log(`belfry builds wait ${created.id}`);
    return 0;
  }
  context.log(plainLine(`Queued build ${created.build_number} of ${name} (${transition}).`));
  if (notified !== null) context.log(plainLine(describeNotified(parseNotified(notified), owner_name)));
  if (wait) return waitForBuild(context, client, created.id, { log: true, isNew: true });
  context.log(`Wait for the build: belfry builds wait ${created.id}`);
  return 0;
}

export const start = defineCommand({
  name: "start",
  summary: "Start a workspace with its current template version",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry workspaces start web", "belfry workspaces start web --parameter size=big --wait"],
  fields: { rich_parameter_values: "--parameter" },
  options: { ...parameterOption, ...waitOption },
  async run(context, { options, args: [name = ""] }) {
    const parameters = requireParameters(options.parameter);
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    return build(context, client, workspace, { transition: "start", parameters }, options.wait);
  },
});

export const update = defineCommand({
  name: "update",
  summary: "Update a workspace to the active template version, or another one, and start it",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry workspaces update web --wait", "belfry workspaces update web --version quiet_otter12"],
  fields: { rich_parameter_values: "--parameter" },
  options: {
    version: { type: "string", value: "NAME", text: "template version (default: the active one)" },
    ...parameterOption,
    ...waitOption,
  },
  async run(context, { options, args: [name = ""] }) {
    const parameters = requireParameters(options.parameter);
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    const { template_id: id, template_name: template } = workspace;
    const version =
      options.version === undefined
        ? { id: workspace.template_active_version_id, label: "the active version" }
        : await findVersion(client, { id, name: template }, options.version).then((found) => ({
            id: found.id,
            label: `version ${found.name}`,
          }));
    if (workspace.latest_build.template_version_id === version.id && parameters.length === 0) {
      context.log(plainLine(`${workspace.name} already uses ${version.label}.`));
      return 0;
    }
    const request: BuildRequest = { transition: "start", versionId: version.id, parameters };
    return build(context, client, workspace, request, options.wait);
  },
});

export const stop = defineCommand({
  name: "stop",
  summary: "Stop a workspace",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry workspaces stop web"],
  options: { ...waitOption },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    return build(context, client, workspace, { transition: "stop" }, options.wait);
  },
});

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete a workspace with its resources",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry workspaces delete web --wait", "belfry workspaces delete mia/web --orphan"],
  options: {
    orphan: {
      type: "boolean",
      text: "leave its resources in place; the log lists them (roles owner and template-admin only)",
    },
    ...waitOption,
  },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    const request = { transition: "delete", orphan: options.orphan } as const;
    return build(context, client, workspace, request, options.wait);
  },
});
