// When a workspace starts by itself: its schedule, as Coder writes it, and what to do when the time has come. The tick
// and the routes that set schedules call these.
import type { BuildStatus, Transition, UserStatus } from "../../../../db/schema.ts";
import { cronFields, cronValues } from "./cron-field.ts";
import { isActive } from "../../jobs/rules/job.ts";
import { isTimeZone } from "./preset-schedule.ts";
import { createWallClock } from "./wall-time.ts";

/** Milliseconds after which a start that was missed is left out: the server was down, and people have helped themselves. */
export const startGrace = 3_600_000;

export interface Schedule {
  /** Minute, hour, `*`, `*`, weekdays. */
  cron: string;
  /** A name of the IANA's; UTC when the schedule names none. */
  timeZone: string;
}
export type ScheduleVerdict = { ok: true; schedule: Schedule } | { ok: false; problem: string };

const no = (problem: string): ScheduleVerdict => ({ ok: false, problem });

/** `CRON_TZ=Europe/Berlin 30 8 * * 1-5`; the zone may be missing. Problems are made to follow the member's name. */
export function parseAutostart(text: string): ScheduleVerdict {
  const [, zone, cron] = /^(?:CRON_TZ=(\S+)\s+)?(.*)$/s.exec(text.trim())!;
  if (zone !== undefined && !isTimeZone(zone)) return no(`there is no time zone "${zone}"`);
  const parts = cron!.split(/\s+/);
  if (parts.length !== 5)
    return no(
      'must have five fields, with the time zone before them: "CRON_TZ=Europe/Berlin 30 8 * * 1-5" is 8:30 on weekdays',
    );
  const [minute, hour, day, month, weekday] = parts as [string, string, string, string, string];
  if (day !== "*" || month !== "*")
    return no(`must have * for the day of the month and the month, not "${day} ${month}"`);
  const fields = { minute, hour, "day of the week": weekday };
  for (const [name, value] of Object.entries(fields)) {
    if (cronValues(value, cronFields[name as keyof typeof fields]) === undefined)
      return no(`the ${name} "${value}" can't be read`);
  }
  return { ok: true, schedule: { cron: parts.join(" "), timeZone: zone ?? "UTC" } };
}

const minuteTime = 60_000;
const dayTime = 24 * 60 * minuteTime;
/** Further than any clock was ever put forward or back. */
const furthestChange = 3 * 60 * minuteTime;

/** The first time after `after`, both epoch milliseconds; null for what is no schedule. */
export function nextStart(text: string | null, after: number): number | null {
  const verdict = text === null ? undefined : parseAutostart(text);
  if (verdict?.ok !== true) return null;
  const [minute, hour, , , weekday] = verdict.schedule.cron.split(" ") as [
    string,
    string,
    string,
    string,
    string,
  ];
  const onMinutes = cronValues(minute, cronFields.minute)!;
  const inHours = cronValues(hour, cronFields.hour)!;
  const onWeekdays = cronValues(weekday, cronFields["day of the week"])!;
  const clock = createWallClock(verdict.schedule.timeZone);
  const now = clock.show(after);
  const today = Math.floor(now / dayTime) * dayTime;
  for (let day = today; ; day += dayTime) {
    if (!onWeekdays[new Date(day).getUTCDay()]) continue;
    for (let wall = day; wall < day + dayTime; wall += minuteTime) {
      const at = new Date(wall);
      if (!inHours[at.getUTCHours()] || !onMinutes[at.getUTCMinutes()] || wall < now - furthestChange)
        continue;
      const moment = clock.moment(wall);
      if (moment > after) return moment;
    }
  }
}

/** A workspace whose time has come. */
export interface DueStart {
  nextStartAt: number;
  ownerStatus: UserStatus;
  ownerIsSystem: boolean;
  latest: { transition: Transition; status: BuildStatus };
}

/** Why it is left as it is until its next time; undefined when it is to be started. */
export function whyNotStarted(
  { nextStartAt, ownerStatus, ownerIsSystem, latest }: DueStart,
  now: number,
): string | undefined {
  if (now - nextStartAt > startGrace) return "its time was missed by more than an hour";
  if (ownerStatus !== "active" || ownerIsSystem) return "its owner is not active";
  if (isActive(latest.status)) return "a build of it is going on";
  if (latest.transition === "delete") return "somebody wanted it deleted";
  if (latest.transition === "start" && latest.status === "succeeded") return "it runs";
  return undefined;
}
