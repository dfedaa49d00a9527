// What the two ways of doing a job have in common: its folder, its log, and the questions whether it shall go on.
import { JobFailure, type Ending } from "./ending.ts";
import type { Job } from "./rules/job.ts";
import type { JobLog } from "./logs.ts";
import type { JobServer } from "./server.ts";
import type { Timing, World } from "./world.ts";

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

/** Thrown by `goOn`: why, the ending knows. */
export class EndedEarly extends JobFailure {}
