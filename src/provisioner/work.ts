// What the daemon brings to every job, and what one job works with.
import type { Ending } from "./ending.ts";
import type { JobLog } from "./logs.ts";
import type { Job } from "./rules/job.ts";
import type { JobServer } from "./server.ts";
import type { Timing, Environment } from "./worker-context.ts";

/** What does the work. */
export type Tool = { kind: "terraform"; file: string } | { kind: "script"; file: string };

export interface WorkerContext {
  server: JobServer;
  world: Environment;
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
  world: Environment;
  timing: Timing;
  /** Throws when the job has been ended meanwhile. */
  goOn: () => void;
  /** From here on the workspace may have changed: the state goes back, however this ends. */
  changing: () => void;
}
