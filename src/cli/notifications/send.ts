// belfry notifications custom and test: sends a message, and with --wait reports the response of each channel.
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, MessageWithAttempts } from "../../client.ts";
import {
  fitCustomText,
  maxMessageBytes,
  maxTitleBytes,
} from "../../notifications/outbox/rules/custom-text.ts";
import { createOnce, type Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { requireDuration, requireRoles } from "../inputs.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { isOver, resultLine } from "../rules/delivery-lines.ts";
import { decodePiped, maxPipedBytes } from "../rules/text.ts";
import type { Terminal } from "../terminal.ts";
import { readLog, readMessage } from "./deliveries.ts";

export const custom = defineCommand({
  name: "custom",
  aliases: ["send"],
  summary: "Send a custom notification to yourself or, with the owner role, to others",
  args: "TITLE [MESSAGE]",
  minArgs: 1,
  maxArgs: 2,
  details: [
    "TITLE has at most 120 bytes, MESSAGE (Markdown) at most 2000. If MESSAGE is - or omitted, it is read from standard",
    "input. Then text that is too long is cut, not rejected: a title keeps its beginning, a message its end.",
    "An identical notification is rejected for 60 seconds after the first.",
  ],
  examples: [
    `belfry notifications custom "Build done" "All 312 tests passed"`,
    `tail -n 20 build.log | belfry notifications custom "Build failed"`,
    `belfry notifications custom "Upgrade at six" "Save your work" --role owner --user grace`,
  ],
  fields: { "recipients.users": "--user", "recipients.roles": "--role" },
  options: {
    user: {
      type: "string",
      multiple: true,
      value: "NAME",
      text: "send to this user instead of yourself; adds to --role",
    },
    role: {
      type: "string",
      multiple: true,
      value: "ROLE",
      text: "send to all users with this role instead of yourself; adds to --user",
    },
  },
  async run(context, { options, args: [title = "", given] }) {
    if (given === undefined && context.terminal.stdin.isTTY === true)
      throw new Failure(
        exit.usage,
        "MESSAGE: missing",
        `For example: belfry notifications custom "${title}" "All 312 tests passed"`,
      );
    const roles = requireRoles(options.role);
    const client = context.client();
    const content =
      given === undefined || given === "-" ? await readContent(context, title) : { title, message: given };
    const recipients = {
      ...(options.user.length === 0 ? {} : { users: options.user }),
      ...(roles.length === 0 ? {} : { roles }),
    };
    const toOthers = Object.keys(recipients).length > 0;
    const json = { content, ...(toOthers ? { recipients } : {}) };
    let isPaused = false;
    await createOnce(
      client,
      (routes, keyed) => routes.notifications.custom.$post({ json }, keyed),
      (headers) => (isPaused = headers.get("belfry-paused") !== null),
    );
    const names = [...options.user, ...options.role.map((role) => `all users with the role ${role}`)];
    const recipient = toOthers ? names.join(", ") : "you";
    context.log(
      isPaused
        ? `Not sent yet: notifications are paused. Yours will be sent to ${recipient} when they are resumed.`
        : `Sent to ${recipient}.`,
    );
  },
});

/** Piped text that is too long is truncated, with a message. */
async function readContent(context: Context, title: string): Promise<{ title: string; message: string }> {
  const { text, isUtf8 } = await readPiped(context.terminal);
  if (!isUtf8) context.log("Standard input is not UTF-8; reading it as Windows-1252.");
  const { truncated, ...content } = fitCustomText({ title, message: text });
  if (content.message === "")
    throw new Failure(
      exit.usage,
      "MESSAGE: missing",
      "Give it as the second argument, or pipe it in: echo TEXT | belfry notifications custom TITLE",
    );
  const cuts = { title: `first ${maxTitleBytes}`, message: `last ${maxMessageBytes}` };
  for (const field of truncated) context.log(`The ${field} is too long; sending its ${cuts[field]} bytes.`);
  return content;
}

async function readPiped({ stdin }: Terminal) {
  let bytes = Buffer.alloc(0);
  let isWhole = true;
  for await (const chunk of stdin) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length <= maxPipedBytes) continue;
    bytes = bytes.subarray(-maxPipedBytes);
    isWhole = false;
  }
  return decodePiped(bytes, isWhole);
}

