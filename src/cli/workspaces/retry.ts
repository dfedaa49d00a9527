// belfry workspaces retry and cancel: what is done about the latest build.
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { hasEnded } from "../rules/workspace.ts";
import { build, waitOption } from "./build.ts";
import { findWorkspace } from "./list.ts";

export const retry = defineCommand({
  name: "retry",
  summary: "Retry the latest build of a workspace if it failed or was canceled",
  args: "NAME",
  minArgs: 1,
  fields: { rich_parameter_values: "--parameter" },
  details: [
    "The new build has the same transition, template version and parameters. Its log: belfry workspaces logs NAME",
  ],
  examples: ["belfry workspaces retry web --wait"],
  options: { ...waitOption },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    const { build_number: number, job, transition } = workspace.latest_build;
    if (!hasEnded(job.status))
      throw new Failure(
        exit.failed,
        `Build ${number} has not ended.`,
        `Cancel it: belfry workspaces cancel ${plainLine(name)}`,
      );
    if (job.status === "succeeded")
      throw new Failure(exit.failed, `Build ${number} (${transition}) succeeded. There is nothing to retry.`);
    return build(context, client, workspace, { transition }, options.wait);
  },
});

export const cancel = defineCommand({
  name: "cancel",
  summary: "Cancel the queued or running build of a workspace",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry workspaces cancel web"],
  options: {},
  async run(context, { args: [name = ""] }) {
    const client = context.client();
    const workspace = await findWorkspace(client, name);
    const { id, build_number: number, transition } = workspace.latest_build;
    await client.ask((routes) => routes.workspacebuilds[":id"].cancel.$patch({ param: { id } }));
    context.log(plainLine(`Canceling build ${number} of ${workspace.name} (${transition}).`));
    context.log(`Wait for the build: belfry builds wait ${id}`);
  },
});
