// belfry notifications explain, retry, pause and resume, and the delivery log that they and `list --all` read.
import { type Client, ClientError, type Message, type MessageWithAttempts } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import {
  logHeadings,
  logRow,
  readStatus,
  type Status,
  statusNames,
  storyLines,
} from "../rules/delivery-lines.ts";
import { isIdEnd, shortId } from "../rules/names.ts";
import { findTemplate } from "./templates.ts";

export interface LogFilter {
  status?: Status;
  /** An id. */
  template?: string;
  user?: string;
  event?: string;
}

const pageSize = "200";

/** The newest ones until `enough` says so; it sees what is there after each page. */
export async function readLog(
  client: Client,
  filter: LogFilter,
  enough: (messages: Message[]) => boolean,
): Promise<Message[]> {
  const messages: Message[] = [];
  let before: string | null | undefined;
  while (before !== null) {
    const query = { ...filter, limit: pageSize, ...(before === undefined ? {} : { before }) };
    const page = await client.ask((routes) => routes.notifications.messages.$get({ query }));
    messages.push(...page.messages);
    before = enough(messages) ? null : page.next;
  }
  return messages;
}

/** The delivery log, most recent first; `belfry notifications list --all`. */
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
  if (shown.length === 0) return context.say("The delivery log has nothing like that.");
  const rows = shown.map((message) => logRow(message, context.now()));
  context.printTable(logHeadings, rows, { cut: true });
  context.say(`\nThe whole story of one: belfry notifications explain ${shortId(shown[0]!.id)}`);
}

function statusOf(text: string): Status {
  const status = readStatus(text);
  if (status !== undefined) return status;
  throw new Failure(
    exit.usage,
    `There is no status "${text}".`,
    `It must be one of ${Object.keys(statusNames).join(", ")}.`,
  );
}

export const readMessage = (client: Client, id: string): Promise<MessageWithAttempts> =>
  client.ask((routes) => routes.notifications.messages[":id"].$get({ param: { id } }));

/** Messages among which the end of an id is looked for. */
const reach = 2_000;

/** A whole id is taken as it is. */
export async function fullMessageId(client: Client, word: string): Promise<string> {
  const end = word.toLowerCase();
  if (!isIdEnd(end))
    throw new Failure(exit.usage, `"${word}" is no id.`, "To see them: belfry notifications list --all");
  if (end.length === 36) return end;
  const isMeant = ({ id }: Message) => id.endsWith(end);
  const messages = await readLog(client, {}, (read) => read.some(isMeant) || read.length >= reach);
  const matches = messages.filter(isMeant);
  if (matches.length === 1) return matches[0]!.id;
  throw new Failure(
    exit.failed,
    matches.length === 0
      ? `There is no message ${word} among the newest ${messages.length} of the delivery log.`
      : `${matches.length} messages end in ${word}. Give more of the id.`,
    "To see them: belfry notifications list --all",
  );
}

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
