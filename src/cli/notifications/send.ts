// belfry notifications custom and test: sends a message, and with --wait reports the response of each channel.
import { setTimeout as sleep } from "node:timers/promises";
import { isatty } from "node:tty";
import type { Client, MessageWithAttempts } from "../../client.ts";
import {
  fitCustomText,
  maxMessageBytes,
  maxTitleBytes,
} from "../../notifications/outbox/rules/custom-text.ts";
import { askOnce } from "../calls.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { isOver, resultLine } from "../rules/delivery-lines.ts";
import { decodePiped, maxPipedBytes } from "../rules/text.ts";
import { parseLifetime } from "../rules/time.ts";
import { readRoles } from "../rules/user.ts";
import { readLog, readMessage } from "./deliveries.ts";

export const custom = defineCommand({
  name: "custom",
  aliases: ["send"],
  summary: "Send a notification of your own words, to yourself or, as an owner, to others",
  takes: "TITLE [MESSAGE]",
  least: 1,
  most: 2,
  details: [
    "",
    "MESSAGE is Markdown of at most 2000 bytes, TITLE has at most 120. With - or without MESSAGE it is read from",
    "standard input; then the end of a longer message and the start of a longer title are sent. The same text again",
    "within 60 seconds is refused.",
  ],
  examples: [
    `belfry notifications custom "Build done" "All 312 tests passed"`,
    `tail -n 20 build.log | belfry notifications custom "Build failed"`,
    `belfry notifications custom "Upgrade at six" "Save your work" --role owner --user grace`,
  ],
  options: {
    user: { type: "string", multiple: true, value: "NAME", text: "send to this user instead" },
    role: { type: "string", multiple: true, value: "ROLE", text: "send to all who have this role" },
  },
  async run(context, { options, words: [title = "", given] }) {
    if (given === undefined && isatty(0))
      throw new Failure(
        exit.usage,
        "The message is missing.",
        `Write: belfry notifications custom "${title}" "MESSAGE"`,
      );
    const verdict = readRoles(options.role);
    if (!verdict.ok) throw new Failure(exit.usage, verdict.problem);
    const client = context.client();
    const content =
      given === undefined || given === "-" ? await readContent(context, title) : { title, message: given };
    const recipients = {
      ...(options.user.length === 0 ? {} : { users: options.user }),
      ...(verdict.roles.length === 0 ? {} : { roles: verdict.roles }),
    };
    const toOthers = Object.keys(recipients).length > 0;
    const json = { content, ...(toOthers ? { recipients } : {}) };
    await askOnce(client, (routes, keyed) => routes.notifications.custom.$post({ json }, keyed));
    const names = [...options.user, ...options.role.map((role) => `everybody who is ${role}`)];
    context.say(`Sent to ${toOthers ? names.join(", ") : "you"}.`);
  },
});

/** What a script pipes is cut where it is too long, and that is said. */
async function readContent(context: Context, title: string): Promise<{ title: string; message: string }> {
  const { text, isUtf8 } = await readPiped();
  if (!isUtf8) context.say("Standard input is no UTF-8; it was read as Windows-1252.");
  const { truncated, ...content } = fitCustomText({ title, message: text });
  if (content.message === "") throw new Failure(exit.usage, "There is no message on standard input.");
  const cuts = { title: `its first ${maxTitleBytes}`, message: `its last ${maxMessageBytes}` };
  for (const part of truncated) context.say(`The ${part} was too long: ${cuts[part]} bytes are sent.`);
  return content;
}

async function readPiped() {
  let bytes = Buffer.alloc(0);
  let isWhole = true;
  for await (const chunk of process.stdin) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length <= maxPipedBytes) continue;
    bytes = bytes.subarray(-maxPipedBytes);
    isWhole = false;
  }
  return decodePiped(bytes, isWhole);
}

