// Quiet hours: when emails, browser notifications and chat messages to a person wait. What counts is what the clock on their
// wall shows: where clocks are put forward or back, quiet hours are as much shorter or longer.
import { createWallClock, type WallClock } from "../../../kernel/rules/wall-clock.ts";
import { isAlwaysOn, kinds, severityOf, type SeverityChoice } from "../../kinds/kinds.ts";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

export const timePattern = /^([01]\d|2[0-3]):[0-5]\d$/;

export interface QuietRange {
  /** On which it begins. */
  days: readonly Weekday[];
  /** `22:00`: inclusive. */
  from: string;
  /** `07:00`: exclusive; not after `from`: on the next day. */
  to: string;
}

/** As it is stored, in JSON. */
export interface QuietHours {
  ranges: readonly QuietRange[];
  /** Critical notifications don't wait. */
  critical: boolean;
}

export const maxRanges = 14;

const minuteMs = 60_000;
const dayMinutes = 1_440;
const weekMinutes = 7 * dayMinutes;

export const parseQuietHours = (text: string | null): QuietHours | null =>
  text === null ? null : (JSON.parse(text) as QuietHours);

/** The minutes of a week, from Monday's first, in which a range begins and ends; the end may be in the next week. */
type Span = readonly [start: number, end: number];

function toSpans({ days, from, to }: QuietRange): Span[] {
  const [start, end] = [minuteOf(from), minuteOf(to)];
  const length = end > start ? end - start : end - start + dayMinutes;
  return days.map((day) => {
    const first = weekdays.indexOf(day) * dayMinutes + start;
    return [first, first + length];
  });
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const spansOf = ({ ranges }: QuietHours): Span[] => ranges.flatMap(toSpans);

/** For how many minutes of the clock it remains quiet; 0: it isn't. */
function minutesLeft(spans: readonly Span[], minute: number): number {
  const left = spans.map(([start, end]) => {
    const since = (minute - start + weekMinutes) % weekMinutes;
    return Math.max(0, end - start - since);
  });
  return Math.max(0, ...left);
}

/** Whether they leave no minute of the week. */
export function coversWeek(quietHours: QuietHours): boolean {
  const spans = spansOf(quietHours);
  let minute = 0;
  while (minute < weekMinutes) {
    const left = minutesLeft(spans, minute);
    if (left === 0) return false;
    minute += left;
  }
  return true;
}

/** Quiet hours leave a minute of the week at least; clocks that are put forward can skip it once. */
const maxWaitMs = 16 * dayMinutes * minuteMs;

/** The first moment from `now` on, in epoch milliseconds, that isn't in the quiet hours. An unknown zone counts as UTC. */
export function nextDeliverable(now: number, quietHours: QuietHours, timeZone: string | null): number {
  const spans = spansOf(quietHours);
  const clock = createWallClock(timeZone);
  let at = now;
  while (at < now + maxWaitMs) {
    const left = minutesLeft(spans, minuteOfWeek(clock, at));
    if (left === 0) return at;
    const next = at - (at % minuteMs) + left * minuteMs;
    at = clock.offsetAt(next) === clock.offsetAt(at) ? next : firstChange(clock, at, next);
  }
  return at;
}

/** 1 January 1970 was a Thursday. */
const mondayMinutes = 3 * dayMinutes;

const minuteOfWeek = (clock: WallClock, at: number): number =>
  (Math.floor((at + clock.offsetAt(at)) / minuteMs) + mondayMinutes) % weekMinutes;

/** The minute in which the zone's offset changes, between two moments of different offsets. */
function firstChange({ offsetAt }: WallClock, from: number, to: number): number {
  const before = offsetAt(from);
  let [low, high] = [Math.floor(from / minuteMs), to / minuteMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * minuteMs) === before) low = middle;
    else high = middle;
  }
  return high * minuteMs;
}

/** A person's choice, as it is stored with them. */
export interface QuietPerson {
  quietHours?: string | null;
  timeZone?: string | null;
}

/** Kinds that protect an account don't wait, nor what somebody asked for: tests, and a digest at its hour. */
const neverWaits = (templateId: string): boolean =>
  isAlwaysOn(templateId) ||
  templateId === kinds["test-notification"].id ||
  templateId === kinds["notification-digest"].id;

/** Whether a kind waits for the end of these quiet hours. */
export const waitsForQuiet = ({ critical }: QuietHours, template: SeverityChoice): boolean =>
  !neverWaits(template.id) && !(critical && severityOf(template) === "critical");

/** Until when a message of a kind waits; `now` if it doesn't. Costs nothing for those who have no quiet hours. */
export function quietUntil(
  { quietHours, timeZone }: QuietPerson,
  template: SeverityChoice,
  now: number,
): number {
  const parsed = parseQuietHours(quietHours ?? null);
  return parsed === null || !waitsForQuiet(parsed, template)
    ? now
    : nextDeliverable(now, parsed, timeZone ?? null);
}
