// belfry notifications list and read: the inbox, most recent first.
import { type Client, type InboxNotification, type Routes, segment } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { statusNames } from "../rules/delivery-lines.ts";
import { shortId } from "../rules/names.ts";
import { showLog } from "./deliveries.ts";

const defaultLimit = 20;

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List your inbox, newest first (* marks unread); with --all, all deliveries and their status",
  details: [
    "With --all: list the delivery log, with recipient, channel, status and response. Owners see all users.",
  ],
  examples: [
    "belfry notifications list",
    "belfry notifications list --unread --limit all",
    "belfry notifications list --all --status failed",
    "belfry notifications list --all --user grace --template custom-notification",
  ],
  options: {
    unread: { type: "boolean", text: "only unread notifications" },
    done: { type: "boolean", text: "list done notifications instead of the inbox" },
    snoozed: { type: "boolean", text: "list snoozed notifications instead of the inbox" },
    limit: { type: "string", value: "N|all", text: `maximum number to list (default ${defaultLimit})` },
    all: { type: "boolean", text: "list the delivery log" },
    status: {
      type: "string",
      value: "STATUS",
      text: `with --all: ${Object.keys(statusNames).join(", ")}`,
    },
    template: {
      type: "string",
      value: "NAME",
      text: "with --all: only this kind of notification, by name or ID",
    },
    user: { type: "string", value: "NAME", text: "with --all: notifications to this user" },
    ...outputOption,
  },
  async run(context, { options }) {
    const limit = readLimit(options.limit);
    const { unread, done, snoozed, all, status, template, user } = options;
    const asJson = options.output === "json";
    if (all) {
      const other = Object.entries({ unread, done, snoozed }).find(([, isOn]) => isOn);
      if (other !== undefined) throw new Failure(exit.usage, `--${other[0]} and --all can't be combined.`);
      return showLog(context, { status, template, user }, limit, asJson);
    }
    const logOnly = Object.entries({ status, template, user }).find(([, value]) => value !== undefined);
    if (logOnly !== undefined) throw new Failure(exit.usage, `--${logOnly[0]}: only with --all`);
    return showInbox(context, { unread, done, snoozed }, limit, asJson);
  },
});

async function showInbox(
  context: Context,
  { unread, done, snoozed }: { unread: boolean; done: boolean; snoozed: boolean },
  limit: number,
  asJson: boolean,
): Promise<void> {
  if (done && snoozed) throw new Failure(exit.usage, "--done and --snoozed can't be combined.");
  const filter = {
    read_status: unread ? "unread" : "all",
    done: done ? "true" : "false",
    snoozed: snoozed ? "true" : "false",
  } as const;
  const found = await readInbox(context.client(), filter, ({ length }) => length >= limit);
  const notifications = found.notifications.slice(0, limit);
  if (asJson) return context.printJson({ ...found, notifications });
  if (notifications.length === 0)
    return context.log(
      unread
        ? "No unread notifications."
        : snoozed
          ? "No snoozed notifications."
          : done
            ? "No done notifications."
            : "Your inbox is empty.",
    );
  // Loaded here, since Markdown takes longest to load and no other command needs it.
  const { inboxLines } = await import("../rules/inbox-lines.ts");
  const style = { bold: context.bold, dim: context.dim, columns: context.columns, now: context.now() };
  for (const item of notifications) for (const line of inboxLines(item, style)) context.print(line);
  const firstUnread = notifications.find(({ read_at }) => read_at === null);
  if (firstUnread === undefined) return;
  context.log(
    `\n${found.unread_count} unread. Mark one as read: belfry notifications read ${shortId(firstUnread.id)}; all: belfry notifications read --all`,
  );
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  if (text === "all") return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure(exit.usage, `--limit: "${text}" is invalid, use 1 or more, or "all"`);
}

export const show = defineCommand({
  name: "show",
  summary: "Show a notification of your inbox with its whole text",
  args: "ID",
  minArgs: 1,
  examples: ["belfry notifications show 3f9c02d1"],
  options: outputOption,
  async run(context, { options, args }) {
    const client = context.client();
    const [id] = await fullIds(client, args);
    const { notifications } = await readInbox(client, {}, (items) => items.some((item) => item.id === id));
    const item = notifications.find((one) => one.id === id);
    if (item === undefined)
      throw new Failure(exit.failed, `Notification ${id} not found in your inbox.`, listHint);
    if (options.output === "json") return context.printJson(item);
    const { inboxLines } = await import("../rules/inbox-lines.ts");
    const style = { bold: context.bold, dim: context.dim, columns: undefined, now: context.now() };
    for (const line of inboxLines(item, { ...style, isWhole: true })) context.print(line);
  },
});

