// belfry notifications test: sends a message, and with --wait reports the response of each channel.
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, MessageWithAttempts } from "../../client.ts";
import { createOnce, type Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { requireDuration } from "../inputs.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { isOver, resultLine } from "../rules/delivery-lines.ts";
import { readLog, readMessage } from "./deliveries.ts";

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
