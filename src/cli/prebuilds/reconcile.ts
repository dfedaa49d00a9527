// belfry prebuilds reconcile: a pass over the pools, now.
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { pausedWords, showPass } from "./words.ts";

export const reconcile = defineCommand({
  name: "reconcile",
  summary: "Make a pass over the pools now, instead of waiting for the next one",
  details: ["What it would do, and why: belfry prebuilds plan"],
  examples: ["belfry prebuilds reconcile"],
  options: { ...outputOption },
  async run(context, { options }) {
    const pass = await context.client().ask((routes) => routes.prebuilds.reconcile.$post({ query: {} }));
    if (options.output === "json") return context.printJson(pass);
    if (pass.outcome === "paused")
      throw new Failure(exit.failed, pausedWords, "To go on: belfry prebuilds resume");
    showPass(context, pass);
  },
});