const listHint = "List notifications: belfry notifications list";

const mark = {
  read: {
    one: (routes: Routes, id: string, is_read: boolean) =>
      routes.notifications.inbox[":id"]["read-status"].$put({ param: { id }, json: { is_read } }),
    all: (routes: Routes) => routes.notifications.inbox["mark-all-as-read"].$put(),
  },
  done: {
    one: (routes: Routes, id: string, is_done: boolean) =>
      routes.notifications.inbox[":id"]["done-status"].$put({ param: { id }, json: { is_done } }),
    all: (routes: Routes) => routes.notifications.inbox["mark-all-as-done"].$put(),
  },
};

const opposite = { read: "as unread", done: "as not done" } as const;

const defineMark = (name: keyof typeof mark, summary: string) =>
  defineCommand({
    name,
    summary,
    args: "ID… | --all",
    maxArgs: Infinity,
    examples: [
      `belfry notifications ${name} 3f9c02d1`,
      `belfry notifications ${name} --all`,
      `belfry notifications ${name} 3f9c02d1 --undo`,
    ],
    options: {
      all: { type: "boolean", text: `mark all notifications as ${name}` },
      undo: { type: "boolean", text: `mark the notifications ${opposite[name]}` },
    },
    async run(context, { options, args }) {
      if (options.all === args.length > 0)
        throw new Failure(exit.usage, "ID: use one or more IDs, or --all", listHint);
      if (options.all && options.undo) throw new Failure(exit.usage, "--undo: only with ID", listHint);
      const client = context.client();
      if (options.all) {
        await client.ask((routes) => mark[name].all(routes));
        context.log(`Marked all notifications as ${name}.`);
        return;
      }
      const ids = await fullIds(client, args, options.undo && name === "done" ? { done: "true" } : {});
      let unread = 0;
      for (const id of ids) {
        const answer = await client.ask((routes) => mark[name].one(routes, segment(id), !options.undo));
        unread = answer.unread_count;
      }
      const marked = ids.length === 1 ? "1 notification" : `${ids.length} notifications`;
      context.log(`Marked ${marked} ${options.undo ? opposite[name] : `as ${name}`}; ${unread} unread.`);
    },
  });

export const read = defineMark("read", "Mark notifications as read");
export const done = defineMark("done", "Mark notifications as done: they leave the inbox");

/** A whole id is used as it is; the end of one is searched for in the inbox. */
export async function fullIds(client: Client, words: string[], filter: InboxQuery = {}): Promise<string[]> {
  const ends = words.filter((word) => word.length < 36).map((word) => word.toLowerCase());
  const tooShort = ends.find((end) => !/^[0-9a-f-]{4,}$/.test(end));
  if (tooShort !== undefined) throw new Failure(exit.usage, `ID: "${tooShort}" is not a valid ID`, listHint);
  if (ends.length === 0) return words;
  const { notifications } = await readInbox(client, filter, (items) =>
    ends.every((end) => items.some(({ id }) => id.endsWith(end))),
  );
  return words.map((word) => {
    const matches = notifications.filter(({ id }) => id.endsWith(word.toLowerCase()));
    if (word.length >= 36) return word;
    if (matches.length === 1) return matches[0]!.id;
    const list = filter.snoozed === "true" ? "snoozed" : filter.done === "true" ? "done" : undefined;
    const place = list === undefined ? "in your inbox" : `among your ${list} ones`;
    throw new Failure(
      exit.failed,
      matches.length === 0
        ? `Notification ${word} not found ${place}.`
        : `${matches.length} notifications end in ${word}. Use more of the ID.`,
      `List notifications: belfry notifications list${list === undefined ? "" : ` --${list}`}`,
    );
  });
}

interface InboxQuery {
  read_status?: "all" | "unread";
  done?: "true" | "false";
  snoozed?: "true" | "false";
}

export interface Inbox {
  notifications: InboxNotification[];
  unread_count: number;
}

/** The newest notifications, page after page until `isEnough`. */
export async function readInbox(
  client: Client,
  filter: InboxQuery,
  isEnough: (notifications: InboxNotification[]) => boolean,
): Promise<Inbox> {
  const notifications: InboxNotification[] = [];
  for (;;) {
    const last = notifications.at(-1);
    const query = {
      ...filter,
      ...(last === undefined ? {} : { starting_before: last.id }),
    };
    const page = await client.ask((routes) => routes.notifications.inbox.$get({ query }));
    notifications.push(...page.notifications);
    if (page.notifications.length === 0 || isEnough(notifications))
      return { notifications, unread_count: page.unread_count };
  }
}
