// Until when `belfry notifications snooze` snoozes.
import { parseWallTime, snoozeChoices, snoozeUntil } from "../../notifications/inbox/rules/snooze.ts";
import { parseDuration } from "../../kernel/rules/duration.ts";

export type SnoozeTime = { ok: true; until: number } | { ok: false; problem: string };

const wrong = (problem: string): SnoozeTime => ({ ok: false, problem });
const withZone = /(?:Z|[+-]\d\d:\d\d)$/;

/** `--for` is a duration, `--until` a day's name or a time by the clock of this zone. */
export function readSnoozeTime(
  options: { for?: string | undefined; until?: string | undefined },
  timeZone: string,
  now: number,
): SnoozeTime {
  const { for: span, until } = options;
  if ((span === undefined) === (until === undefined)) return wrong("Use either --for or --until.");
  if (span !== undefined) {
    const length = parseDuration(span);
    if (length === undefined) return wrong(`--for: "${span}" is not a duration, use 30m, 1h or 2d`);
    return { ok: true, until: now + length };
  }
  const choice = snoozeChoices.find((one) => one === until && one !== "hour");
  if (choice !== undefined) return { ok: true, until: snoozeUntil(choice, timeZone, now) };
  const at = withZone.test(until!) ? Date.parse(until!) : parseWallTime(until!, timeZone);
  if (at === undefined || Number.isNaN(at))
    return wrong(`--until: "${until}" is not a time, use "2026-11-30 09:00", tomorrow or monday`);
  return { ok: true, until: at };
}
