// How many builds of a pool have failed in a row.
import { leaseLost } from "../../../workspaces/jobs/rules/job.ts";
import type { FailedBuild } from "./snapshot.ts";

/** The newest build has rank 1; a rank that is missing has not failed. Lost provisioners are passed over. */
export function streakOf(failures: readonly Pick<FailedBuild, "rank" | "errorCode">[]): number {
  const unbroken = failures
    .toSorted((a, b) => a.rank - b.rank)
    .filter(({ rank }, index) => rank === index + 1);
  return unbroken.filter(({ errorCode }) => errorCode !== leaseLost).length;
}
