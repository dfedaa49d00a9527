// belfry prebuilds plan: what a pass over the pools would do now, and why.
import { defineCommand, outputOption } from "../rules/command.ts";
import { showPass } from "./words.ts";

export const plan = defineCommand({
  name: "plan",
  summary: "Say what a pass over the pools would do now and why, and change nothing",
  details: [
    "",
    "Below each pool: ! what can't be claimed yet, x what has failed, -> what a pass would do.",
    "To do it: belfry prebuilds reconcile",
  ],
  examples: ["belfry prebuilds plan", "belfry prebuilds plan --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const pass = await context
      .client()
      .ask((routes) => routes.prebuilds.reconcile.$post({ query: { dry_run: "true" } }));
    if (options.output === "json") return context.printJson(pass);
    showPass(context, pass);
  },
});