export const test = defineCommand({
  name: "test",
  summary: "Send yourself a test notification on every configured channel (owner role only)",
  details: ["With --wait it prints the response of each channel. The exit code is 1 if a channel failed."],
  examples: [
    "belfry notifications test",
    "belfry notifications test --wait",
    "belfry notifications test --wait --user grace --timeout 2m",
  ],
  options: {
    wait: { type: "boolean", text: "wait for the responses" },
    user: { type: "string", value: "NAME", text: "send it to this user instead" },
    timeout: { type: "string", value: "TIME", text: "how long to wait: 30s, 2m (default 60s)" },
    ...outputOption,
  },
  async run(context, { options }) {
    const timeoutMs = requireDuration("--timeout", options.timeout ?? "60s", "30s or 2m");
    const client = context.client();
    const event = await sendTest(client, options.user);
    if (options.wait) return follow(context, client, { event, timeoutMs, asJson: options.output === "json" });
    if (options.output === "json") return context.printJson({ event_id: event });
    context.log(
      `Sent a test notification to ${options.user ?? "you"}. Results: belfry notifications list --all`,
    );
  },
});

/** Resolves with the event's id. */
async function sendTest(client: Client, user: string | undefined): Promise<string> {
  let event: string | null = null;
  await createOnce(
    client,
    (routes, keyed) => routes.notifications.test.$post({ json: user === undefined ? {} : { user } }, keyed),
    (headers) => (event = headers.get("belfry-event-id")),
  );
  if (event === null)
    throw new Failure(exit.failed, "The test was sent, but this server reports no results.");
  return event;
}

interface FollowOptions {
  event: string;
  timeoutMs: number;
  asJson: boolean;
}

/** Resolves with the exit code: 1 when a channel failed or gave no response in time. */
async function follow(
  context: Context,
  client: Client,
  { event, timeoutMs, asJson }: FollowOptions,
): Promise<number> {
  const results = new Map<string, MessageWithAttempts>();
  const until = performance.now() + timeoutMs;
  for (let delayMs = 100; ; delayMs = Math.min(1_000, delayMs * 1.5)) {
    const messages = await readLog(client, { event }, () => false);
    for (const { id } of messages
      .toReversed()
      .filter((message) => isOver(message) && !results.has(message.id))) {
      const message = await readMessage(client, id);
      results.set(id, message);
      if (!asJson) context.print(resultLine(message));
    }
    const waiting = messages.filter(({ id }) => !results.has(id));
    const isPaused = waiting.some(({ reasons }) => reasons.includes("paused"));
    if (waiting.length === 0 || isPaused || performance.now() >= until) {
      const unfinished = await Promise.all(waiting.map(({ id }) => readMessage(client, id)));
      const all = [...results.values(), ...unfinished];
      if (asJson) context.printJson({ event_id: event, messages: all });
      for (const { method, target } of unfinished) {
        const channel = [method, target].filter(Boolean).join(" ");
        context.log(isPaused ? `${channel}  paused` : `${channel}  no response in time`);
      }
      if (isPaused) context.log("Notifications are paused. Resume: belfry notifications resume");
      await logMissingChannels(context, client, all);
      return all.length > 0 && all.every(({ status }) => status === "sent") ? 0 : exit.failed;
    }
    await sleep(delayMs);
  }
}

/** Says how to configure other channels if only the inbox was used. */
async function logMissingChannels(
  context: Context,
  client: Client,
  messages: MessageWithAttempts[],
): Promise<void> {
  if (messages.some(({ method }) => method !== "inbox")) return;
  if (messages.some(({ reasons }) => reasons.includes("template_method")))
    return context.log("Test notifications are set to the inbox only.");
  const { channels } = await client.ask((routes) => routes.notifications["dispatch-methods"].$get());
  const missing = channels.filter(({ configured }) => !configured);
  if (missing.length === 0) return;
  context.log(
    messages.length === 0 ? "No channel is configured." : "No channel besides the inbox is configured.",
  );
  context.log("To configure one, set these environment variables of the server:");
  for (const { label, variables } of missing) context.log(`  ${label}: ${variables.join(", ")}`);
}
