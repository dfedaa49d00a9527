// belfry builds wait: until a build has ended; the exit code says how.
import { segment } from "../../client.ts";
import { defineCommand } from "../rules/command.ts";
import { waitForBuild } from "./follow.ts";

export const wait = defineCommand({
  name: "wait",
  summary: "Wait until a build has ended: 0 when it succeeded, 1 when it failed or was canceled",
  takes: "ID",
  least: 1,
  examples: ["belfry builds wait 0199a0b1-5c3f-7222-8333-444444444444"],
  options: { quiet: { type: "boolean", short: "q", text: "don't show the log" } },
  run: (context, { options, words: [id = ""] }) =>
    waitForBuild(context, context.client(), segment(id), { log: !options.quiet }),
});
