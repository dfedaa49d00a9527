// belfry workspaces show: what a workspace is and what runs in it.
import { defineCommand, outputOption } from "../rules/command.ts";
import { ageWords } from "../rules/duration.ts";
import { plainLine } from "../rules/text.ts";
import { causeWords, outdatedWords } from "../../workspaces/builds/rules/words.ts";
import { autostartWords } from "./autostart.ts";
import { findWorkspace } from "./find.ts";

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
