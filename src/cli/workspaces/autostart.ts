// belfry workspaces autostart and autoupdate: what a workspace does by itself.
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { autostartWords, scheduleOf } from "../rules/workspace.ts";
import { plainLine } from "../rules/text.ts";
import { findWorkspace } from "./list.ts";

export const autostart = defineCommand({
  name: "autostart",
  summary: "Say when a workspace starts by itself, or see it",
  takes: "NAME [SCHEDULE|off]",
  least: 1,
  most: 2,
  details: [
    "",
    "SCHEDULE is a time of day with or without days (8:30, 8:30 MON-FRI), or cron's five fields (30 8 * * 1-5).",
    "A workspace that runs at that time is left as it is.",
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
      text: "a name like Europe/Berlin (this machine's when missing)",
    },
  },
  async run(context, { options, words: [name = "", wanted] }) {
    const client = context.client();
    const { id } = await findWorkspace(client, name);
    if (wanted !== undefined) {
      const zone = options.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
      const schedule = wanted.toLowerCase() === "off" ? null : scheduleOf(wanted, zone);
      await client.ask((routes) =>
        routes.workspaces[":id"].autostart.$put({ param: { id }, json: { schedule } }),
      );
    }
    const now = await client.ask((routes) => routes.workspaces[":id"].$get({ param: { id }, query: {} }));
    context.say(plainLine(`${now.name} ${autostartWords(now)}.`));
  },
});

export const autoupdate = defineCommand({
  name: "autoupdate",
  summary: "Say whether a workspace takes the active version when it starts by itself",
  takes: "NAME always|never",
  least: 2,
  examples: ["belfry workspaces autoupdate web always"],
  options: {},
  async run(context, { words: [name = "", wanted = ""] }) {
    if (wanted !== "always" && wanted !== "never")
      throw new Failure(exit.usage, `It must be always or never, not "${wanted}".`);
    const client = context.client();
    const { id, name: known } = await findWorkspace(client, name);
    await client.ask((routes) =>
      routes.workspaces[":id"].autoupdates.$put({ param: { id }, json: { automatic_updates: wanted } }),
    );
    const when = wanted === "always" ? "the active version" : "the version that it had";
    context.say(plainLine(`${known} takes ${when} when it starts by itself.`));
  },
});
