// belfry workspaces restart: a stop and the start that the server lets follow.
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../../client.ts";
import { waitForBuild } from "../builds.ts";
import { createOnce, type Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { waitOption } from "./build.ts";
import { findWorkspace } from "./list.ts";

/** How often a start that is about to follow is looked for, and for how long: a tick sees to it if nothing else does. */
const startPollMs = 500;
const maxStartWaitMs = 120_000;

export const restart = defineCommand({
  name: "restart",
  summary: "Stop a workspace and start it again with the same template version",
  args: "NAME",
  minArgs: 1,
  fields: { rich_parameter_values: "--parameter" },
  examples: ["belfry workspaces restart web --wait"],
  options: { ...waitOption },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const { id, name: known } = await findWorkspace(client, name);
    const stop = await createOnce(client, (routes, keyed) =>
      routes.workspaces[":id"].restart.$post({ param: { id } }, keyed),
    );
    context.log(plainLine(`Queued build ${stop.build_number} of ${known} (stop); a start follows.`));
    if (!options.wait) return context.log(`Wait for the stop: belfry builds wait ${stop.id}`);
    const stopped = await waitForBuild(context, client, stop.id, { log: true, isNew: true });
    if (stopped !== 0) return stopped;
    return waitForBuild(context, client, await findStart(context, client, id, stop.id), {
      log: true,
      isNew: true,
    });
  },
});

async function findStart(context: Context, client: Client, id: string, stopId: string): Promise<string> {
  const until = context.now() + maxStartWaitMs;
  while (context.now() < until) {
    const { latest_build: latest } = await client.ask((routes) =>
      routes.workspaces[":id"].$get({ param: { id }, query: {} }),
    );
    if (latest.id !== stopId) return latest.id;
    await sleep(startPollMs);
  }
  throw new Failure(exit.failed, "The workspace was stopped, and not started again.", "Start it yourself.");
}
