// belfry preferences quiet-hours: when emails, browser notifications and chat messages wait.
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { formatTime } from "../rules/delivery-lines.ts";
import { formatRange, parseRange } from "../../notifications/preferences/rules/quiet-text.ts";
import type { QuietRange } from "../../notifications/preferences/rules/quiet-hours.ts";

const param = { user: "me" };

interface QuietHours {
  ranges: QuietRange[];
  critical_breaks_through: boolean;
  time_zone: string | null;
  quiet_until: string | null;
}

const read = (context: Context): Promise<QuietHours> =>
  context.client().ask((routes) => routes.users[":user"].notifications["quiet-hours"].$get({ param }));

export const zoneOption = {
  type: "string",
  value: "ZONE",
  text: "your time zone (default: the one in your settings, then this machine's)",
} as const;

/** The part of a request that sets it. */
export function zoneBody(given: string | undefined, stored: string | null): { time_zone?: string } {
  const local = stored === null ? new Intl.DateTimeFormat().resolvedOptions().timeZone : undefined;
  const zone = given ?? local;
  return zone === undefined ? {} : { time_zone: zone };
}

export const quietHours = defineCommand({
  name: "quiet-hours",
  summary: "Show or set when emails, browser notifications and chat messages wait",
  args: "[RANGE…]",
  maxArgs: Infinity,
  fields: { ranges: "RANGE", time_zone: "--timezone", critical_breaks_through: "--critical" },
  details: [
    'A RANGE is days and times, such as "mon-fri 22:00-07:00"; the end is not part of it. Days: mon to sun, daily, weekdays,',
    "weekends. A range that ends before it begins ends on the next day. The ranges given replace those before.",
    "Notifications wait until the end; the inbox doesn't wait, and what you have read there isn't sent any more.",
    "One-time passcodes and other notifications that protect your account never wait.",
  ],
  examples: [
    "belfry preferences quiet-hours",
    'belfry preferences quiet-hours "mon-fri 22:00-07:00" "weekends 23:00-09:00" --critical',
    'belfry preferences quiet-hours "daily 22:00-07:00" --timezone Europe/Berlin',
    "belfry preferences quiet-hours --off",
  ],
  options: {
    critical: { type: "boolean", text: "critical notifications don't wait" },
    timezone: zoneOption,
    off: { type: "boolean", text: "have no quiet hours" },
    ...outputOption,
  },
  async run(context, { options, args }) {
    if (options.off && args.length > 0) throw new Failure(exit.usage, "Use either RANGE or --off.");
    const isChange = options.off || args.length > 0;
    if (!isChange && (options.critical || options.timezone !== undefined))
      throw new Failure(exit.usage, `--${options.critical ? "critical" : "timezone"}: only with RANGE`);
    const ranges = args.map(requireRange);
    const before = await read(context);
    const after = isChange ? await write(context, before, ranges, options) : before;
    if (options.output === "json") context.printJson(after);
    else show(context, after);
  },
});

function requireRange(text: string): QuietRange {
  const range = parseRange(text);
  if (range !== undefined) return range;
  throw new Failure(exit.usage, `RANGE: "${text}" is invalid, use one like "mon-fri 22:00-07:00"`);
}

function write(
  context: Context,
  before: QuietHours,
  ranges: readonly QuietRange[],
  { critical, timezone }: { critical: boolean; timezone: string | undefined },
): Promise<QuietHours> {
  const json = {
    ranges: ranges.map(({ days, ...times }) => ({ days: [...days], ...times })),
    critical_breaks_through: critical,
    ...zoneBody(timezone, before.time_zone),
  };
  return context
    .client()
    .ask((routes) => routes.users[":user"].notifications["quiet-hours"].$put({ param, json }));
}

function show(context: Context, quiet: QuietHours): void {
  if (quiet.ranges.length === 0) return context.log("No quiet hours.");
  for (const range of quiet.ranges) context.print(formatRange(range));
  context.print(`Time zone: ${quiet.time_zone ?? "UTC"}`);
  context.print(
    quiet.critical_breaks_through
      ? "Critical notifications break through."
      : "Critical notifications wait, too.",
  );
  if (quiet.quiet_until !== null) context.print(`Quiet now, until ${formatTime(quiet.quiet_until)}.`);
}
