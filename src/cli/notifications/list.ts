// belfry notifications list: the inbox, newest first; with --all the delivery log.
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { readInbox } from "../inbox.ts";
import { readLog } from "../delivery-log.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { logHeadings, logRow, readStatus, statusNames, type Status } from "../rules/message-lines.ts";
import { shortId } from "../rules/short-id.ts";
import { table } from "../rules/table.ts";
import { cutToColumns } from "../rules/text.ts";
import { findTemplate } from "../templates.ts";

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
      return showLog(context, { status: statusOf(status), template, user }, limit, asJson);
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

interface Narrowed {
  status: Status | undefined;
  template: string | undefined;
  user: string | undefined;
}

async function showLog(
  context: Context,
  { status, template, user }: Narrowed,
  limit: number,
  asJson: boolean,
): Promise<void> {
  const client = context.client();
  const kind = template === undefined ? undefined : await findTemplate(client, template);
  const filter = {
    ...(status === undefined ? {} : { status }),
    ...(kind === undefined ? {} : { template: kind.id }),
    ...(user === undefined ? {} : { user }),
  };
  const messages = await readLog(client, filter, ({ length }) => length >= limit);
  const shown = messages.slice(0, limit);
  if (asJson) return context.printJson({ messages: shown });
  if (shown.length === 0) return context.say("The delivery log has nothing like that.");
  const rows = shown.map((message) => logRow(message, context.now()));
  const [headings, ...lines] = table(logHeadings, rows);
  context.print(context.bold(headings!));
  for (const line of lines)
    context.print(context.columns === undefined ? line : cutToColumns(line, context.columns));
  context.say(`\nThe whole story of one: belfry notifications explain ${shortId(shown[0]!.id)}`);
}

function statusOf(text: string | undefined): Status | undefined {
  if (text === undefined) return undefined;
  const status = readStatus(text);
  if (status !== undefined) return status;
  throw new Failure(
    exit.usage,
    `There is no status "${text}".`,
    `It must be one of ${Object.keys(statusNames).join(", ")}.`,
  );
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return usualLimit;
  if (text === "all") return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Failure(exit.usage, `--limit ${text} is no number from 1 on.`, "To see everything: --limit all");
}
