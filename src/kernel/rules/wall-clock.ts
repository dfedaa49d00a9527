// Clocks on the wall: what they show in a time zone at a moment, and the moment at which they show something.

export interface WallTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

export interface WallClock {
  wallTimeAt: (at: number) => WallTime;
  /** Milliseconds by which it is ahead of UTC. */
  offsetAt: (at: number) => number;
}

/** Null, and a zone that this runtime doesn't know: UTC. */
export function createWallClock(timeZone: string | null): WallClock {
  const format = formatOf(timeZone ?? "UTC");
  const wallTimeAt = (at: number): WallTime => {
    const parts = format.formatToParts(at);
    const partOf = (type: keyof WallTime) => Number(parts.find((part) => part.type === type)!.value);
    return {
      year: partOf("year"),
      month: partOf("month"),
      day: partOf("day"),
      hour: partOf("hour"),
      minute: partOf("minute"),
    };
  };
  return { wallTimeAt, offsetAt: (at) => inUtc(wallTimeAt(at)) - (at - (at % minuteMs)) };
}

const formatIn = (timeZone: string) =>
  new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return formatIn(timeZone);
  } catch {
    return formatIn("UTC");
  }
}

export const wallTimeAt = (timeZone: string, at: number): WallTime =>
  createWallClock(timeZone).wallTimeAt(at);

/** The same figures in UTC, as epoch milliseconds; a day or a month beyond the end counts on. */
const inUtc = ({ year, month, day, hour, minute }: WallTime): number =>
  Date.UTC(year, month - 1, day, hour, minute);

/**
 * Epoch milliseconds. The first of two moments where clocks are put back; where they are put forward, a time that is skipped
 * is as much later as they are.
 */
export function momentOf(timeZone: string, wall: WallTime): number {
  const wanted = inUtc(wall);
  const { offsetAt } = createWallClock(timeZone);
  // Zones change their offset at most once within two days, and have one of less than a day.
  const [before, after] = [offsetAt(wanted - dayMs), offsetAt(wanted + dayMs)];
  const moments = [wanted - Math.max(before, after), wanted - Math.min(before, after)];
  return moments.find((at) => at + offsetAt(at) === wanted) ?? wanted - before;
}
