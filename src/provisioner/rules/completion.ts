// What a finished job tells the server: resources, their agents and apps, the AI task. Checked here, so that a mistake in
// a template or a script is told by its place.
import { fields, isText, textOr } from "../../kernel/rules/shape.ts";

export interface App {
  slug: string;
  display_name?: string;
  url?: string;
}
export interface Agent {
  name: string;
  apps: App[];
}
export interface Resource {
  type: string;
  name: string;
  agents: Agent[];
}
export interface AiTask {
  prompt: string;
  sidebar_app_slug: string;
}
export interface Completion {
  resources: Resource[];
  ai_task?: AiTask;
}

/** Something is not as it should be; the message names the place and what would be right. */
export class ShapeError extends Error {}

/** What a script has printed or written. */
export function readCompletion(document: unknown): Completion {
  const { resources, ai_task: task } = fields(document);
  return withTask(
    list(resources, "resources").map((value, at) => {
      const place = `resources[${at}]`;
      const { type, name, agents } = fields(value);
      return {
        type: text(type, `${place}.type`),
        name: text(name, `${place}.name`),
        agents: readAgents(agents, `${place}.agents`),
      };
    }),
    readTask(task, "ai_task"),
  );
}

/** Names are checked over all resources: an agent signs in with its name. */
export function withTask(resources: Resource[], task: AiTask | undefined): Completion {
  const names = resources.flatMap(({ agents }) => agents.map(({ name }) => name));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ShapeError(`There are two agents called "${twice}"; names must differ.`);
  return { resources, ...(task === undefined ? {} : { ai_task: task }) };
}

export function readAgents(value: unknown, place: string): Agent[] {
  return list(value, place).map((agent, at) => {
    const { name, apps } = fields(agent);
    const read = list(apps, `${place}[${at}].apps`).map((app, number) =>
      readApp(app, `${place}[${at}].apps[${number}]`),
    );
    const slugs = read.map(({ slug }) => slug);
    const twice = slugs.find((slug, number) => slugs.indexOf(slug) !== number);
    if (twice !== undefined)
      throw new ShapeError(`${place}[${at}].apps has two apps with the slug "${twice}"; slugs must differ.`);
    return { name: text(name, `${place}[${at}].name`), apps: read };
  });
}

export function readApp(value: unknown, place: string): App {
  const { slug, display_name: displayName, url } = fields(value);
  return {
    slug: text(slug, `${place}.slug`),
    ...(isText(displayName) ? { display_name: displayName } : {}),
    ...(isText(url) ? { url } : {}),
  };
}

export function readTask(value: unknown, place: string): AiTask | undefined {
  if (value === undefined || value === null) return undefined;
  const { prompt, sidebar_app_slug: slug } = fields(value);
  return { prompt: textOr(prompt, ""), sidebar_app_slug: text(slug, `${place}.sidebar_app_slug`) };
}

/** Nothing at all is an empty list. */
function list(value: unknown, place: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ShapeError(`${place} must be a list.`);
  return value;
}

function text(value: unknown, place: string): string {
  if (!isText(value)) throw new ShapeError(`${place} must be a text that is not empty.`);
  return value;
}
