// belfry notifications retry: puts a delivery that has failed for good back into the queue.
import { fullMessageId } from "../delivery-log.ts";
import { defineCommand } from "../rules/command.ts";
import { shortId } from "../rules/short-id.ts";

export const retry = defineCommand({
  name: "retry",
  summary: "Send a notification that has failed for good once more (owners only)",
  takes: "ID",
  least: 1,
  details: [
    "",
    "ID is one that this shows, whole or its end: belfry notifications list --all --status failed",
  ],
  examples: ["belfry notifications retry 3f9c02d1"],
  options: {},
  async run(context, { words: [word = ""] }) {
    const client = context.client();
    const id = await fullMessageId(client, word);
    const message = await client.ask((routes) =>
      routes.notifications.messages[":id"].retry.$post({ param: { id } }),
    );
    context.say(
      `On its way to ${message.user.username} by ${message.method} once more. What becomes of it: belfry notifications explain ${shortId(id)}`,
    );
  },
});
