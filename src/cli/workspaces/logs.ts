// belfry workspaces logs: the log of a workspace's latest build.
import { createLogPrinter, waitForBuild } from "../builds/follow.ts";
import { defineCommand } from "../rules/command.ts";
import { findWorkspace } from "./find.ts";

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
