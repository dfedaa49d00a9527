// How a job is brought to an early end: one place that knows why, and the signals that everything else listens to.
import type { PermanentErrorCode } from "../workspaces/jobs/rules/job.ts";
import { isStronger, type EndReason } from "./rules/ending.ts";

export interface Ending {
  reason: () => EndReason | undefined;
  end: (reason: EndReason) => void;
  /** Any reason: programs are asked to stop. */
  ended: AbortSignal;
  /** Programs are killed at once. */
  killed: AbortSignal;
  /** Nothing more can be said about the job. */
  lost: AbortSignal;
}

export function createEnding(): Ending {
  const [ended, killed, lost] = [new AbortController(), new AbortController(), new AbortController()];
  let present: EndReason | undefined;
  return {
    reason: () => present,
    end: (reason) => {
      if (!isStronger(reason, present)) return;
      present = reason;
      if (reason === "killed") killed.abort();
      if (reason === "lost") lost.abort();
      ended.abort();
    },
    ended: ended.signal,
    killed: killed.signal,
    lost: lost.signal,
  };
}

/** The job can't be done; the message is what its owner reads. */
export class JobFailure extends Error {
  /** The cause, where a retry can't fix it. */
  readonly code: PermanentErrorCode | undefined;
  constructor(message?: string, code?: PermanentErrorCode) {
    super(message);
    this.code = code;
  }
}
