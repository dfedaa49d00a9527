// What the provisioner gets from outside: clock, randomness, log and variables, so that tests can replace them; and timing.
import { setTimeout as sleep } from "node:timers/promises";
import type { RetryPolicy } from "./rules/job.ts";
import type { Settings } from "./rules/settings.ts";

export interface Environment {
  now: () => number;
  /** Resolves after this time or when the signal aborts. */
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to less than 1. */
  random: () => number;
  newId: () => string;
  /** A line of the daemon's log. */
  log: (line: string) => void;
  variables: Record<string, string | undefined>;
}

export interface Timing {
  heartbeatMs: number;
  /** How long a log line can wait for others of its batch. */
  logDelayMs: number;
  /** Interval at which a changed state is uploaded. */
  stateIntervalMs: number;
  /** How long the server can hold a request for a job. */
  pollMs: number;
  /** For one call, in addition to `pollMs` for a request for a job. */
  callTimeoutMs: number;
  /** Between interrupting a program and killing it. */
  graceMs: number;
  jobTimeoutMs: number;
  retry: RetryPolicy;
}

export const timingOf = ({ heartbeatMs, graceMs, jobTimeoutMs }: Settings): Timing => ({
  heartbeatMs,
  graceMs,
  jobTimeoutMs,
  logDelayMs: 1_000,
  stateIntervalMs: Math.min(heartbeatMs, 2_000),
  pollMs: 25_000,
  callTimeoutMs: 15_000,
  retry: { firstMs: 500, maxMs: 15_000 },
});

export function createEnvironment(
  variables: Record<string, string | undefined>,
  write: (line: string) => void,
): Environment {
  return {
    now: Date.now,
    wait: (milliseconds, signal) =>
      sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
    random: Math.random,
    newId: () => crypto.randomUUID(),
    log: (line) => write(`${new Date().toISOString()} ${line}`),
    variables,
  };
}
