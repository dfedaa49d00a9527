// Jobs whose provisioner has not been heard of: back to the queue, or failed. A part of the tick.
import type { Answers } from "../../db/client.ts";
import type { Deps } from "../deps.ts";
import type { readLastTick } from "../notifications/store/settings.ts";
import { afterLapse, wasAway } from "./rules/job.ts";
import { cancelLapsed, extendAll, failLapsed, listLapsed, requeueJobs, type Lapsed } from "./store/leases.ts";

const mostAtOnce = 500;

export const leaseReads = (now: number) => ({ lapsed: listLapsed(now, mostAtOnce) });
type Seen = Answers<ReturnType<typeof leaseReads> & { lastTick: ReturnType<typeof readLastTick> }>;

/** Answers how many leases ran out. `lastTick` is the pass before: it is read before this one is noted. */
export async function expireLeases(deps: Deps, { lapsed, lastTick }: Seen): Promise<number> {
  const now = deps.now();
  if (lapsed.length === 0) return 0;
  const last = lastTick[0] === undefined ? undefined : Number(lastTick[0].value);
  if (wasAway(last, now, deps.config.notifications.fetchInterval)) {
    await deps.db.write([extendAll(now)], {});
    return 0;
  }
  const decided = (wanted: ReturnType<typeof afterLapse>) =>
    lapsed.filter((job) => decide(job) === wanted).map((job) => job.id);
  const requeued = decided("requeue");
  const failed = decided("fail");
  await deps.db.write(
    [requeueJobs(requeued, now), cancelLapsed(decided("cancel"), now), failLapsed(failed, now)],
    {},
  );
  for (const id of failed) deps.log.warn("a provisioner was lost in the middle of a build", { build_id: id });
  if (requeued.length > 0) deps.process.jobs.wake();
  return lapsed.length;
}

const decide = ({ status, hasPlan, requeues }: Lapsed) =>
  afterLapse({ status, hasPlan: hasPlan === 1, requeues });
