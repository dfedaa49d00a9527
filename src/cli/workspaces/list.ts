// belfry workspaces list: the workspaces that one may see, or those that match.
import type { Workspace } from "../../client.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { ageWords } from "../rules/duration.ts";
import { outdatedWords } from "../../workspaces/builds/rules/words.ts";
import { table } from "../rules/table.ts";

const pageSize = 200;

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
    const workspaces: Workspace[] = [];
    let count: number;
    do {
      const query = { q, limit: String(pageSize), offset: String(workspaces.length) };
      const page = await client.ask((routes) => routes.workspaces.$get({ query }));
      workspaces.push(...page.workspaces);
      count = page.workspaces.length === 0 ? workspaces.length : page.count;
    } while (workspaces.length < count);
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
    const [headings, ...lines] = table(["NAME", "TEMPLATE", "STATUS", "LAST BUILD", "NOTE"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
  },
});
