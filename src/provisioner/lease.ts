// Keeps a job's lease while the job is done, and learns from the answers that somebody has canceled it, or that it is
// ours no longer.
import { meaningOf } from "./rules/answers.ts";
import { fields } from "../kernel/rules/shape.ts";
import { jobCall, jsonOf, type JobServer } from "./server.ts";
import type { Job } from "./rules/job.ts";
import type { Ending } from "./ending.ts";
import type { Timing, World } from "./world.ts";

export interface Lease {
  /** The job's end is being told: a lease that has gone may mean that it was heard, only its answer was lost. */
  telling: () => void;
  stop: () => void;
}

/** A server that does not answer takes nothing away: while it is down no lease runs out. */
export function keepLease(
  job: Job,
  { server, world, timing, ending }: { server: JobServer; world: World; timing: Timing; ending: Ending },
): Lease {
  const over = new AbortController();
  let isTelling = false;
  const isOver = () => over.signal.aborted || ending.lost.aborted;
  const beat = async () => {
    const outcome = await server.call({ ...jobCall(job, "POST", "heartbeat"), signal: over.signal });
    if (isOver()) return;
    if (outcome.ok) {
      if (fields(jsonOf(outcome.body))["cancel"] === true) ending.end("canceled");
    } else if (meaningOf(outcome.status) !== "again") {
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
