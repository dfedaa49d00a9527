// Times as a clock on the wall shows them in a time zone, as milliseconds that would be such a time in UTC; and the moment
// at which a clock shows one. Automatic starts call it.

export interface WallClock {
  /** What is shown at a moment. */
  show: (at: number) => number;
  /**
   * The first moment at which it is shown; where clocks are put forward over it, that moment.
   */
  moment: (wall: number) => number;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** Throws for what is no time zone. */
export function createWallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offsetAt = (at: number): number => {
    const whole = Math.floor(at / 1_000) * 1_000;
    const parts = new Map(format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!;
    const shown = [
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    ];
    return Date.UTC(...(shown as [number, number, number, number, number, number])) - whole;
  };
  const show = (at: number) => at + offsetAt(at);
  return {
    show,
    moment: (wall) => {
      const [before, after] = [offsetAt(wall - day), offsetAt(wall + day)];
      for (const offset of [before, after]) if (show(wall - offset) === wall) return wall - offset;
      // Left out: between these two the clocks were changed.
      let [early, late] = [wall - after, wall - before];
      while (late - early > minute) {
        const middle = Math.floor((early + late) / 2 / minute) * minute;
        if (offsetAt(middle) === after) late = middle;
        else early = middle;
      }
      return late;
    },
  };
}
