// How a job ends early: one place knows the reason, and the lease brings news from the server (canceled, or lost).
import { fields } from "../kernel/rules/json.ts";
import type { PermanentErrorCode } from "../workspaces/jobs/rules/job.ts";
import { type EndReason, isStronger, type Job, classifyStatus } from "./rules/job.ts";
import { jobCall, type JobServer, jsonOf } from "./server.ts";
import type { Timing, Environment } from "./worker-context.ts";

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

/** Thrown by `goOn`: why, the ending knows. */
export class EndedEarly extends JobFailure {}

export interface Lease {
  /** The job's end is being told: a lease that has gone may mean that it was heard, only its answer was lost. */
  telling: () => void;
  stop: () => void;
}

/** A server that does not answer takes nothing away: while it is down no lease runs out. */
export function keepLease(
  job: Job,
  {
    server,
    world,
    timing,
    ending,
  }: { server: JobServer; world: Environment; timing: Timing; ending: Ending },
): Lease {
  const over = new AbortController();
  let isTelling = false;
  const isOver = () => over.signal.aborted || ending.lost.aborted;
  const beat = async () => {
    const outcome = await server.call({ ...jobCall(job, "POST", "heartbeat"), signal: over.signal });
    if (isOver()) return;
    if (outcome.ok) {
      if (fields(jsonOf(outcome.body))["cancel"] === true) ending.end("canceled");
    } else if (classifyStatus(outcome.status) !== "again") {
      if (!isTelling) ending.end("lost");
    } else world.say(`job ${job.id}: the lease could not be extended. ${outcome.message}`);
  };
  const keep = async () => {
    while (!isOver()) {
      await world.wait(timing.heartbeat, AbortSignal.any([over.signal, ending.lost]));
      if (!isOver()) await beat();
    }
  };
  void keep();
  return { telling: () => (isTelling = true), stop: () => over.abort() };
}
