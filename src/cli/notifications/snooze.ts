// belfry notifications snooze: out of the inbox until a time.
import { segment } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { readSnoozeTime } from "../rules/snooze.ts";
import { fullIds } from "./inbox.ts";

export const snooze = defineCommand({
  name: "snooze",
  summary: "Snooze notifications: they leave the inbox until a time, then come back unread and on top",
  args: "ID…",
  minArgs: 1,
  maxArgs: Infinity,
  details: [
    "Times are in the time zone of this machine. To end a snooze: belfry notifications snooze ID --off",
  ],
  examples: [
    "belfry notifications snooze 3f9c02d1 --for 1h",
    "belfry notifications snooze 3f9c02d1 --until tomorrow",
    'belfry notifications snooze 3f9c02d1 --until "2026-11-30 14:00"',
  ],
  options: {
    for: { type: "string", value: "DURATION", text: "how long: 30m, 1h, 2d" },
    until: {
      type: "string",
      value: "TIME",
      text: "tomorrow or monday (at 9:00), or a date and a time: 2026-11-30 14:00",
    },
    off: { type: "boolean", text: "move back to the inbox now" },
  },
  async run(context, { options, args }) {
    const until = options.off ? null : readTime(options, context.now());
    if (options.off && (options.for ?? options.until) !== undefined)
      throw new Failure(exit.usage, "--off can't be combined with --for or --until.");
    const client = context.client();
    const ids = await fullIds(client, args, options.off ? { snoozed: "true" } : {});
    for (const id of ids) {
      await client.ask((routes) =>
        routes.notifications.inbox[":id"]["snooze-status"].$put({
          param: { id: segment(id) },
          json: { snoozed_until: until === null ? null : new Date(until).toISOString() },
        }),
      );
    }
    const what = ids.length === 1 ? "1 notification" : `${ids.length} notifications`;
    context.log(
      until === null
        ? `Moved ${what} back to the inbox.`
        : `Snoozed ${what} until ${formatTime(until)}. List them: belfry notifications list --snoozed`,
    );
  },
});

const localZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

function readTime(options: { for?: string | undefined; until?: string | undefined }, now: number): number {
  const time = readSnoozeTime(options, localZone(), now);
  if (!time.ok) throw new Failure(exit.usage, time.problem);
  return time.until;
}

const formatTime = (at: number): string =>
  new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(at);
