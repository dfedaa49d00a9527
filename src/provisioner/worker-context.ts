// What the daemon and its jobs work with: clock, randomness, log and timeouts, so that tests bring their own.
import { setTimeout as sleep } from "node:timers/promises";
import type { RetryPolicy } from "./rules/job.ts";
import type { Settings } from "./rules/settings.ts";

export interface Environment {
  now: () => number;
  /** Resolves after so many milliseconds, or when the signal comes. */
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** At least 0, less than 1. */
  chance: () => number;
  newId: () => string;
  /** A line for whoever runs the daemon. */
  say: (line: string) => void;
  environment: Record<string, string | undefined>;
}

/** Milliseconds. */
export interface Timing {
  heartbeat: number;
  /** How long a log line may wait for others. */
  logs: number;
  /** How soon a state that has changed goes to the server. */
  state: number;
  /** How long the server may hold the question for a job. */
  poll: number;
  /** For one call, beyond what the server holds it. */
  patience: number;
  /** Between the asking of a program to stop and its end. */
  grace: number;
  jobTimeout: number;
  retry: RetryPolicy;
}

export const timingOf = ({ heartbeat, grace, jobTimeout }: Settings): Timing => ({
  heartbeat,
  grace,
  jobTimeout,
  logs: 1_000,
  state: Math.min(heartbeat, 2_000),
  poll: 25_000,
  patience: 15_000,
  retry: { first: 500, most: 15_000 },
});

export function createEnvironment(
  environment: Record<string, string | undefined>,
  write: (line: string) => void,
): Environment {
  return {
    now: Date.now,
    wait: (milliseconds, signal) =>
      sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
    chance: Math.random,
    newId: () => crypto.randomUUID(),
    say: (line) => write(`${new Date().toISOString()} ${line}`),
    environment,
  };
}
