// What the daemon and its jobs work with: clock, randomness, log and timeouts, so that tests bring their own.
import { setTimeout as sleep } from "node:timers/promises";
import type { Ending } from "./ending.ts";
import type { JobLog } from "./logs.ts";
import type { Job, Pace } from "./rules/job.ts";
import type { Settings } from "./rules/settings.ts";
import type { JobServer } from "./server.ts";

export interface World {
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
  retry: Pace;
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

export function createWorld(
  environment: Record<string, string | undefined>,
  write: (line: string) => void,
): World {
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

/** What does the work. */
export type Tool = { kind: "terraform"; file: string } | { kind: "script"; file: string };

export interface Shop {
  server: JobServer;
  world: World;
  timing: Timing;
  tool: Tool;
  templates: string | undefined;
  workDir: string;
  /** The daemon's own key: no log may show it. */
  secrets: string[];
  /** No new work is begun. */
  stopping: AbortSignal;
  /** What has begun is given up. */
  killing: AbortSignal;
}

export interface Work {
  job: Job;
  folder: string;
  /** False: the version has none. */
  hasFiles: boolean;
  log: JobLog;
  mask: (text: string) => string;
  server: JobServer;
  ending: Ending;
  world: World;
  timing: Timing;
  /** Throws when the job has been ended meanwhile. */
  goOn: () => void;
  /** From here on the workspace may have changed: the state goes back, however this ends. */
  changing: () => void;
}
