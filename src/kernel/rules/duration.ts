// Durations as people type them, such as 15m and 1d12h.

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const units: Record<string, number> = { s: second, m: minute, h: hour, d: day, w: 7 * day, y: 365 * day };

/** Milliseconds of `30d`, `12h`, `1d12h`, `1y`; undefined for anything else, and for 0. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+)\s*([smhdwy])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text.replaceAll(/\s+(?=\d)/g, ""))
    return undefined;
  const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * units[unit!]!, 0);
  return sum > 0 ? sum : undefined;
}

/** As it can be typed again, in whole seconds: `1d12h`. */
export function toTypedDuration(milliseconds: number): string {
  const parts = [
    { count: Math.floor(milliseconds / day), unit: "d" },
    { count: Math.floor(milliseconds / hour) % 24, unit: "h" },
    { count: Math.floor(milliseconds / minute) % 60, unit: "m" },
    { count: Math.floor(milliseconds / second) % 60, unit: "s" },
  ];
  return parts
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${count}${unit}`)
    .join("");
}