export const test = defineCommand({
  name: "test",
  summary: "Send a test notification to yourself, by every way that is set up (owners only)",
  details: [
    "",
    "With --wait it prints a line for each way with what came back, and fails when one of them did.",
  ],
  examples: [
    "belfry notifications test",
    "belfry notifications test --wait",
    "belfry notifications test --wait --user grace --timeout 2m",
  ],
  options: {
    wait: { type: "boolean", text: "wait for what comes of it" },
    user: { type: "string", value: "NAME", text: "send it to this user instead" },
    timeout: { type: "string", value: "TIME", text: "how long to wait: 30s, 2m (60s when missing)" },
    ...outputOption,
  },
  async run(context, { options }) {
    const timeout = parseLifetime(options.timeout ?? "60s");
    if (timeout === undefined)
      throw new Failure(exit.usage, `--timeout ${options.timeout} is no time.`, "Write it like 30s or 2m.");
    const client = context.client();
    const event = await sendTest(client, options.user);
    if (options.wait) return follow(context, client, { event, timeout, asJson: options.output === "json" });
    if (options.output === "json") return context.printJson({ event_id: event });
    context.say(
      `A test notification is on its way to ${options.user ?? "you"}. To see what comes of it: belfry notifications list --all`,
    );
  },
});

/** Answers the event's id. */
async function sendTest(client: Client, user: string | undefined): Promise<string> {
  let event: string | null = null;
  await askOnce(
    client,
    (routes, keyed) => routes.notifications.test.$post({ json: user === undefined ? {} : { user } }, keyed),
    (headers) => (event = headers.get("belfry-event-id")),
  );
  if (event === null)
    throw new Failure(exit.failed, "The test was sent, but this server doesn't say what becomes of it.");
  return event;
}

interface Following {
  event: string;
  /** Milliseconds. */
  timeout: number;
  asJson: boolean;
}

/** The exit code: 1 when a way has failed or did not end in time. */
async function follow(
  context: Context,
  client: Client,
  { event, timeout, asJson }: Following,
): Promise<number> {
  const told = new Map<string, MessageWithAttempts>();
  const until = performance.now() + timeout;
  for (let pause = 100; ; pause = Math.min(1_000, pause * 1.5)) {
    const messages = await readLog(client, { event }, () => false);
    for (const { id } of messages
      .toReversed()
      .filter((message) => isOver(message) && !told.has(message.id))) {
      const message = await readMessage(client, id);
      told.set(id, message);
      if (!asJson) context.print(resultLine(message));
    }
    const waiting = messages.filter(({ id }) => !told.has(id));
    const isPaused = waiting.some(({ reasons }) => reasons.includes("paused"));
    if (waiting.length === 0 || isPaused || performance.now() >= until) {
      const unfinished = await Promise.all(waiting.map(({ id }) => readMessage(client, id)));
      const all = [...told.values(), ...unfinished];
      if (asJson) context.printJson({ event_id: event, messages: all });
      for (const { method, target } of unfinished) {
        const way = [method, target].filter(Boolean).join(" ");
        context.say(isPaused ? `${way} is held back.` : `${way}: nothing came back in time.`);
      }
      if (isPaused) context.say("Notifications are paused. To let them out: belfry notifications resume");
      sayWhatIsMissing(context, all);
      return all.length > 0 && all.every(({ status }) => status === "sent") ? 0 : exit.failed;
    }
    await sleep(pause);
  }
}

function sayWhatIsMissing(context: Context, messages: MessageWithAttempts[]): void {
  const isOnlyInbox = messages.every(({ method }) => method === "inbox");
  const isChosen = messages.some(({ reasons }) => reasons.includes("template_method"));
  if (!isOnlyInbox) return;
  if (isChosen) return context.say("An owner has chosen the inbox as the only way for test notifications.");
  context.say(
    `${messages.length === 0 ? "No way is set up at all." : "No other way than the inbox is set up."} ` +
      "For mail set BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM, for a webhook BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.",
  );
}
