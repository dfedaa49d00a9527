// belfry prebuilds list: the pools and how they do.
import { defineCommand, outputOption } from "../rules/command.ts";
import { isPresent } from "../../prebuilds/reconcile/rules/pool-words.ts";
import { poolLines } from "../rules/pool-lines.ts";
import { noPools, pausedWords } from "./words.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "Show how many workspaces each pool wants, has, and can give away",
  examples: ["belfry prebuilds list", "belfry prebuilds list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const client = context.client();
    const [all, settings] = await Promise.all([
      client.ask((routes) => routes.prebuilds.presets.$get()),
      client.ask((routes) => routes.prebuilds.settings.$get()),
    ]);
    if (options.output === "json") return context.printJson(all);
    const pools = all.filter((pool) => isPresent(pool));
    if (settings.reconciliation_paused) context.say(pausedWords);
    if (pools.length === 0) return context.say(noPools);
    const { columns, bold } = context;
    for (const line of poolLines(pools, { now: context.now(), columns, bold })) context.print(line);
  },
});
