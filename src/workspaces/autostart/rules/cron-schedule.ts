// Schedules of presets: cron expressions that are read as periods, hour by hour. `* 9-18 * * 1-5` is active from 09:00:00
// to 18:59:59 on weekdays.

export interface CronField {
  name: string;
  min: number;
  max: number;
  /** Names for its numbers, from `min` on. */
  names: readonly string[];
}

const field = (name: string, min: number, max: number, names: readonly string[] = []): CronField => ({
  name,
  min,
  max,
  names,
});

export const cronFields = {
  minute: field("minute", 0, 59),
  hour: field("hour", 0, 23),
  "day of the month": field("day of the month", 1, 31),
  month: field("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ")),
  // 7 is Sunday again.
  "day of the week": field("day of the week", 0, 7, "SUN MON TUE WED THU FRI SAT".split(" ")),
};

/** Which values it holds for, by their number; undefined for what can't be read. */
export function cronValues(text: string, field: CronField): boolean[] | undefined {
  const values = Array.from({ length: field.max + 1 }, () => false);
  for (const item of text.split(",")) {
    const match = /^(?:(\*)|([A-Z]{3}|\d{1,2})(?:-([A-Z]{3}|\d{1,2}))?)(?:\/(\d{1,2}))?$/i.exec(item);
    if (match === null) return undefined;
    const [, star, first, last, step] = match;
    if (star === undefined && last === undefined && step !== undefined) return undefined;
    const from = star === undefined ? parseValue(first!, field) : field.min;
    const to = star !== undefined ? field.max : last === undefined ? from : parseValue(last, field);
    const width = Number(step ?? 1);
    if (from === undefined || to === undefined || from > to || width === 0) return undefined;
    for (let value = from; value <= to; value += width) values[value] = true;
  }
  if (field === cronFields["day of the week"] && values[7]) values[0] = true;
  return values;
}

function parseValue(text: string, { names, min, max }: CronField): number | undefined {
  const index = names.indexOf(text.toUpperCase());
  const value = index === -1 ? Number(text) : index + min;
  return value >= min && value <= max ? value : undefined;
}

export interface PresetSchedule {
  /** Which hours it holds in, by their number. */
  hours: boolean[];
  /** Which kinds of days it holds on, by `dayIndex`. */
  days: Uint8Array;
}
export type ScheduleResult = { ok: true; schedule: PresetSchedule } | { ok: false; problem: string };

const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const fields = [
  cronFields.hour,
  cronFields["day of the month"],
  cronFields.month,
  cronFields["day of the week"],
] as const;

/** Every combination of month (1-12), day (1-31) and weekday (0-6, Sunday first) has its place. */
const dayIndex = (month: number, day: number, weekday: number) => ((month - 1) * 31 + day - 1) * 7 + weekday;

export function parseSchedule(cron: string): ScheduleResult {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== 5)
    return invalidSchedule(
      `must have five fields (minute, hour, day, month, weekday), like "* 9-18 * * 1-5"`,
    );
  const [minute, ...rest] = parts as [string, string, string, string, string];
  if (minute !== "*")
    return invalidSchedule(
      `must begin with *, not "${minute}": a schedule covers whole hours, like "* 9-18 * * 1-5"`,
    );
  const sets: boolean[][] = [];
  for (const [index, part] of rest.entries()) {
    const field = fields[index]!;
    const values = cronValues(part, field);
    if (values === undefined)
      return invalidSchedule(`invalid ${field.name} "${part}", use ${field.min} to ${field.max}`);
    sets.push(values);
  }
  const [hours, days, inMonths, onWeekdays] = sets as [boolean[], boolean[], boolean[], boolean[]];
  const anyDay = parts[2] === "*";
  const anyWeekday = parts[4] === "*";
  const isOn = (day: number, weekday: number) =>
    // As cron has always had it: with both given, either of them is enough.
    anyDay || anyWeekday ? days[day]! && onWeekdays[weekday]! : days[day]! || onWeekdays[weekday]!;
  const schedule = { hours, days: new Uint8Array(12 * 31 * 7) };
  for (const [index, length] of daysInMonth.entries()) {
    if (!inMonths[index + 1]) continue;
    for (let day = 1; day <= length; day += 1)
      for (let weekday = 0; weekday < 7; weekday += 1)
        schedule.days[dayIndex(index + 1, day, weekday)] = isOn(day, weekday) ? 1 : 0;
  }
  if (!schedule.days.includes(1)) return invalidSchedule(`"${cron}" never occurs: no month has such a day`);
  return { ok: true, schedule };
}

const invalidSchedule = (problem: string): ScheduleResult => ({ ok: false, problem });

/** Whether there is a minute in which both hold. */
export const overlap = (a: PresetSchedule, b: PresetSchedule): boolean =>
  a.hours.some((isOn, hour) => isOn && b.hours[hour] === true) &&
  a.days.some((isOn, day) => isOn === 1 && b.days[day] === 1);

/** Whether it holds at a local time, as a clock and a calendar on the wall in the preset's time zone show it. */
export const isActiveAt = (
  { hours, days }: PresetSchedule,
  local: { hour: number; month: number; day: number; weekday: number },
): boolean => hours[local.hour] === true && days[dayIndex(local.month, local.day, local.weekday)] === 1;

/** Names only: an offset like +02:00 knows no summer time. */
export function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return /^[A-Za-z]/.test(timeZone) && /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
