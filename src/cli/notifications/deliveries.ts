// belfry notifications explain, pause and resume, and the delivery log.
import { type Client, ClientError, segment, type Message, type MessageWithAttempts } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import {
  logHeadings,
  logRow,
  readStatus,
  type Status,
  statusNames,
  detailLines,
} from "../rules/delivery-lines.ts";
import { isIdEnd, shortId } from "../rules/names.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate } from "./templates.ts";

export interface LogFilter {
  status?: Status;
  /** An id. */
  template?: string;
  user?: string;
  event?: string;
}

const pageSize = "200";

/** The newest messages, page after page until `isEnough`. */
export async function readLog(
  client: Client,
  filter: LogFilter,
  isEnough: (messages: Message[]) => boolean,
): Promise<Message[]> {
  const messages: Message[] = [];
  let before: string | null | undefined;
  while (before !== null) {
    const query = { ...filter, limit: pageSize, ...(before === undefined ? {} : { before }) };
    const page = await client.ask((routes) => routes.notifications.messages.$get({ query }));
    messages.push(...page.messages);
    before = isEnough(messages) ? null : page.next;
  }
  return messages;
}

/** `belfry notifications list --all`: the delivery log, newest first. */
export async function showLog(
  context: Context,
  { status, template, user }: Record<"status" | "template" | "user", string | undefined>,
  limit: number,
  asJson: boolean,
): Promise<void> {
  const client = context.client();
  const kind = template === undefined ? undefined : await findTemplate(client, template);
  const filter = {
    ...(status === undefined ? {} : { status: statusOf(status) }),
    ...(kind === undefined ? {} : { template: kind.id }),
    ...(user === undefined ? {} : { user }),
  };
  const messages = await readLog(client, filter, ({ length }) => length >= limit);
  const shown = messages.slice(0, limit);
  if (asJson) return context.printJson({ messages: shown });
  if (shown.length === 0) return context.log("No deliveries found.");
  const rows = shown.map((message) => logRow(message, context.now()));
  context.printTable(logHeadings, rows, { cut: true });
  context.log(`\nDetails: belfry notifications explain ${shortId(shown[0]!.id)}`);
}

function statusOf(text: string): Status {
  const status = readStatus(text);
  if (status !== undefined) return status;
  throw new Failure(
    exit.usage,
    `--status: "${text}" is invalid, use one of ${Object.keys(statusNames).join(", ")}`,
  );
}

export const readMessage = (client: Client, id: string): Promise<MessageWithAttempts> =>
  client.ask((routes) => routes.notifications.messages[":id"].$get({ param: { id } }));

/** The end of an id is searched for among so many messages. */
const maxSearched = 2_000;

/** A whole id is used as it is; the end of one is searched for in the log. */
export async function fullMessageId(client: Client, word: string): Promise<string> {
  const end = word.toLowerCase();
  if (!isIdEnd(end))
    throw new Failure(
      exit.usage,
      `ID: "${word}" is not a valid ID`,
      "List the delivery log: belfry notifications list --all",
    );
  if (end.length === 36) return end;
  const hasEnd = ({ id }: Message) => id.endsWith(end);
  const messages = await readLog(client, {}, (read) => read.some(hasEnd) || read.length >= maxSearched);
  const matches = messages.filter(hasEnd);
  if (matches.length === 1) return matches[0]!.id;
  throw new Failure(
    exit.failed,
    matches.length === 0
      ? `Delivery ${word} not found among the newest ${messages.length} of the delivery log.`
      : `${matches.length} deliveries end in ${word}. Use more of the ID.`,
    "List the delivery log: belfry notifications list --all",
  );
}

