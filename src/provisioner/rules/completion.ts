// The result of a job: resources, their agents and apps, the AI task. Read from a script's result or from the state (the
// output `belfry`, and resources of Coder's provider). An error names the field.
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

/** A field is invalid; the message names it and says what is allowed. */
export class ShapeError extends Error {}

/** From a script's result. */
export function readCompletion(document: unknown): Completion {
  const { resources, ai_task: task } = fields(document);
  return withTask(
    list(resources, "resources").map((value, index) => {
      const path = `resources[${index}]`;
      const { type, name, agents } = fields(value);
      return {
        type: text(type, `${path}.type`),
        name: text(name, `${path}.name`),
        agents: readAgents(agents, `${path}.agents`),
      };
    }),
    readTask(task, "ai_task"),
  );
}

/** Names are checked over all resources: an agent signs in with its name. */
export function withTask(resources: Resource[], task: AiTask | undefined): Completion {
  const names = resources.flatMap(({ agents }) => agents.map(({ name }) => name));
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) throw new ShapeError(`agents: duplicate name "${duplicate}"`);
  return { resources, ...(task === undefined ? {} : { ai_task: task }) };
}

export function readAgents(value: unknown, path: string): Agent[] {
  return list(value, path).map((agent, index) => {
    const { name, apps } = fields(agent);
    const read = list(apps, `${path}[${index}].apps`).map((app, number) =>
      readApp(app, `${path}[${index}].apps[${number}]`),
    );
    const slugs = read.map(({ slug }) => slug);
    const duplicate = slugs.find((slug, number) => slugs.indexOf(slug) !== number);
    if (duplicate !== undefined)
      throw new ShapeError(`${path}[${index}].apps: duplicate slug "${duplicate}"`);
    return { name: text(name, `${path}[${index}].name`), apps: read };
  });
}

export function readApp(value: unknown, path: string): App {
  const { slug, display_name: displayName, url } = fields(value);
  return {
    slug: text(slug, `${path}.slug`),
    ...(isText(displayName) ? { display_name: displayName } : {}),
    ...(isText(url) ? { url } : {}),
  };
}

export function readTask(value: unknown, path: string): AiTask | undefined {
  if (value === undefined || value === null) return undefined;
  const { prompt, sidebar_app_slug: slug } = fields(value);
  return { prompt: textOr(prompt, ""), sidebar_app_slug: text(slug, `${path}.sidebar_app_slug`) };
}

/** A missing list is an empty one. */
function list(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ShapeError(`${path}: must be a list`);
  return value;
}

function text(value: unknown, path: string): string {
  if (!isText(value)) throw new ShapeError(`${path}: must be a non-empty string`);
  return value;
}

interface StateResource {
  address: string;
  type: string;
  name: string;
  values: Record<string, unknown>;
  dependsOn: string[];
}

/** Throws `ShapeError` if the template's output is invalid. */
export function readState(document: unknown, parameters: readonly Parameter[]): Completion {
  const values = fields(fields(document)["values"]);
  const all = resourcesOf(values["root_module"]);
  const output = fields(fields(fields(values["outputs"])["belfry"])["value"]);
  const resources = all.filter(({ type }) => !type.startsWith("coder_"));
  const shown: Resource[] = resources.map(({ type, name }) => ({ type, name, agents: [] }));
  for (const agent of all.filter(({ type }) => type === "coder_agent")) {
    const host = resources.findIndex(({ dependsOn }) => dependsOn.includes(withoutIndex(agent.address)));
    addAgents(shown, shown[host], { type: agent.type, name: agent.name }, [
      { name: agent.name, apps: appsOf(agent, all) },
    ]);
  }
  const named = readAgents(output["agents"], "output belfry.agents");
  // If there is one resource, they run there.
  if (named.length > 0)
    addAgents(shown, shown.length === 1 ? shown[0] : undefined, { type: "belfry", name: "workspace" }, named);
  const task = readTask(output["ai_task"], "output belfry.ai_task") ?? coderTask(all, parameters);
  return withTask(shown, task);
}

/** To their host; without one, to a new resource. */
function addAgents(
  all: Resource[],
  host: Resource | undefined,
  fallback: { type: string; name: string },
  agents: Resource["agents"],
): void {
  if (host === undefined) all.push({ ...fallback, agents });
  else host.agents.push(...agents);
}

/** Without data sources. A module's resources come before those of its child modules. */
function resourcesOf(root: unknown): StateResource[] {
  const found: StateResource[] = [];
  const modules = [root];
  while (modules.length > 0) {
    const { resources, child_modules: children } = fields(modules.pop());
    modules.push(...items(children).toReversed());
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

/** Older templates name the app by `sidebar_app { id }` and have the prompt as a parameter. */
function coderTask(all: StateResource[], parameters: readonly Parameter[]): AiTask | undefined {
  const task = all.find(({ type }) => type === "coder_ai_task");
  if (task === undefined) return undefined;
  const appId = task.values["app_id"] ?? fields(items(task.values["sidebar_app"])[0])["id"];
  const app = all.find(({ type, values }) => type === "coder_app" && isText(appId) && values["id"] === appId);
  if (app === undefined) return undefined;
  const prompt = parameters.find(({ name }) => name === aiPromptParameter)?.value ?? "";
  return {
    prompt: textOr(task.values["prompt"], "") || prompt,
    sidebar_app_slug: textOr(app.values["slug"], app.name),
  };
}
