// belfry notifications templates: the kinds of notification and the versions of their texts.
import type { Client, NotificationTemplate, TemplateVersion } from "../../client.ts";
import { exit, Failure, notFound } from "../failure.ts";
import type { Context } from "../context.ts";
import { readInput } from "../inputs.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { readTemplateFile, slugOf, type TemplateFileText } from "../rules/input-files.ts";
import { plain, plainLine } from "../rules/text.ts";
import { formatAge } from "../rules/time.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List the kinds of notification with their channels and defaults",
  examples: ["belfry notifications templates list", "belfry notifications templates list --output json"],
  options: outputOption,
  async run(context, { options }) {
    const client = context.client();
    const templates = await listTemplates(client);
    if (options.output === "json") return context.printJson(templates);
    const choices = await client.ask((routes) => routes.notifications.templates.choices.$get());
    const disabled = new Set(choices.filter((kind) => kind.disabled).map(({ id }) => id));
    const rows = templates.map(({ id, name, group, method, enabled_by_default }) => [
      slugOf(name),
      name,
      group,
      method === "" ? "default" : method,
      disabled.has(id) ? "disabled for everybody" : enabled_by_default ? "enabled" : "disabled",
    ]);
    context.printTable(["NAME", "TITLE", "GROUP", "CHANNEL", "DEFAULT"], rows);
  },
});

export const versions = defineCommand({
  name: "versions",
  summary: "List the versions of a notification template, newest first",
  args: "NAME",
  minArgs: 1,
  details: ["NAME is a name like custom-notification, or an ID."],
  examples: ["belfry notifications templates versions custom-notification"],
  options: outputOption,
  async run(context, { options, args: [word = ""] }) {
    const client = context.client();
    const template = await findTemplate(client, word);
    const found = await listVersions(client, template);
    if (options.output === "json") return context.printJson(found);
    const rows = found.map((version) => [
      String(version.number),
      version.active ? "active" : version.offered ? "offered" : "",
      version.origin === "seed" ? "Belfry" : (version.created_by ?? "deleted user"),
      formatAge(version.created_at, context.now()),
      version.title_template,
    ]);
    context.printTable(["VERSION", "STATUS", "CREATED BY", "CREATED", "TITLE"], rows);
    const offered = found.find((version) => version.offered);
    if (offered === undefined) return;
    const name = slugOf(template.name);
    context.log(
      `\nVersion ${offered.number} is new in this release of Belfry. Preview it:\n` +
        `  belfry notifications templates preview ${name} --version ${offered.number}\n` +
        `Activate it:\n  belfry notifications templates activate ${name} ${offered.number}`,
    );
  },
});

export const activate = defineCommand({
  name: "activate",
  summary: "Activate a version of a notification template (owner role only)",
  args: "NAME VERSION",
  minArgs: 2,
  examples: ["belfry notifications templates activate custom-notification 1"],
  options: {},
  async run(context, { args: [word = "", number = ""] }) {
    const version = readVersionNumber(number);
    if (version === undefined) throw new Failure(exit.usage, "VERSION: missing");
    const client = context.client();
    const template = await findTemplate(client, word);
    await findVersion(client, template, version);
    context.log(await activateVersion(client, template, version));
  },
});

/** Resolves with a message. Succeeds if the version is active already. */
export async function activateVersion(
  client: Client,
  { id, name }: NotificationTemplate,
  version: number,
): Promise<string> {
  const answer = await client.ask((routes) =>
    routes.notifications.templates[":id"].version.$put({ param: { id }, json: { version } }),
  );
  return answer?.message ?? `Version ${version} of "${name}" is already active.`;
}

export const preview = defineCommand({
  name: "preview",
  summary: "Preview a notification template, or a file that contains one (owner role only)",
  args: "NAME",
  minArgs: 1,
  details: ["FILE has the format that edit uses; - reads standard input."],
  examples: [
    "belfry notifications templates preview custom-notification",
    "belfry notifications templates preview custom-notification --version 3",
    "belfry notifications templates preview custom-notification --file draft.md --output json",
    "belfry notifications templates preview task-idle --event 0192f3a1-7c53-7d6e-9c0a-3f9c02d11111",
  ],
  options: {
    version: { type: "string", value: "N", text: "preview this version" },
    file: { type: "string", value: "FILE", text: "preview this file" },
    event: { type: "string", value: "ID", text: "with the values of this past event instead of the sample" },
    ...outputOption,
  },
  async run(context, { options, args: [word = ""] }) {
    if (options.version !== undefined && options.file !== undefined)
      throw new Failure(exit.usage, "--version and --file can't be combined.");
    const number = readVersionNumber(options.version);
    const draft = options.file === undefined ? undefined : await readDraft(context, options.file);
    const client = context.client();
    const template = await findTemplate(client, word);
    const { title_template, body_template, actions } = draft ?? (await findVersion(client, template, number));
    const shown = await client.ask((routes) =>
      routes.notifications.templates[":id"].preview.$post({
        param: { id: template.id },
        json: {
          title_template,
          body_template,
          actions,
          ...(options.event === undefined ? {} : { event_id: options.event }),
        },
      }),
    );
    if (options.output === "json") return context.printJson(shown);
    context.print(context.bold(plainLine(shown.title_text)));
    if (shown.body_text !== "") context.print(`\n${plain(shown.body_text)}`);
    if (shown.actions.length > 0) context.print("");
    for (const { label, url } of shown.actions) context.print(plainLine(`[${label}] ${url}`));
  },
});

async function readDraft(context: Context, file: string): Promise<TemplateFileText> {
  const verdict = readTemplateFile((await readInput(context, file)).toString("utf8"));
  if (verdict.ok) return verdict.text;
  throw new Failure(exit.failed, `${file}: ${verdict.problem}`);
}

export async function listTemplates(client: Client): Promise<NotificationTemplate[]> {
  const [system, custom] = await Promise.all([
    client.ask((routes) => routes.notifications.templates.system.$get()),
    client.ask((routes) => routes.notifications.templates.custom.$get()),
  ]);
  return [...system, ...custom].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** By id, name or slug (`custom-notification`). */
export async function findTemplate(client: Client, word: string): Promise<NotificationTemplate> {
  const templates = await listTemplates(client);
  const found = templates.find(({ id, name }) => id === word.toLowerCase() || slugOf(name) === slugOf(word));
  if (found !== undefined) return found;
  const slugs = templates.map(({ name }) => slugOf(name));
  const hint = "List kinds of notification: belfry notifications templates list";
  throw notFound("Kind of notification", slugOf(word), slugs, hint);
}

export const listVersions = (client: Client, { id }: { id: string }): Promise<TemplateVersion[]> =>
  client.ask((routes) => routes.notifications.templates[":id"].versions.$get({ param: { id } }));

/** The active version by default. */
export async function findVersion(
  client: Client,
  template: NotificationTemplate,
  number: number | undefined,
): Promise<TemplateVersion> {
  const versions = await listVersions(client, template);
  const found = versions.find((version) =>
    number === undefined ? version.active : version.number === number,
  );
  if (found !== undefined) return found;
  throw new Failure(
    exit.failed,
    `Version ${number} of "${template.name}" not found.`,
    `List versions: belfry notifications templates versions ${slugOf(template.name)}`,
  );
}

/** Undefined without a text. */
export function readVersionNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure(exit.usage, `Version "${text}" is invalid, use a number from 1`);
}
