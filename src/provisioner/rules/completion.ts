// What a finished job reports: resources, their agents and apps, the AI task. It is read from a script's result or from the
// state (the output `belfry`, and the resources of Coder's provider); an error names the place.
import { fields, isText, items, textOr } from "../../kernel/rules/json.ts";
import { aiPromptParameter } from "../../workspaces/templates/rules/names.ts";
import type { Parameter } from "./job.ts";

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

interface StateResource {
  address: string;
  type: string;
  name: string;
  values: Record<string, unknown>;
  dependsOn: string[];
}

/** Throws `ShapeError` where the template says something that can't be. */
export function readState(document: unknown, parameters: readonly Parameter[]): Completion {
  const values = fields(fields(document)["values"]);
  const all = resourcesOf(values["root_module"]);
  const output = fields(fields(fields(values["outputs"])["belfry"])["value"]);
  const resources = all.filter(({ type }) => !type.startsWith("coder_"));
  const shown: Resource[] = resources.map(({ type, name }) => ({ type, name, agents: [] }));
  for (const agent of all.filter(({ type }) => type === "coder_agent")) {
    const holder = resources.findIndex(({ dependsOn }) => dependsOn.includes(withoutIndex(agent.address)));
    place(shown, shown[holder], { type: agent.type, name: agent.name }, [
      { name: agent.name, apps: appsOf(agent, all) },
    ]);
  }
  const named = readAgents(output["agents"], "output belfry: agents");
  // With one resource there is no doubt about where they run.
  if (named.length > 0)
    place(shown, shown.length === 1 ? shown[0] : undefined, { type: "belfry", name: "workspace" }, named);
  const task = readTask(output["ai_task"], "output belfry: ai_task") ?? coderTask(all, parameters);
  return withTask(shown, task);
}

function place(
  all: Resource[],
  holder: Resource | undefined,
  otherwise: { type: string; name: string },
  agents: Resource["agents"],
): void {
  if (holder === undefined) all.push({ ...otherwise, agents });
  else holder.agents.push(...agents);
}

/** Data sources are no resources of the workspace. A module comes before those within it, however deep they are. */
function resourcesOf(root: unknown): StateResource[] {
  const found: StateResource[] = [];
  const left = [root];
  while (left.length > 0) {
    const { resources, child_modules: children } = fields(left.pop());
    left.push(...items(children).toReversed());
    for (const raw of items(resources).map(fields)) {
      const { mode, address, type, name, values, depends_on: dependsOn } = raw;
      if (mode === "data" || !isText(type) || !isText(name)) continue;
      found.push({
        address: textOr(address, ""),
        type,
        name,
        values: fields(values),
        dependsOn: items(dependsOn).filter(isText),
      });
    }
  }
  return found;
}

const withoutIndex = (address: string): string => address.replace(/\[[^\]]*\]$/, "");

function appsOf(agent: StateResource, all: StateResource[]) {
  return all
    .filter(({ type, values }) => type === "coder_app" && values["agent_id"] === agent.values["id"])
    .map(({ name, values }) => ({
      slug: textOr(values["slug"], name),
      ...(isText(values["display_name"]) ? { display_name: values["display_name"] } : {}),
      ...(isText(values["url"]) ? { url: values["url"] } : {}),
    }));
}

/** The app is named by `app_id`, before that by `sidebar_app { id }`; the prompt was a parameter at first. */
function coderTask(all: StateResource[], parameters: readonly Parameter[]): AiTask | undefined {
  const task = all.find(({ type }) => type === "coder_ai_task");
  if (task === undefined) return undefined;
  const appId = task.values["app_id"] ?? fields(items(task.values["sidebar_app"])[0])["id"];
  const app = all.find(({ type, values }) => type === "coder_app" && isText(appId) && values["id"] === appId);
  if (app === undefined) return undefined;
  const asked = parameters.find(({ name }) => name === aiPromptParameter)?.value ?? "";
  return {
    prompt: textOr(task.values["prompt"], "") || asked,
    sidebar_app_slug: textOr(app.values["slug"], app.name),
  };
}
