// When a person's digest comes: daily or weekly, at an hour of the clock on their wall.
import { createWallClock, momentOf } from "../../../kernel/rules/wall-clock.ts";

export const digestIntervals = ["daily", "weekly"] as const;

/** As it is stored, in JSON. */
export interface DigestSchedule {
  every: (typeof digestIntervals)[number];
  /** 0 to 23. */
  hour: number;
  /** Of a weekly one; 0 is Monday. */
  weekday: number;
}

/** For those who have chosen no other. */
export const usualSchedule: DigestSchedule = { every: "daily", hour: 8, weekday: 0 };

export const parseSchedule = (text: string | null | undefined): DigestSchedule | null =>
  text == null ? null : (JSON.parse(text) as DigestSchedule);

/** The first one after `now`, in epoch milliseconds. An hour that is skipped comes later, one that comes twice counts once. */
export function nextDigest(
  now: number,
  { every, hour, weekday }: DigestSchedule,
  timeZone: string | null,
): number {
  const today = createWallClock(timeZone).wallTimeAt(now);
  const weekdayOf = (day: number) =>
    (new Date(Date.UTC(today.year, today.month - 1, day)).getUTCDay() + 6) % 7;
  for (let day = today.day; ; day += 1) {
    if (every === "weekly" && weekdayOf(day) !== weekday) continue;
    const at = momentOf(timeZone ?? "UTC", { ...today, day, hour, minute: 0 });
    if (at > now) return at;
  }
}

/** What a recipient has chosen about digests. */
export interface DigestPerson {
  /** JSON of a schedule; null: no digest. */
  digest?: string | null;
  /** Whether they chose it for the emails of this kind. */
  inDigest?: boolean | null;
  timeZone?: string | null;
}

/**
 * When an email goes with the recipient's digest, if they, or a rule, have chosen that; undefined: on its own. `byRule`: how often,
 * for recipients who have chosen no time.
 */
export function digestTime(
  { digest, inDigest, timeZone }: DigestPerson,
  byRule: DigestSchedule["every"] | undefined,
  at: number,
): number | undefined {
  const own = parseSchedule(digest);
  if (own === null ? byRule === undefined : inDigest !== true && byRule === undefined) return undefined;
  return nextDigest(at, own ?? { ...usualSchedule, every: byRule! }, timeZone ?? null);
}
