// belfry workspaces autostart and autoupdate: the schedule of a workspace, and its version at an autostart.
import { exit, Failure } from "../failure.ts";
import { requireOneOf } from "../inputs.ts";
import { defineCommand } from "../rules/command.ts";
import { describeAutostart, toSchedule } from "../rules/workspace.ts";
import { plainLine } from "../rules/text.ts";
import { findWorkspace } from "./list.ts";

export const autostart = defineCommand({
  name: "autostart",
  summary: "Show or set the autostart schedule of a workspace",
  args: "NAME [SCHEDULE|off]",
  minArgs: 1,
  maxArgs: 2,
  details: [
    "SCHEDULE is a time of day with or without days (8:30, 8:30 MON-FRI), or five cron fields (30 8 * * 1-5).",
    "A workspace that is running at that time is not restarted.",
  ],
  examples: [
    'belfry workspaces autostart web "8:30 MON-FRI" --timezone Europe/Berlin',
    "belfry workspaces autostart web",
    "belfry workspaces autostart web off",
  ],
  options: {
    timezone: {
      type: "string",
      value: "ZONE",
      text: "time zone like Europe/Berlin (default: of this machine)",
    },
  },
  async run(context, { options, args: [name = "", wanted] }) {
    const client = context.client();
    const { id } = await findWorkspace(client, name);
    if (wanted !== undefined) {
      const zone = options.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
      const schedule = wanted.toLowerCase() === "off" ? null : toSchedule(wanted, zone);
      if (schedule === undefined)
        throw new Failure(
          exit.usage,
          `SCHEDULE: "${wanted}" is invalid, use a time like "8:30 MON-FRI", or five cron fields like "30 8 * * 1-5"`,
        );
      await client.ask((routes) =>
        routes.workspaces[":id"].autostart.$put({ param: { id }, json: { schedule } }),
      );
    }
    const workspace = await client.ask((routes) =>
      routes.workspaces[":id"].$get({ param: { id }, query: {} }),
    );
    context.log(plainLine(`Autostart of ${workspace.name}: ${describeAutostart(workspace)}`));
  },
});

export const autoupdate = defineCommand({
  name: "autoupdate",
  summary: "Set whether an autostart updates a workspace to the active version",
  args: "NAME always|never",
  minArgs: 2,
  examples: ["belfry workspaces autoupdate web always"],
  options: {},
  async run(context, { args: [name = "", wanted = ""] }) {
    const updates = requireOneOf("always|never", wanted, ["always", "never"]);
    const client = context.client();
    const { id, name: known } = await findWorkspace(client, name);
    await client.ask((routes) =>
      routes.workspaces[":id"].autoupdates.$put({ param: { id }, json: { automatic_updates: updates } }),
    );
    const version = updates === "always" ? "the template's active version" : "its current version";
    context.log(plainLine(`Automatic updates of ${known}: ${updates}. An autostart uses ${version}.`));
  },
});
