// belfry notifications templates: the kinds of notification and the versions of their texts.
import { readFileSync } from "node:fs";
import type { Client, NotificationTemplate, TemplateVersion } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { nearest } from "../rules/names.ts";
import { readTemplateFile, slugOf, type TemplateFileText } from "../rules/template-file.ts";
import { plain, plainLine } from "../rules/text.ts";
import { ageWords } from "../rules/time.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List the kinds of notification, with the way that each goes",
  examples: ["belfry notifications templates list", "belfry notifications templates list --output json"],
  options: outputOption,
  async run(context, { options }) {
    const templates = await listTemplates(context.client());
    if (options.output === "json") return context.printJson(templates);
    const rows = templates.map(({ name, group, method, enabled_by_default }) => [
      slugOf(name),
      name,
      group,
      method === "" ? "default" : method,
      enabled_by_default ? "on" : "off",
    ]);
    context.printTable(["NAME", "TITLE", "GROUP", "WAY", "UNLESS CHOSEN"], rows);
  },
});

export const versions = defineCommand({
  name: "versions",
  summary: "List the texts that a kind of notification has had, newest first",
  takes: "NAME",
  least: 1,
  details: ["", "NAME is a kind's name, like custom-notification, or its id."],
  examples: ["belfry notifications templates versions custom-notification"],
  options: outputOption,
  async run(context, { options, words: [word = ""] }) {
    const client = context.client();
    const template = await findTemplate(client, word);
    const found = await listVersions(client, template);
    if (options.output === "json") return context.printJson(found);
    const rows = found.map((version) => [
      String(version.number),
      version.active ? "active" : version.offered ? "offered" : "",
      version.origin === "seed" ? "Belfry" : (version.created_by ?? "somebody who is gone"),
      ageWords(version.created_at, context.now()),
      version.title_template,
    ]);
    context.printTable(["VERSION", "", "BY", "MADE", "TITLE"], rows);
    const offered = found.find((version) => version.offered);
    if (offered === undefined) return;
    const name = slugOf(template.name);
    context.say(
      `\nVersion ${offered.number} came with a newer release of Belfry. To see what it says:\n` +
        `  belfry notifications templates preview ${name} --version ${offered.number}\n` +
        `To use it:\n  belfry notifications templates activate ${name} ${offered.number}`,
    );
  },
});

export const activate = defineCommand({
  name: "activate",
  summary: "Make a version the one that is sent; also the way back (owners only)",
  takes: "NAME VERSION",
  least: 2,
  examples: ["belfry notifications templates activate custom-notification 1"],
  options: {},
  async run(context, { words: [word = "", number = ""] }) {
    const version = readNumber(number);
    if (version === undefined) throw new Failure(exit.usage, "Which version?");
    const client = context.client();
    const template = await findTemplate(client, word);
    await findVersion(client, template, version);
    context.say(await activateVersion(client, template, version));
  },
});

/** Gives the words for it. Being active already is a success. */
export async function activateVersion(
  client: Client,
  { id, name }: NotificationTemplate,
  version: number,
): Promise<string> {
  const answer = await client.ask((routes) =>
    routes.notifications.templates[":id"].version.$put({ param: { id }, json: { version } }),
  );
  return answer?.message ?? `Version ${version} of "${name}" is active already.`;
}

export const preview = defineCommand({
  name: "preview",
  summary: "Show what a text becomes: the active one, another version, or one in a file (owners only)",
  takes: "NAME",
  least: 1,
  details: ["", "A file has the form that edit opens. --file - reads standard input."],
  examples: [
    "belfry notifications templates preview custom-notification",
    "belfry notifications templates preview custom-notification --version 3",
    "belfry notifications templates preview custom-notification --file draft.md --output json",
  ],
  options: {
    version: { type: "string", value: "N", text: "this version" },
    file: { type: "string", value: "FILE", text: "the text in this file" },
    ...outputOption,
  },
  async run(context, { options, words: [word = ""] }) {
    if (options.version !== undefined && options.file !== undefined)
      throw new Failure(exit.usage, "Either --version or --file: each is a text of its own.");
    const number = readNumber(options.version);
    const draft = options.file === undefined ? undefined : readDraft(options.file);
    const client = context.client();
    const template = await findTemplate(client, word);
    const { title_template, body_template, actions } = draft ?? (await findVersion(client, template, number));
    const shown = await client.ask((routes) =>
      routes.notifications.templates[":id"].preview.$post({
        param: { id: template.id },
        json: { title_template, body_template, actions },
      }),
    );
    if (options.output === "json") return context.printJson(shown);
    context.print(context.bold(plainLine(shown.title_text)));
    if (shown.body_text !== "") context.print(`\n${plain(shown.body_text)}`);
    if (shown.actions.length > 0) context.print("");
    for (const { label, url } of shown.actions) context.print(plainLine(`[${label}] ${url}`));
  },
});

function readDraft(file: string): TemplateFileText {
  let content: string;
  try {
    content = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new Failure(exit.failed, `${file} can't be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  const verdict = readTemplateFile(content);
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

/** By id, name or `custom-notification`. */
export async function findTemplate(client: Client, word: string): Promise<NotificationTemplate> {
  const templates = await listTemplates(client);
  const found = templates.find(({ id, name }) => id === word.toLowerCase() || slugOf(name) === slugOf(word));
  if (found !== undefined) return found;
  const near = nearest(
    slugOf(word),
    templates.map(({ name }) => slugOf(name)),
  );
  throw new Failure(
    exit.failed,
    `There is no kind of notification "${word}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    "To see them: belfry notifications templates list",
  );
}

export const listVersions = (client: Client, { id }: { id: string }): Promise<TemplateVersion[]> =>
  client.ask((routes) => routes.notifications.templates[":id"].versions.$get({ param: { id } }));

/** The active one unless a number is given. */
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
    `"${template.name}" has no version ${number}.`,
    `To see them: belfry notifications templates versions ${slugOf(template.name)}`,
  );
}

/** Undefined for none given. */
export function readNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure(exit.usage, `"${text}" is no version.`, "Versions are numbers from 1 on.");
}
