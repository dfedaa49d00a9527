// belfry notifications test: does anything arrive?
import { defineCommand } from "../rules/command.ts";

export const test = defineCommand({
  name: "test",
  summary: "Send a test notification to yourself, by every way that is set up (owners only)",
  examples: ["belfry notifications test"],
  options: {},
  async run(context) {
    await context.client().ask((routes) => routes.notifications.test.$post());
    context.say(
      "A test notification is on its way to you. If it does not arrive, the server's log says why.",
    );
  },
});
