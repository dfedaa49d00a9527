// Relative times as text. Server and browser share this file, so they agree.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** As Intl writes them for en-GB; making a formatter takes longer than a whole page. */
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];
const dayInUtc = (date) => `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;

const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"} ago`;

/**
 * @param {number} at epoch milliseconds
 * @param {number} now epoch milliseconds
 * @param {string} [timeZone] for dates; the reader's own when left out
 */
export function relativeTime(at, now, timeZone) {
  const past = now - at;
  if (past < 45_000) return "just now";
  if (past < hour) return `${Math.max(1, Math.floor(past / minute))} min ago`;
  if (past < day) return count(Math.floor(past / hour), "hour");
  if (past < 7 * day) return count(Math.floor(past / day), "day");
  if (timeZone === "UTC") {
    const [date, year] = [new Date(at), new Date(now).getUTCFullYear()];
    return date.getUTCFullYear() === year ? dayInUtc(date) : `${dayInUtc(date)} ${date.getUTCFullYear()}`;
  }
  const year = (time) => new Intl.DateTimeFormat("en-GB", { year: "numeric", timeZone }).format(time);
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    ...(year(at) === year(now) ? {} : { year: "numeric" }),
    timeZone,
  }).format(at);
}

/**
 * The moment of an ISO 8601 time in UTC, for who wants to know exactly.
 * @param {string} iso
 */
export const exactUtcTime = (iso) =>
  `${Number(iso.slice(8, 10))} ${months[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}, ${iso.slice(11, 16)} UTC`;

/**
 * The same in another time zone.
 * @param {number} at epoch milliseconds
 * @param {string} [timeZone] the reader's own when left out
 */
export function exactTime(at, timeZone) {
  if (timeZone === "UTC") return exactUtcTime(new Date(at).toISOString());
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(at);
}
