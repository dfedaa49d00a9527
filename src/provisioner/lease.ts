// Why a job is interrupted, in one place, and its lease: heartbeats that learn of a cancellation or a lost lease.
import { fields } from "../kernel/rules/json.ts";
import type { PermanentErrorCode } from "../workspaces/jobs/rules/job.ts";
import { type InterruptReason, isStronger, type Job, classifyStatus } from "./rules/job.ts";
import { jobCall, type JobServer, jsonOf } from "./server.ts";
import type { Environment, Timing } from "./environment.ts";

export interface JobInterrupt {
  reason: () => InterruptReason | undefined;
  raise: (reason: InterruptReason) => void;
  /** For any reason: programs are asked to stop. */
  raised: AbortSignal;
  /** Programs are killed immediately. */
  killed: AbortSignal;
  /** The job belongs to another provisioner or has ended: nothing can be reported. */
  lost: AbortSignal;
}

export function createInterrupt(): JobInterrupt {
  const [raised, killed, lost] = [new AbortController(), new AbortController(), new AbortController()];
  let current: InterruptReason | undefined;
  return {
    reason: () => current,
    raise: (reason) => {
      if (!isStronger(reason, current)) return;
      current = reason;
      if (reason === "killed") killed.abort();
      if (reason === "lost") lost.abort();
      raised.abort();
    },
    raised: raised.signal,
    killed: killed.signal,
    lost: lost.signal,
  };
}

/** The job fails; the message is for the owner of the workspace. */
export class JobFailure extends Error {
  /** Set if a retry can't succeed. */
  readonly code: PermanentErrorCode | undefined;
  constructor(message?: string, code?: PermanentErrorCode) {
    super(message);
    this.code = code;
  }
}

/** Thrown by `throwIfInterrupted`; the reason is in the interrupt. */
export class InterruptedError extends JobFailure {}

/** What talks to the server about one job. */
export interface JobConnection {
  server: JobServer;
  interrupt: JobInterrupt;
  environment: Environment;
  timing: Timing;
}

export interface Lease {
  /** The job's end is being reported: a lost lease can mean that the report arrived and only its response was lost. */
  startReporting: () => void;
  stop: () => void;
}

/** An unreachable server interrupts nothing: no lease expires while it is down. */
export function keepLease(job: Job, { server, environment, timing, interrupt }: JobConnection): Lease {
  const stopped = new AbortController();
  let isReporting = false;
  const isDone = () => stopped.signal.aborted || interrupt.lost.aborted;
  const beat = async () => {
    const outcome = await server.call({ ...jobCall(job, "POST", "heartbeat"), signal: stopped.signal });
    if (isDone()) return;
    if (outcome.ok) {
      if (fields(jsonOf(outcome.body))["cancel"] === true) interrupt.raise("canceled");
    } else if (classifyStatus(outcome.status) !== "again") {
      if (!isReporting) interrupt.raise("lost");
    } else environment.log(`job ${job.id}: the lease could not be extended. ${outcome.message}`);
  };
  const keep = async () => {
    while (!isDone()) {
      await environment.wait(timing.heartbeatMs, AbortSignal.any([stopped.signal, interrupt.lost]));
      if (!isDone()) await beat();
    }
  };
  void keep();
  return { startReporting: () => (isReporting = true), stop: () => stopped.abort() };
}
