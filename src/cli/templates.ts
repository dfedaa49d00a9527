// Kinds of notification by the names that people type. The commands about them call it.
import type { Client, NotificationTemplate, TemplateVersion } from "../client.ts";
import { exit, Failure } from "./failure.ts";
import { nearest } from "./rules/nearest.ts";
import { slugOf } from "./rules/template-file.ts";

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
