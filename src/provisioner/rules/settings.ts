// The options of `belfry provisioner start`, read. Nothing here looks at the machine.
import { parseDuration } from "../../cli/rules/time.ts";

export interface Settings {
  name: string;
  concurrency: number;
  /** Milliseconds. */
  jobTimeout: number;
  heartbeat: number;
  grace: number;
}

export interface Given {
  name: string | undefined;
  concurrency: string | undefined;
  jobTimeout: string | undefined;
  heartbeat: string | undefined;
  grace: string | undefined;
}

/** An option that can't be; the message names it and what would be right. */
export class OptionError extends Error {}

export function readSettings(given: Given, hostName: string): Settings {
  const concurrency = given.concurrency ?? "1";
  if (!/^[1-9]\d{0,2}$/.test(concurrency) || Number(concurrency) > 100)
    throw new OptionError(`--concurrency: "${concurrency}" is invalid, use a number from 1 to 100`);
  const name = (given.name ?? hostName).trim();
  if (name === "" || name.length > 64) throw new OptionError("--name: must have 1 to 64 characters");
  const heartbeat = time(given.heartbeat, "--heartbeat", 15_000);
  if (heartbeat > 20_000) throw new OptionError("--heartbeat: at most 20s allowed, a lease lasts 60s");
  return {
    name,
    concurrency: Number(concurrency),
    jobTimeout: time(given.jobTimeout, "--job-timeout", 3_600_000),
    heartbeat,
    grace: time(given.grace, "--grace", 30_000),
  };
}

function time(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const read = /^[1-9]\d*ms$/.test(text) ? Number(text.slice(0, -2)) : parseDuration(text);
  // Longer timers than these don't exist in Node.
  if (read === undefined || read > 2_000_000_000)
    throw new OptionError(`${option}: "${text}" is not a duration, use one like 30s, 5m or 1h`);
  return read;
}

/** It goes into a header: no spaces, nothing but ASCII. */
export function readKey(text: string | undefined): string {
  const key = text?.trim() ?? "";
  if (key === "") throw new OptionError("Provisioner key missing. Set BELFRY_PROVISIONER_KEY or use --key.");
  if (!/^[\x21-\x7E]+-[\x21-\x7E]+$/.test(key))
    throw new OptionError("Invalid provisioner key, it must look like ID-SECRET.");
  return key;
}
