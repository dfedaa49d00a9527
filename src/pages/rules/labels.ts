// Durations as text, and which statuses are good or bad.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** In whole units of the largest one; `milliseconds` may be negative where clocks differ. */
export function approximateDuration(milliseconds: number): string {
  if (milliseconds < minute) return "less than a minute";
  const [unit, name] =
    milliseconds < hour ? [minute, "minute"] : milliseconds < 2 * day ? [hour, "hour"] : [day, "day"];
  const count = Math.floor(milliseconds / unit);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** How long something took, to the second. */
export function exactDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const bad = new Set([
  "failed",
  "failure",
  "suspended",
  "deprecated",
  "hard_limited",
  "validation_failed",
  "start_timeout",
  "start_error",
  "shutdown_timeout",
  "shutdown_error",
  "replaces resources",
]);
const good = new Set(["running", "succeeded", "ready", "complete", "active", "keeps resources"]);

/** Undefined for neutral statuses. */
export const statusKind = (status: string): "good" | "bad" | undefined =>
  bad.has(status) ? "bad" : good.has(status) ? "good" : undefined;

/** `Template admin`. */
export const roleLabel = (role: string): string =>
  `${role.slice(0, 1).toUpperCase()}${role.slice(1).replaceAll("-", " ")}`;
