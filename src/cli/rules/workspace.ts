// What the commands of workspaces read and print: names, parameters, schedules, and how a build ended.

export interface WorkspaceName {
  /** `me` for the caller. */
  owner: string;
  name: string;
}

/** `NAME` or `OWNER/NAME`; undefined for anything else. */
export function parseWorkspaceName(text: string): WorkspaceName | undefined {
  const parts = text.split("/");
  if (parts.some((part) => part === "") || parts.length > 2) return undefined;
  return parts.length === 1 ? { owner: "me", name: parts[0]! } : { owner: parts[0]!, name: parts[1]! };
}

export type ParametersResult =
  | { ok: true; parameters: { name: string; value: string }[] }
  | { ok: false; problem: string };

/** Each is `NAME=VALUE`; a value can contain `=`. */
export function parseParameters(texts: readonly string[]): ParametersResult {
  const parameters: { name: string; value: string }[] = [];
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) return { ok: false, problem: `--parameter: "${text}" is invalid, use NAME=VALUE` };
    parameters.push({ name: text.slice(0, at), value: text.slice(at + 1) });
  }
  return { ok: true, parameters };
}

export interface EndedBuild {
  build_number: number;
  transition: string;
  workspace_name: string;
  job: { status: string; error?: string | undefined };
}

export const hasEnded = (status: string): boolean =>
  status === "succeeded" || status === "failed" || status === "canceled";

/** One line about how a build ended. */
export function describeOutcome({ build_number, transition, workspace_name, job }: EndedBuild): string {
  const build = `Build ${build_number} of ${workspace_name} (${transition})`;
  if (job.status === "succeeded") return `${build} succeeded.`;
  if (job.status === "canceled") return `${build} was canceled.`;
  return `${build} failed: ${job.error ?? "no reason given"}`;
}

/**
 * Coder's form of `8:30`, `8:30 MON-FRI` and `30 8 * * 1-5` in this time zone. A zone in front, as in
 * `CRON_TZ=Europe/Berlin 30 8 * * *`, wins. What is wrong with a field is for the server to say; undefined for anything else.
 */
export function toSchedule(text: string, timeZone: string): string | undefined {
  if (text.startsWith("CRON_TZ=")) return text;
  const time = /^(\d{1,2}):(\d{2})(?:\s+(\S+))?$/.exec(text.trim());
  if (time === null) return text.trim().split(/\s+/).length === 5 ? `CRON_TZ=${timeZone} ${text}` : undefined;
  const [, hour, minute, days = "*"] = time;
  return `CRON_TZ=${timeZone} ${Number(minute)} ${Number(hour)} * * ${days.toUpperCase()}`;
}

/** The time in the schedule's own zone; `time` is RFC 3339. */
export function formatNextStart(schedule: string, time: string): string {
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

/** `off`, or the schedule with the next start. */
export function describeAutostart({
  autostart_schedule: schedule,
  next_start_at: next,
}: {
  autostart_schedule?: string | undefined;
  next_start_at: string | null;
}): string {
  if (schedule === undefined) return "off";
  return `${schedule}${next === null ? "" : `, next start ${formatNextStart(schedule, next)}`}`;
}
