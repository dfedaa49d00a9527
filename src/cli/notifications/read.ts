// belfry notifications read: marks notifications as read.
import { segment, type Client } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { readInbox } from "../inbox.ts";
import { defineCommand } from "../rules/command.ts";

export const read = defineCommand({
  name: "read",
  summary: "Mark notifications as read, by the ids that list shows, or all of them",
  takes: "ID… | --all",
  most: Infinity,
  examples: ["belfry notifications read 3f9c02d1", "belfry notifications read --all"],
  options: { all: { type: "boolean", text: "all of them" } },
  async run(context, { options, words }) {
    if (options.all === words.length > 0)
      throw new Failure(
        exit.usage,
        "Say which: some ids, or --all.",
        "To see them: belfry notifications list",
      );
    const client = context.client();
    if (options.all) {
      await client.ask((routes) => routes.notifications.inbox["mark-all-as-read"].$put());
      context.say("All of your notifications are read.");
      return;
    }
    const ids = await fullIds(client, words);
    let unread = 0;
    for (const id of ids) {
      const answer = await client.ask((routes) =>
        routes.notifications.inbox[":id"]["read-status"].$put({
          param: { id: segment(id) },
          json: { is_read: true },
        }),
      );
      unread = answer.unread_count;
    }
    context.say(
      `Marked ${ids.length === 1 ? "1 notification" : `${ids.length} notifications`} as read, ${unread} unread left.`,
    );
  },
});

/** A whole id is taken as it is; the end of one is looked for in the inbox. */
async function fullIds(client: Client, words: string[]): Promise<string[]> {
  const ends = words.filter((word) => word.length < 36).map((word) => word.toLowerCase());
  const tooShort = ends.find((end) => !/^[0-9a-f-]{4,}$/.test(end));
  if (tooShort !== undefined)
    throw new Failure(exit.usage, `"${tooShort}" is no id.`, "To see them: belfry notifications list");
  if (ends.length === 0) return words;
  const { notifications } = await readInbox(client, "all", (items) =>
    ends.every((end) => items.some(({ id }) => id.endsWith(end))),
  );
  return words.map((word) => {
    const matches = notifications.filter(({ id }) => id.endsWith(word.toLowerCase()));
    if (word.length >= 36) return word;
    if (matches.length === 1) return matches[0]!.id;
    throw new Failure(
      exit.failed,
      matches.length === 0
        ? `There is no notification ${word} in your inbox.`
        : `${matches.length} notifications end in ${word}. Give more of the id.`,
      "Nothing was changed. To see them: belfry notifications list",
    );
  });
}
