// belfry templates list, activate, deprecate and delete, and the search for a template or a version by its name.
import { type Client, ClientError, segment, type Template } from "../../client.ts";
import { organization } from "../context.ts";
import { notFound } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { formatAge } from "../rules/time.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List templates with their active versions",
  examples: ["belfry templates list", "belfry templates list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const templates = await context.client().ask((routes) => routes.templates.$get({ query: {} }));
    if (options.output === "json") return context.printJson(templates);
    if (templates.length === 0)
      return context.log("No templates found. Create one from a folder: belfry templates push DIR");
    const now = context.now();
    const rows = templates.map((template) => [
      template.name,
      template.active_version_name,
      String(template.active_user_count),
      formatAge(template.updated_at, now),
      template.deprecated ? `deprecated: ${template.deprecation_message}` : "",
    ]);
    context.printTable(["NAME", "ACTIVE VERSION", "USERS", "UPDATED", "NOTE"], rows);
  },
});

export const activate = defineCommand({
  name: "activate",
  summary: "Activate a version of a template",
  args: "NAME VERSION",
  minArgs: 2,
  examples: ["belfry templates activate docker quiet_otter12"],
  options: {},
  async run(context, { args }) {
    const [name, wanted] = args as [string, string];
    const client = context.client();
    const template = await findTemplate(client, name);
    const version = await findVersion(client, template, wanted);
    await client.ask((routes) =>
      routes.templates[":id"].versions.$patch({ param: { id: template.id }, json: { id: version.id } }),
    );
    context.log(plainLine(`Activated version ${version.name} of ${template.name}.`));
  },
});

export const deprecate = defineCommand({
  name: "deprecate",
  summary: "Deprecate a template: nobody can create workspaces from it, and its users are notified",
  args: "NAME MESSAGE",
  minArgs: 2,
  details: ["It takes effect at once. An empty MESSAGE ends the deprecation."],
  examples: [
    'belfry templates deprecate docker "Use podman instead."',
    'belfry templates deprecate docker ""',
  ],
  options: {},
  async run(context, { args }) {
    const [name, message] = args as [string, string];
    const client = context.client();
    const { id, name: known } = await findTemplate(client, name);
    await client.ask((routes) =>
      routes.templates[":id"].$patch({ param: { id }, json: { deprecation_message: message } }),
    );
    context.log(
      plainLine(
        message === "" ? `Template ${known} is no longer deprecated.` : `Deprecated template ${known}.`,
      ),
    );
  },
});

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete a template",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry templates delete docker"],
  options: {},
  async run(context, { args }) {
    const client = context.client();
    const { id, name } = await findTemplate(client, args[0]!);
    await client.ask((routes) => routes.templates[":id"].$delete({ param: { id } }));
    context.log(plainLine(`Deleted template ${name}.`));
  },
});

/** Undefined when it does not exist. */
export async function lookUpTemplate(client: Client, name: string): Promise<Template | undefined> {
  const param = { organization, name: segment(name) };
  try {
    return await client.ask((routes) =>
      routes.organizations[":organization"].templates[":name"].$get({ param }),
    );
  } catch (error) {
    if (error instanceof ClientError && error.status === 404 && error.isBelfry) return undefined;
    throw error;
  }
}

export async function findTemplate(client: Client, name: string): Promise<Template> {
  const found = await lookUpTemplate(client, name);
  if (found !== undefined) return found;
  const all = await client.ask((routes) => routes.templates.$get({ query: {} }));
  const names = all.map((template) => template.name);
  throw notFound("Template", name, names, "List templates: belfry templates list");
}

/** One of a template's versions, by its name or id. */
export async function findVersion(
  client: Client,
  { id, name }: { id: string; name: string },
  wanted: string,
): Promise<{ id: string; name: string }> {
  const versions = await client.ask((routes) =>
    routes.templates[":id"].versions.$get({ param: { id }, query: {} }),
  );
  const version = versions.find(
    (one) => one.name.toLowerCase() === wanted.toLowerCase() || one.id === wanted,
  );
  if (version !== undefined) return version;
  const names = versions.map((one) => one.name);
  throw notFound("Version", wanted, names, `Versions of ${name}: ${names.slice(-10).join(", ")}`);
}
