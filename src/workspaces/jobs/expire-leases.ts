// Jobs whose lease expired go back to the queue, are canceled or fail. A step of the tick.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { notify, writeAndNotify } from "../../notifications/index.ts";
import { failureReads } from "./end-job.ts";
import { prepareFailure } from "./ending-kinds.ts";
import { decideExpiredJob, leaseLostMessage, hasTickPaused } from "./rules/job.ts";
import {
  cancelExpiredJobs,
  extendAllLeases,
  failExpiredJobs,
  leaseExpiredSql,
  listExpiredJobs,
  requeueJobs,
  type ExpiredJob,
} from "./store/jobs.ts";

const maxExpiredJobs = 500;
/** Failures in one write: each brings an event of its own. */
const maxFailuresPerWrite = 50;

export const leaseReads = (now: number) => ({ lapsed: listExpiredJobs(now, maxExpiredJobs) });
type LeaseAnswers = Answers<ReturnType<typeof leaseReads>> & { lastTick: { value: string }[] };

/** Answers how many leases ran out. `lastTick` is the previous tick: it is read before this one is noted. */
export async function expireLeases(deps: Deps, { lapsed, lastTick }: LeaseAnswers): Promise<number> {
  const now = deps.now();
  if (lapsed.length === 0) return 0;
  const last = lastTick[0] === undefined ? undefined : Number(lastTick[0].value);
  if (hasTickPaused(last, now, deps.config.notifications.fetchInterval)) {
    await deps.db.write([extendAllLeases(now)], {});
    return 0;
  }
  const decided = (wanted: ReturnType<typeof decideExpiredJob>) =>
    lapsed.filter((job) => decide(job) === wanted).map((job) => job.id);
  const requeued = decided("requeue");
  const canceled = decided("cancel");
  if (requeued.length + canceled.length > 0)
    await deps.db.write([requeueJobs(requeued, now), cancelExpiredJobs(canceled, now)], {});
  if (requeued.length > 0) deps.process.jobs.wake();
  const failed = decided("fail");
  for (let from = 0; from < failed.length; from += maxFailuresPerWrite)
    await failJobs(deps, failed.slice(from, from + maxFailuresPerWrite), now);
  return lapsed.length;
}

const decide = ({ status, hasPlan, requeues }: ExpiredJob) =>
  decideExpiredJob({ status, hasPlan: hasPlan === 1, requeues });

/** Notified like any failure; a job whose lease was renewed meanwhile continues. */
async function failJobs(deps: Deps, ids: readonly string[], now: number): Promise<void> {
  const before = await deps.db.read(failureReads(ids));
  const notices = before.ended.flatMap((build) =>
    prepareFailure(deps, build, leaseLostMessage, before).map((event) =>
      notify(event, { when: leaseExpiredSql(build.id, now) }),
    ),
  );
  await writeAndNotify(deps, [...notices, failExpiredJobs(ids, now)], {});
  for (const id of ids) deps.log.warn("provisioner lost during a build", { build_id: id });
}
