// Autostart schedules, as Coder writes them, and whether a due workspace is started.
import { Cron } from "croner";
import type { BuildStatus, Transition, UserStatus } from "../../../../db/schema.ts";
import { cronFields, cronValues, isTimeZone } from "./cron-schedule.ts";
import { isActive } from "../../jobs/rules/job.ts";

/** Milliseconds after which a start that was missed is left out: the server was down, and people have started it themselves. */
export const startGraceMs = 3_600_000;

export interface AutostartSchedule {
  /** Minute, hour, `*`, `*`, weekdays. */
  cron: string;
  /** A name of the IANA's; UTC when the schedule names none. */
  timeZone: string;
}
export type AutostartResult = { ok: true; schedule: AutostartSchedule } | { ok: false; problem: string };

const invalidSchedule = (problem: string): AutostartResult => ({ ok: false, problem });

/** `CRON_TZ=Europe/Berlin 30 8 * * 1-5`; the zone may be missing. Problems follow the field's name. */
export function parseAutostart(text: string): AutostartResult {
  const [, zone, cron] = /^(?:CRON_TZ=(\S+)\s+)?(.*)$/s.exec(text.trim())!;
  if (zone !== undefined && !isTimeZone(zone)) return invalidSchedule(`unknown time zone "${zone}"`);
  const parts = cron!.split(/\s+/);
  if (parts.length !== 5)
    return invalidSchedule(
      'must have five fields, with the time zone before them: "CRON_TZ=Europe/Berlin 30 8 * * 1-5" is 8:30 on weekdays',
    );
  const [minute, hour, day, month, weekday] = parts as [string, string, string, string, string];
  if (day !== "*" || month !== "*")
    return invalidSchedule(`must have * for the day of the month and the month, not "${day} ${month}"`);
  const fields = { minute, hour, "day of the week": weekday };
  for (const [name, value] of Object.entries(fields)) {
    if (cronValues(value, cronFields[name as keyof typeof fields]) === undefined)
      return invalidSchedule(`invalid ${name} "${value}"`);
  }
  return { ok: true, schedule: { cron: parts.join(" "), timeZone: zone ?? "UTC" } };
}

/**
 * The first time after `after`, both epoch milliseconds; null for an invalid schedule. Where clocks are put forward over
 * a day's only time, it is the moment of the change; with several times, those that are skipped are left out, as Coder does.
 */
export function nextStart(text: string | null, after: number): number | null {
  const verdict = text === null ? undefined : parseAutostart(text);
  if (verdict?.ok !== true) return null;
  const { cron, timeZone } = verdict.schedule;
  // Paused, without a function: it sets no timer.
  return new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(after))?.getTime() ?? null;
}

/** A workspace whose time has come. */
export interface DueStart {
  nextStartAt: number;
  ownerStatus: UserStatus;
  ownerIsSystem: boolean;
  latest: { transition: Transition; status: BuildStatus };
}

/** Why it isn't started until its next time; undefined when it is started. */
export function whyNotStarted(
  { nextStartAt, ownerStatus, ownerIsSystem, latest }: DueStart,
  now: number,
): string | undefined {
  if (now - nextStartAt > startGraceMs) return "its start time passed more than an hour ago";
  if (ownerStatus !== "active" || ownerIsSystem) return "its owner is not active";
  if (isActive(latest.status)) return "a build is in progress";
  if (latest.transition === "delete") return "its deletion was requested";
  if (latest.transition === "start" && latest.status === "succeeded") return "it is already running";
  return undefined;
}
