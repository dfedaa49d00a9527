// belfry notifications pause and resume: the switch for everybody.
import type { Context } from "../context.ts";
import { defineCommand } from "../rules/command.ts";

export const pause = defineCommand({
  name: "pause",
  summary: "Hold all notifications back, for everybody (owners only)",
  details: ["What is sent meanwhile is kept and goes out after: belfry notifications resume"],
  examples: ["belfry notifications pause"],
  options: {},
  run: (context) =>
    setPaused(context, true, "Notifications are paused. To let them out: belfry notifications resume"),
});

export const resume = defineCommand({
  name: "resume",
  summary: "Send notifications again, first those that were held back (owners only)",
  examples: ["belfry notifications resume"],
  options: {},
  run: (context) => setPaused(context, false, "Notifications are sent again."),
});

/** Being so already is a success. */
async function setPaused(context: Context, paused: boolean, done: string): Promise<void> {
  await context
    .client()
    .ask((routes) => routes.notifications.settings.$put({ json: { notifier_paused: paused } }));
  context.say(done);
}
