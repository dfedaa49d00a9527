// belfry workspaces list, show and logs, and the search for a workspace by its name.
import { type Client, ClientError, segment, type Workspace } from "../../client.ts";
import { describeCause, outdatedLabel } from "../../workspaces/builds/rules/build-texts.ts";
import { createLogPrinter, waitForBuild } from "../builds.ts";
import { readPages } from "../context.ts";
import { exit, Failure, notFound } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { formatAge } from "../rules/time.ts";
import { parseWorkspaceName, describeAutostart } from "../rules/workspace.ts";

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
  fields: { q: "--search" },
  options: {
    all: { type: "boolean", short: "a", text: "all workspaces that you can see" },
    search: {
      type: "string",
      value: "TEXT",
      text: "match the name; also owner:…, template:… and status:…",
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
      return context.log(
        "No workspaces found. Create one: belfry workspaces create NAME --template TEMPLATE",
      );
    const now = context.now();
    const rows = workspaces.map((workspace) => [
      `${workspace.owner_name}/${workspace.name}`,
      workspace.template_name,
      workspace.latest_build.status,
      formatAge(workspace.latest_build.created_at, now),
      workspace.outdated ? outdatedLabel : "",
    ]);
    context.printTable(["NAME", "TEMPLATE", "STATUS", "LATEST BUILD", "NOTE"], rows);
  },
});

export const show = defineCommand({
  name: "show",
  summary: "Show a workspace with its latest build, agents and apps",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry workspaces show web", "belfry workspaces show grace/web --output json"],
  options: { ...outputOption },
  async run(context, { options, args: [name = ""] }) {
    const workspace = await findWorkspace(context.client(), name);
    if (options.output === "json") return context.printJson(workspace);
    const { latest_build: build } = workspace;
    const { job } = build;
    context.printField("Workspace", `${workspace.owner_name}/${workspace.name}`);
    context.printField(
      "Template",
      `${workspace.template_name}, version ${build.template_version_name}${workspace.outdated ? `, ${outdatedLabel}` : ""}`,
    );
    context.printField("Status", build.status);
    context.printField(
      "Latest build",
      `${build.build_number} (${build.transition}), ${describeCause(build.reason, build.initiator_name)}, ${formatAge(build.created_at, context.now())}, ${job.status}`,
    );
    if (job.error !== undefined) context.printField("Error", job.error);
    context.printField("Build ID", build.id);
    if (workspace.autostart_schedule !== undefined)
      context.printField("Autostart", describeAutostart(workspace));
    if (workspace.automatic_updates === "always")
      context.printField("Updates", "automatic, at each autostart");
    for (const agent of build.resources.flatMap(({ agents }) => agents)) {
      context.printField("Agent", `${agent.name}, ${agent.lifecycle_state}`);
      for (const app of agent.apps)
        context.printField("App", app.url === "" ? app.slug : `${app.slug} at ${app.url}`);
    }
  },
});

export const logs = defineCommand({
  name: "logs",
  summary: "Show the log of a workspace's latest build",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry workspaces logs web", "belfry workspaces logs web --follow"],
  options: {
    follow: {
      type: "boolean",
      short: "f",
      text: "follow the log until the build ends; exit code 0 if it succeeded",
    },
  },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const { id } = (await findWorkspace(client, name)).latest_build;
    if (options.follow) return waitForBuild(context, client, id, { log: true, isNew: true });
    await createLogPrinter(context, client, id)();
    return 0;
  },
});

/** By NAME or OWNER/NAME. */
export async function findWorkspace(client: Client, text: string): Promise<Workspace> {
  const named = parseWorkspaceName(text);
  if (named === undefined)
    throw new Failure(exit.usage, `NAME: "${text}" is invalid, use NAME or OWNER/NAME`);
  const param = { user: segment(named.owner), name: segment(named.name) };
  try {
    return await client.ask((routes) => routes.users[":user"].workspace[":name"].$get({ param, query: {} }));
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404 || !error.isBelfry) throw error;
    const query = { q: `owner:${named.owner}`, limit: "200" };
    const { workspaces } = await client.ask((routes) => routes.workspaces.$get({ query }));
    const names = workspaces.map((one) => one.name);
    throw notFound("Workspace", named.name, names, "List workspaces: belfry workspaces list --all");
  }
}
