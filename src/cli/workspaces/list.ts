// belfry workspaces list, show and logs, and the search for a workspace by its name.
import { type Client, ClientError, segment, type Workspace } from "../../client.ts";
import { causeWords, outdatedWords } from "../../workspaces/builds/rules/words.ts";
import { createLogPrinter, waitForBuild } from "../builds.ts";
import { readPages } from "../calls.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { nearest } from "../rules/names.ts";
import { plainLine } from "../rules/text.ts";
import { ageWords } from "../rules/time.ts";
import { parseParameters, parseWorkspaceName, autostartWords } from "../rules/workspace.ts";

export async function findWorkspace(client: Client, text: string): Promise<Workspace> {
  const named = parseWorkspaceName(text);
  if (named === undefined)
    throw new Failure(exit.usage, `"${text}" is no workspace's name. It is NAME, or OWNER/NAME.`);
  const param = { user: segment(named.owner), name: segment(named.name) };
  try {
    return await client.ask((routes) => routes.users[":user"].workspace[":name"].$get({ param, query: {} }));
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404 || !error.isBelfry) throw error;
    const query = { q: `owner:${named.owner}`, limit: "200" };
    const { workspaces } = await client.ask((routes) => routes.workspaces.$get({ query }));
    const near = nearest(
      named.name,
      workspaces.map((one) => one.name),
    );
    throw new Failure(
      exit.failed,
      `There is no workspace "${text}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
      "To see all: belfry workspaces list",
    );
  }
}

export const parameterOption = {
  parameter: {
    type: "string",
    short: "p",
    multiple: true,
    value: "NAME=VALUE",
    text: "a parameter of the template",
  },
} as const;
export const waitOption = {
  wait: {
    type: "boolean",
    short: "w",
    text: "show the log and wait for the end; the exit code says how it ended",
  },
} as const;

export function parametersOf(texts: readonly string[] | undefined) {
  const verdict = parseParameters(texts ?? []);
  if (!verdict.ok) throw new Failure(exit.usage, verdict.problem);
  return verdict.parameters;
}

const pageSize = "200";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List your workspaces",
  examples: [
    "belfry workspaces list",
    "belfry workspaces list --all --search status:failed",
    "belfry workspaces list --output json",
  ],
  options: {
    all: { type: "boolean", short: "a", text: "everybody's whom you may see" },
    search: {
      type: "string",
      value: "TEXT",
      text: "a part of the name; also owner:…, template:… and status:…",
    },
    ...outputOption,
  },
  async run(context, { options }) {
    const client = context.client();
    const q = [options.all ? "" : "owner:me", options.search ?? ""].join(" ").trim();
    const { items: workspaces, count } = await readPages(async (offset) => {
      const query = { q, limit: pageSize, offset };
      const page = await client.ask((routes) => routes.workspaces.$get({ query }));
      return { items: page.workspaces, count: page.count };
    });
    if (options.output === "json") return context.printJson({ workspaces, count });
    if (workspaces.length === 0)
      return context.say("There are none. Make one with: belfry workspaces create NAME --template TEMPLATE");
    const now = context.now();
    const rows = workspaces.map((workspace) => [
      `${workspace.owner_name}/${workspace.name}`,
      workspace.template_name,
      workspace.latest_build.status,
      ageWords(workspace.latest_build.created_at, now),
      workspace.outdated ? outdatedWords : "",
    ]);
    context.printTable(["NAME", "TEMPLATE", "STATUS", "LAST BUILD", "NOTE"], rows);
  },
});

export const show = defineCommand({
  name: "show",
  summary: "Show a workspace, its latest build and what runs in it",
  takes: "NAME",
  least: 1,
  examples: ["belfry workspaces show web", "belfry workspaces show grace/web --output json"],
  options: { ...outputOption },
  async run(context, { options, words: [name = ""] }) {
    const workspace = await findWorkspace(context.client(), name);
    if (options.output === "json") return context.printJson(workspace);
    const { latest_build: build } = workspace;
    const { job } = build;
    const say = (heading: string, text: string) => context.print(plainLine(`${heading}: ${text}`));
    say("Workspace", `${workspace.owner_name}/${workspace.name}`);
    say(
      "Template",
      `${workspace.template_name}, version ${build.template_version_name}${workspace.outdated ? `, ${outdatedWords}` : ""}`,
    );
    say("Status", build.status);
    say(
      "Last build",
      `${build.build_number} (${build.transition}), ${causeWords(build.reason, build.initiator_name)}, ${ageWords(build.created_at, context.now())}, ${job.status}`,
    );
    if (job.error !== undefined) say("Error", job.error);
    say("Build's id", build.id);
    if (workspace.autostart_schedule !== undefined) say("Autostart", autostartWords(workspace));
    if (workspace.automatic_updates === "always") say("Updates", "automatic, when it starts by itself");
    for (const agent of build.resources.flatMap(({ agents }) => agents)) {
      say("Agent", `${agent.name}, ${agent.lifecycle_state}`);
      for (const app of agent.apps) say("App", app.url === "" ? app.slug : `${app.slug} at ${app.url}`);
    }
  },
});

export const logs = defineCommand({
  name: "logs",
  summary: "Show the log of a workspace's latest build",
  takes: "NAME",
  least: 1,
  examples: ["belfry workspaces logs web", "belfry workspaces logs web --follow"],
  options: {
    follow: { type: "boolean", short: "f", text: "go on until the build has ended; the exit code says how" },
  },
  async run(context, { options, words: [name = ""] }) {
    const client = context.client();
    const { id } = (await findWorkspace(client, name)).latest_build;
    if (options.follow) return waitForBuild(context, client, id, { log: true, isNew: true });
    await createLogPrinter(context, client, id)();
    return 0;
  },
});
