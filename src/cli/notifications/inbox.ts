// belfry notifications list and read: the inbox, most recent first.
import { type Client, type InboxNotification, segment } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { statusNames } from "../rules/delivery-lines.ts";
import { shortId } from "../rules/names.ts";
import { showLog } from "./deliveries.ts";

const usualLimit = 20;

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "Show your inbox, newest first; * marks what is unread",
  details: [
    "",
    "With --all: the delivery log, what went to whom by which way and what became of it. Owners see everybody's.",
  ],
  examples: [
    "belfry notifications list",
    "belfry notifications list --unread --limit all",
    "belfry notifications list --all --status failed",
    "belfry notifications list --all --user grace --template custom-notification",
  ],
  options: {
    unread: { type: "boolean", text: "only unread ones" },
    limit: { type: "string", value: "N|all", text: `at most so many (${usualLimit} when missing)` },
    all: { type: "boolean", text: "show the delivery log" },
    status: {
      type: "string",
      value: "STATUS",
      text: `of the log only what is ${Object.keys(statusNames).join(", ")}`,
    },
    template: { type: "string", value: "NAME", text: "of the log only this kind, by its name or id" },
    user: { type: "string", value: "NAME", text: "of the log only what went to this user" },
    ...outputOption,
  },
  async run(context, { options }) {
    const limit = readLimit(options.limit);
    const { unread, all, status, template, user } = options;
    const asJson = options.output === "json";
    if (all) {
      if (unread)
        throw new Failure(exit.usage, "--unread is about your inbox, --all about the delivery log.");
      return showLog(context, { status, template, user }, limit, asJson);
    }
    const narrowed = Object.entries({ status, template, user }).find(([, value]) => value !== undefined);
    if (narrowed !== undefined)
      throw new Failure(exit.usage, `--${narrowed[0]} goes with --all, the delivery log.`);
    return showInbox(context, unread, limit, asJson);
  },
});

async function showInbox(context: Context, unread: boolean, limit: number, asJson: boolean): Promise<void> {
  const found = await readInbox(context.client(), unread ? "unread" : "all", ({ length }) => length >= limit);
  const notifications = found.notifications.slice(0, limit);
  if (asJson) return context.printJson({ ...found, notifications });
  if (notifications.length === 0) return context.say(unread ? "Nothing is unread." : "Your inbox is empty.");
  // Loaded here: Markdown takes longer to load than all the rest, and no other command needs it.
  const { inboxLines } = await import("../rules/inbox-lines.ts");
  const style = { bold: context.bold, dim: context.dim, columns: context.columns, now: context.now() };
  for (const item of notifications) for (const line of inboxLines(item, style)) context.print(line);
  const firstUnread = notifications.find(({ read_at }) => read_at === null);
  if (firstUnread === undefined) return;
  context.say(
    `\n${found.unread_count} unread. Mark as read: belfry notifications read ${shortId(firstUnread.id)}, or --all`,
  );
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return usualLimit;
  if (text === "all") return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure(exit.usage, `--limit ${text} is no number from 1 on.`, "To see everything: --limit all");
}

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

export interface Inbox {
  notifications: InboxNotification[];
  unread_count: number;
}

/** The newest ones until `enough` says so; it sees what is there after each page. */
export async function readInbox(
  client: Client,
  readStatus: "all" | "unread",
  enough: (notifications: InboxNotification[]) => boolean,
): Promise<Inbox> {
  const notifications: InboxNotification[] = [];
  for (;;) {
    const last = notifications.at(-1);
    const query = {
      read_status: readStatus,
      ...(last === undefined ? {} : { starting_before: last.id }),
    };
    const page = await client.ask((routes) => routes.notifications.inbox.$get({ query }));
    notifications.push(...page.notifications);
    if (page.notifications.length === 0 || enough(notifications))
      return { notifications, unread_count: page.unread_count };
  }
}