export const explain = defineCommand({
  name: "explain",
  summary: "Explain a delivery: why this recipient and channel, each attempt, and what happens next",
  args: "[ID]",
  maxArgs: 1,
  details: [
    "ID is a delivery's full ID or its last characters. To find it: belfry notifications list --all",
    "With --user: why this user was notified of the same event, or was not (owners and auditors only).",
  ],
  examples: [
    "belfry notifications explain 3f9c02d1",
    "belfry notifications explain 3f9c02d1 --user grace",
    "belfry notifications explain --event 01940000-0000-7000-8000-000000000004 --user grace",
  ],
  options: {
    event: { type: "string", value: "ID", text: "an event's full ID, in place of a delivery's; with --user" },
    user: { type: "string", value: "NAME", text: "explain why this user was notified, or was not" },
    ...outputOption,
  },
  async run(context, { options, args: [word] }) {
    const client = context.client();
    if ((word === undefined) === (options.event === undefined))
      throw new Failure(
        exit.usage,
        "Use the ID of a delivery, or --event ID. List deliveries: belfry notifications list --all",
      );
    if (options.event !== undefined && options.user === undefined)
      throw new Failure(exit.usage, "--event: also give --user NAME.");
    const message =
      word === undefined ? undefined : await readMessage(client, await fullMessageId(client, word));
    if (options.user !== undefined)
      return explainUser(
        context,
        options.event ?? message!.event_id,
        options.user,
        options.output === "json",
      );
    if (options.output === "json") return context.printJson(message);
    const [settings, createdBy] = await Promise.all([
      client.ask((routes) => routes.notifications.settings.$get()),
      findCreatorName(client, message!),
    ]);
    const story = { paused: settings.notifier_paused, createdBy, now: context.now(), bold: context.bold };
    for (const line of detailLines(message!, story)) context.print(line);
  },
});

/** Why somebody got an event, with their deliveries, or did not. */
async function explainUser(context: Context, id: string, user: string, asJson: boolean): Promise<void> {
  const answer = await context
    .client()
    .ask((routes) =>
      routes.notifications.events[":id"].recipients[":user"].$get({ param: { id, user: segment(user) } }),
    );
  if (asJson) return context.printJson(answer);
  const { explanation, messages, event, is_recipient } = answer;
  const outcome = is_recipient ? "is a recipient" : "is not a recipient";
  context.print(context.bold(plainLine(`${event.template.name}: ${answer.user.username} ${outcome}`)));
  context.print(plainLine(explanation));
  if (messages.length === 0) return;
  context.print("");
  context.printTable(
    logHeadings,
    messages.map((message) => logRow(message, context.now())),
    { cut: true },
  );
}

/** The username instead of an id, if the caller can read that user. */
async function findCreatorName(client: Client, { created_by, user }: MessageWithAttempts): Promise<string> {
  if (created_by === user.id) return user.username;
  if (!/^[0-9a-f-]{36}$/.test(created_by)) return created_by;
  try {
    const creator = await client.ask((routes) => routes.users[":user"].$get({ param: { user: created_by } }));
    return creator.username;
  } catch (error) {
    if (error instanceof ClientError && error.isBelfry) return `user ${created_by}`;
    throw error;
  }
}

export const pause = defineCommand({
  name: "pause",
  summary: "Pause notifications for all users (owner role only)",
  details: ["New notifications are kept and sent after belfry notifications resume."],
  examples: ["belfry notifications pause"],
  options: {},
  run: (context) =>
    setPaused(context, true, "Notifications are paused for all users. Resume: belfry notifications resume"),
});

export const resume = defineCommand({
  name: "resume",
  aliases: ["unpause"],
  summary: "Resume notifications; those kept during the pause are sent first (owner role only)",
  examples: ["belfry notifications resume"],
  options: {},
  run: (context) => setPaused(context, false, "Notifications are resumed for all users."),
});

/** Succeeds if it is so already. */
async function setPaused(context: Context, paused: boolean, done: string): Promise<void> {
  await context
    .client()
    .ask((routes) => routes.notifications.settings.$put({ json: { notifier_paused: paused } }));
  context.log(done);
}
