// Until when a notification is snoozed, in a person's time zone.
import { momentOf, wallTimeAt } from "../../../kernel/rules/wall-clock.ts";

export const snoozeChoices = ["hour", "tomorrow", "monday"] as const;
export type SnoozeChoice = (typeof snoozeChoices)[number];

const hourMs = 3_600_000;
const morning = { hour: 9, minute: 0 };

/** So that nothing disappears for ever. */
export const maxSnoozeMs = 366 * 24 * hourMs;

export function snoozeUntil(choice: SnoozeChoice, timeZone: string, now: number): number {
  if (choice === "hour") return now + hourMs;
  const today = wallTimeAt(timeZone, now);
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  const days = choice === "tomorrow" ? 1 : 7 - ((weekday + 6) % 7);
  return momentOf(timeZone, { ...today, ...morning, day: today.day + days });
}

/** A date and a time as a browser's field has them, `2026-11-30T09:00`; undefined for anything else. */
export function parseWallTime(text: string, timeZone: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?$/.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isDate = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  return isDate && hour < 24 && minute < 60
    ? momentOf(timeZone, { year, month, day, hour, minute })
    : undefined;
}

/** What is wrong with a time to snooze until, after the field's name; undefined if nothing is. */
export function snoozeProblem(until: number, now: number): string | undefined {
  if (until <= now) return "must be in the future";
  return until > now + maxSnoozeMs ? "must be within a year" : undefined;
}
