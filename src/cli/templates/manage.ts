// belfry templates list, activate, deprecate and delete, and the search for a template or a version by its name.
import { type Client, ClientError, segment, type Template } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { nearest } from "../rules/names.ts";
import { plainLine } from "../rules/text.ts";
import { ageWords } from "../rules/time.ts";

export const organization = "default";

/** Undefined when there is none. */
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
  const near = nearest(
    name,
    all.map((template) => template.name),
  );
  throw new Failure(
    exit.failed,
    `There is no template "${name}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    "To see all: belfry templates list",
  );
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
  const near = nearest(wanted, names);
  throw new Failure(
    exit.failed,
    `${name} has no version "${wanted}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    `It has ${names.slice(-10).join(", ")}.`,
  );
}

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List the templates and the versions that are active",
  examples: ["belfry templates list", "belfry templates list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const templates = await context.client().ask((routes) => routes.templates.$get({ query: {} }));
    if (options.output === "json") return context.printJson(templates);
    if (templates.length === 0)
      return context.say("There are no templates. Make one from a folder with: belfry templates push DIR");
    const now = context.now();
    const rows = templates.map((template) => [
      template.name,
      template.active_version_name,
      String(template.active_user_count),
      ageWords(template.updated_at, now),
      template.deprecated ? `deprecated: ${template.deprecation_message}` : "",
    ]);
    context.printTable(["NAME", "ACTIVE VERSION", "USERS", "CHANGED", "NOTE"], rows);
  },
});

export const activate = defineCommand({
  name: "activate",
  summary: "Make one of a template's versions the active one",
  takes: "NAME VERSION",
  least: 2,
  examples: ["belfry templates activate docker quiet_otter12"],
  options: {},
  async run(context, { words }) {
    const [name, wanted] = words as [string, string];
    const client = context.client();
    const template = await findTemplate(client, name);
    const version = await findVersion(client, template, wanted);
    await client.ask((routes) =>
      routes.templates[":id"].versions.$patch({ param: { id: template.id }, json: { id: version.id } }),
    );
    context.say(plainLine(`${version.name} is the active version of ${template.name}.`));
  },
});

export const deprecate = defineCommand({
  name: "deprecate",
  summary: "Mark a template as one that should no longer be used",
  takes: "NAME MESSAGE",
  least: 2,
  details: ["An empty MESSAGE takes it back."],
  examples: [
    'belfry templates deprecate docker "Use podman, from June on."',
    'belfry templates deprecate docker ""',
  ],
  options: {},
  async run(context, { words }) {
    const [name, message] = words as [string, string];
    const client = context.client();
    const { id, name: known } = await findTemplate(client, name);
    await client.ask((routes) =>
      routes.templates[":id"].$patch({ param: { id }, json: { deprecation_message: message } }),
    );
    context.say(plainLine(message === "" ? `${known} is no longer deprecated.` : `${known} is deprecated.`));
  },
});

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete a template; its name is free again",
  takes: "NAME",
  least: 1,
  examples: ["belfry templates delete docker"],
  options: {},
  async run(context, { words }) {
    const client = context.client();
    const { id, name } = await findTemplate(client, words[0]!);
    await client.ask((routes) => routes.templates[":id"].$delete({ param: { id } }));
    context.say(plainLine(`Deleted ${name}.`));
  },
});
