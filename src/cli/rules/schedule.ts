// When a workspace starts by itself, as people type it: a time of day, or cron's five fields.

/**
 * `8:30`, `8:30 MON-FRI` and `30 8 * * 1-5` in this time zone, as Coder writes a schedule. A zone in front, as in
 * `CRON_TZ=Europe/Berlin 30 8 * * *`, wins. What else it may be is left to the server to say.
 */
export function scheduleOf(text: string, timeZone: string): string {
  if (text.startsWith("CRON_TZ=")) return text;
  const time = /^(\d{1,2}):(\d{2})(?:\s+(\S+))?$/.exec(text.trim());
  if (time === null) return `CRON_TZ=${timeZone} ${text}`;
  const [, hour, minute, days = "*"] = time;
  return `CRON_TZ=${timeZone} ${Number(minute)} ${Number(hour)} * * ${days.toUpperCase()}`;
}

/** The moment in the schedule's own zone; `time` is RFC 3339. */
export function nextWords(schedule: string, time: string): string {
  const timeZone = /^CRON_TZ=(\S+)/.exec(schedule)?.[1] ?? "UTC";
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(Date.parse(time));
}
