// Quiet hours as people write and read them: `mon-fri 22:00-07:00`.
import { timePattern, weekdays, type QuietRange, type Weekday } from "./quiet-hours.ts";

/** A range; undefined for anything else. `daily`, `weekdays` and `weekends` stand for days; 24:00 is midnight. */
export function parseRange(text: string): QuietRange | undefined {
  const found = /^(\S+)\s+(\d?\d:\d\d)\s*[-–]\s*(\d?\d:\d\d)$/.exec(text.trim().toLowerCase());
  if (found === null) return undefined;
  const days = parseDays(found[1]!);
  const [from, to] = [parseTime(found[2]!), parseTime(found[3]!)];
  return days === undefined || from === undefined || to === undefined ? undefined : { days, from, to };
}

const named: Record<string, readonly Weekday[]> = {
  daily: weekdays,
  weekdays: weekdays.slice(0, 5),
  weekends: weekdays.slice(5),
};

/** `mon`, `monday`, `mon-fri`, `fri-mon`, `sat,sun`, in the order of the week. */
function parseDays(text: string): Weekday[] | undefined {
  const chosen = new Set<Weekday>();
  for (const part of text.split(",")) {
    const some = named[part] ?? spanOf(part);
    if (some === undefined) return undefined;
    for (const day of some) chosen.add(day);
  }
  return weekdays.filter((day) => chosen.has(day));
}

function spanOf(part: string): Weekday[] | undefined {
  const ends = part.split("-").map(indexOfDay);
  const [first, last] = [ends[0]!, ends.at(-1)!];
  if (ends.length > 2 || first === -1 || last === -1) return undefined;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => weekdays[(first + index) % 7]!);
}

const fullNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const indexOfDay = (name: string): number =>
  fullNames.findIndex((full) => name === full || name === full.slice(0, 3));

function parseTime(text: string): string | undefined {
  const padded = text.padStart(5, "0");
  if (padded === "24:00") return "00:00";
  return timePattern.test(padded) ? padded : undefined;
}

export const shortDay = (day: Weekday): string => `${day[0]!.toUpperCase()}${day.slice(1)}`;

/** `Mon–Fri`, `Sat, Sun`, `Every day`. */
export function formatDays(days: readonly Weekday[]): string {
  const indexes = weekdays.flatMap((day, index) => (days.includes(day) ? [index] : []));
  if (indexes.length === weekdays.length) return "Every day";
  const [first, last] = [indexes[0]!, indexes.at(-1)!];
  return indexes.length > 2 && last - first === indexes.length - 1
    ? `${shortDay(weekdays[first]!)}–${shortDay(weekdays[last]!)}`
    : indexes.map((index) => shortDay(weekdays[index]!)).join(", ");
}

/** For people: `Mon–Fri 22:00–07:00`. */
export const formatRange = ({ days, from, to }: QuietRange): string => `${formatDays(days)} ${from}–${to}`;
