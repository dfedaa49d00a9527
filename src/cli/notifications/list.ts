// belfry notifications list: the inbox, newest first.
import { exit, Failure } from "../failure.ts";
import { readInbox } from "../inbox.ts";
import { defineCommand, outputOption } from "../rules/command.ts";

const usualLimit = 20;

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "Show your inbox, newest first; * marks what is unread",
  examples: [
    "belfry notifications list",
    "belfry notifications list --unread --all",
    "belfry notifications list --limit 5 --output json",
  ],
  options: {
    unread: { type: "boolean", text: "only unread ones" },
    limit: { type: "string", value: "N", text: `at most so many (${usualLimit} when missing)` },
    all: { type: "boolean", text: "without a limit" },
    ...outputOption,
  },
  async run(context, { options }) {
    const limit = options.all ? Infinity : readLimit(options.limit);
    const found = await readInbox(
      context.client(),
      options.unread ? "unread" : "all",
      ({ length }) => length >= limit,
    );
    const notifications = found.notifications.slice(0, limit);
    if (options.output === "json") return context.printJson({ ...found, notifications });
    if (notifications.length === 0)
      return context.say(options.unread ? "Nothing is unread." : "Your inbox is empty.");
    // Loaded here: Markdown takes longer to load than all the rest, and no other command needs it.
    const { inboxLines, shortId } = await import("../rules/inbox-lines.ts");
    const style = { bold: context.bold, dim: context.dim, columns: context.columns, now: context.now() };
    for (const item of notifications) for (const line of inboxLines(item, style)) context.print(line);
    const firstUnread = notifications.find(({ read_at }) => read_at === null);
    if (firstUnread === undefined) return;
    context.say(
      `\n${found.unread_count} unread. Mark as read: belfry notifications read ${shortId(firstUnread.id)}, or --all`,
    );
  },
});

function readLimit(text: string | undefined): number {
  if (text === undefined) return usualLimit;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure(exit.usage, `--limit ${text} is no number from 1 on.`, "To see everything: --all");
}
