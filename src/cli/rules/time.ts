// Durations and ages as text.

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `4 min 12 s`: the two largest units; tenths below ten seconds, at least 0.1 s. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${Math.max(0.1, milliseconds / second).toFixed(1)} s`;
  const whole = Math.round(milliseconds / second);
  const parts = [
    { count: Math.floor(whole / 86_400), unit: "d" },
    { count: Math.floor(whole / 3_600) % 24, unit: "h" },
    { count: Math.floor(whole / 60) % 60, unit: "min" },
    { count: whole % 60, unit: "s" },
  ];
  const first = parts.findIndex(({ count }) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${count} ${unit}`)
    .join(" ");
}

/** `3 min ago`; a date after a month. The future (clocks differ) is `just now`, the year 1 is `never`. */
export function formatAge(time: string, now: number): string {
  if (time.startsWith("0001-")) return "never";
  const at = Date.parse(time);
  const age = now - at;
  if (age < minute) return "just now";
  if (age < hour) return `${Math.floor(age / minute)} min ago`;
  if (age < day) return `${Math.floor(age / hour)} h ago`;
  if (age < 31 * day) return `${Math.floor(age / day)} d ago`;
  return new Date(at).toISOString().slice(0, 10);
}
