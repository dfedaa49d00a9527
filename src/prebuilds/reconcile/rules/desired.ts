// Desired instances of a pool at a moment: by its schedules in its time zone, or its base number.
import {
  isActiveAt,
  isTimeZone,
  overlap,
  parseSchedule,
  type PresetSchedule,
} from "../../../workspaces/autostart/rules/cron-schedule.ts";
import type { Pool } from "./snapshot.ts";

export interface Desired {
  instances: number;
  /** Why the schedules are not followed; null when they are, or there are none. */
  problem: string | null;
}

export interface LocalTime {
  hour: number;
  month: number;
  day: number;
  /** 0 is Sunday. */
  weekday: number;
}

/** Local times of `now`, computed once for each time zone. */
export function createWallClock(now: number): (timezone: string) => LocalTime {
  const known = new Map<string, LocalTime>();
  return (timezone) => {
    const found = known.get(timezone) ?? localTime(timezone, now);
    known.set(timezone, found);
    return found;
  };
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function localTime(timeZone: string, now: number): LocalTime {
  const fields = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    weekday: "short",
  }).formatToParts(now);
  const fieldOf = (type: string) => fields.find((one) => one.type === type)!.value;
  return {
    hour: Number(fieldOf("hour")),
    month: Number(fieldOf("month")),
    day: Number(fieldOf("day")),
    weekday: weekdays.indexOf(fieldOf("weekday")),
  };
}

type Scheduled = Pick<Pool, "desiredInstances" | "timezone" | "schedules">;

/** With an invalid schedule, or two that overlap, all are ignored, as in Coder. */
export function desiredNow(pool: Scheduled, wallClock: (timezone: string) => LocalTime): Desired {
  const base = pool.desiredInstances;
  if (pool.schedules.length === 0) return { instances: base, problem: null };
  const timezone = pool.timezone ?? "";
  if (!isTimeZone(timezone)) return { instances: base, problem: `"${timezone}" is not a valid time zone` };
  const read: PresetSchedule[] = [];
  for (const { cron } of pool.schedules) {
    const verdict = parseSchedule(cron);
    if (!verdict.ok) return { instances: base, problem: `the schedule "${cron}" ${verdict.problem}` };
    if (read.some((other) => overlap(other, verdict.schedule)))
      return { instances: base, problem: `the schedule "${cron}" overlaps with another` };
    read.push(verdict.schedule);
  }
  const local = wallClock(timezone);
  const holding = read.findIndex((schedule) => isActiveAt(schedule, local));
  return { instances: pool.schedules[holding]?.instances ?? base, problem: null };
}

/** The largest number that it ever desires. */
export const maxDesired = ({ desiredInstances, schedules }: Scheduled): number =>
  Math.max(desiredInstances, ...schedules.map(({ instances }) => instances));
