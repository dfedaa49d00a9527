// belfry notifications explain: the whole story of one delivery.
import type { Client, MessageWithAttempts } from "../../client.ts";
import { ClientError } from "../../client.ts";
import { fullMessageId, readMessage } from "../delivery-log.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { storyLines } from "../rules/message-lines.ts";

export const explain = defineCommand({
  name: "explain",
  summary: "Say why a notification went to somebody by some way, or why not, and what came of each try",
  takes: "ID",
  least: 1,
  details: ["", "ID is one that this shows, whole or its end: belfry notifications list --all"],
  examples: ["belfry notifications explain 3f9c02d1"],
  options: outputOption,
  async run(context, { options, words: [word = ""] }) {
    const client = context.client();
    const message = await readMessage(client, await fullMessageId(client, word));
    if (options.output === "json") return context.printJson(message);
    const [settings, madeBy] = await Promise.all([
      client.ask((routes) => routes.notifications.settings.$get()),
      nameMaker(client, message),
    ]);
    const story = { paused: settings.notifier_paused, madeBy, now: context.now(), bold: context.bold };
    for (const line of storyLines(message, story)) context.print(line);
  },
});

/** A user's id becomes a name where the caller may see who that is. */
async function nameMaker(client: Client, { created_by, user }: MessageWithAttempts): Promise<string> {
  if (created_by === user.id) return user.username;
  if (!/^[0-9a-f-]{36}$/.test(created_by)) return created_by;
  try {
    const maker = await client.ask((routes) => routes.users[":user"].$get({ param: { user: created_by } }));
    return maker.username;
  } catch (error) {
    if (error instanceof ClientError && error.isBelfry) return `the user ${created_by}`;
    throw error;
  }
}
