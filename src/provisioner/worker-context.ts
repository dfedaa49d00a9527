// What the daemon gives to every job, and what the steps of one job share.
import type { Environment, Timing } from "./environment.ts";
import type { JobConnection } from "./lease.ts";
import type { JobLog } from "./logs.ts";
import type { Job } from "./rules/job.ts";
import type { JobServer } from "./server.ts";

/** The program that builds workspaces. */
export type Tool = { kind: "terraform"; file: string } | { kind: "script"; file: string };

export interface WorkerContext {
  server: JobServer;
  environment: Environment;
  timing: Timing;
  tool: Tool;
  templates: string | undefined;
  workDir: string;
  /** The daemon's key, masked in logs. */
  secrets: string[];
  /** No new job is started. */
  stopping: AbortSignal;
  /** Running jobs are killed. */
  killing: AbortSignal;
}

export interface JobContext extends JobConnection {
  job: Job;
  folder: string;
  /** False if the template version has none. */
  hasFiles: boolean;
  log: JobLog;
  mask: (text: string) => string;
  /** Throws `InterruptedError`. */
  throwIfInterrupted: () => void;
  /** From now on the workspace can change: its state is uploaded however the job ends. */
  markChanging: () => void;
}
