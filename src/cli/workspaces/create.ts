// belfry workspaces create: makes a workspace from a template.
import { waitForBuild } from "../builds/follow.ts";
import { exit, Failure } from "../failure.ts";
import { askOnce } from "../repeat.ts";
import { defineCommand } from "../rules/command.ts";
import { nearest } from "../rules/nearest.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate } from "../templates/find.ts";
import type { Client } from "../../client.ts";
import { parameterOption, parametersOf, waitOption } from "./find.ts";

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
