// The options of `belfry provisioner start` as validated settings.
import { parseDuration } from "../../kernel/rules/duration.ts";

export interface Settings {
  name: string;
  concurrency: number;
  jobTimeoutMs: number;
  heartbeatMs: number;
  graceMs: number;
}

export interface SettingTexts {
  name: string | undefined;
  concurrency: string | undefined;
  jobTimeout: string | undefined;
  heartbeat: string | undefined;
  grace: string | undefined;
}

/** An invalid option; the message names it and says what is allowed. */
export class OptionError extends Error {}

export function readSettings(given: SettingTexts, hostName: string): Settings {
  const concurrency = given.concurrency ?? "1";
  if (!/^[1-9]\d{0,2}$/.test(concurrency) || Number(concurrency) > 100)
    throw new OptionError(`--concurrency: "${concurrency}" is invalid, use a number from 1 to 100`);
  const name = (given.name ?? hostName).trim();
  if (name === "" || name.length > 64) throw new OptionError("--name: must have 1 to 64 characters");
  const heartbeatMs = time(given.heartbeat, "--heartbeat", 15_000);
  if (heartbeatMs > 20_000)
    throw new OptionError(`--heartbeat: "${given.heartbeat}" is too long, at most 20s allowed`);
  return {
    name,
    concurrency: Number(concurrency),
    jobTimeoutMs: time(given.jobTimeout, "--job-timeout", 3_600_000),
    heartbeatMs,
    graceMs: time(given.grace, "--grace", 30_000),
  };
}

function time(text: string | undefined, option: string, fallbackMs: number): number {
  if (text === undefined) return fallbackMs;
  const read = /^[1-9]\d*ms$/.test(text) ? Number(text.slice(0, -2)) : parseDuration(text);
  // Node has no longer timers.
  if (read === undefined || read > 2_000_000_000)
    throw new OptionError(`${option}: "${text}" is not a duration, use one like 30s, 5m or 1h`);
  return read;
}

/** Sent in a header: ASCII without spaces. */
export function readKey(text: string | undefined): string {
  const key = text?.trim() ?? "";
  if (key === "")
    throw new OptionError(
      "Provisioner key missing. Set BELFRY_PROVISIONER_KEY or use --key. To create one: belfry provisioner keys create NAME",
    );
  if (!/^[\x21-\x7E]+-[\x21-\x7E]+$/.test(key))
    throw new OptionError("Invalid provisioner key, it must look like ID-SECRET.");
  return key;
}
