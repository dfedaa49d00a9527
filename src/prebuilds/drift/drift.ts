// Drift, the resources that a claim destroys and recreates: recorded from the provisioner's plan before it is applied, and
// reported by version and preset.
import type { Answers, SQL, Statement } from "../../../db/client.ts";
import { driftReport, type DriftEntry } from "./rules/drift-report.ts";
import { countClaims, listActivePools, listAffected, insertReplacements } from "./store/drift.ts";
import type { Deps } from "../../kernel/deps.ts";
import {
  unplannedLeaseHeldSql,
  markPlanReceived,
  type JobLease,
  type JobRow,
} from "../../workspaces/jobs/store/jobs.ts";
import { logLines } from "./rules/drift-lines.ts";
import { withinStorageLimits, type Replacement } from "./rules/terraform-plan.ts";
import { logLineStatements } from "../../workspaces/jobs/held-job.ts";

export const driftReads = (templateId: SQL | string) => ({
  claims: countClaims(templateId),
  pools: listActivePools(templateId),
  affected: listAffected(templateId),
});

export const driftOf = ({ claims, pools, affected }: Answers<ReturnType<typeof driftReads>>): DriftEntry[] =>
  driftReport(claims, pools, affected);

/** As Coder calls it; the daemon's own lines of the plan have it too. */
const stage = "Planning infrastructure";

/** `job` may be left out where nothing is replaced. The first plan of a job counts: one that is sent again changes nothing. */
export function receivePlan(
  deps: Deps,
  hold: JobLease,
  replacements: readonly Replacement[],
  job?: JobRow,
): Statement[] {
  const isClaim = job?.stage === "claim" && job.transition !== "delete";
  const lines = logLines(replacements, isClaim).map((line, at) => ({
    ...line,
    id: `drift-${at}`,
    source: "provisioner" as const,
    stage,
    at: undefined,
  }));
  const isFirst = unplannedLeaseHeldSql(hold);
  return [
    ...(lines.length === 0
      ? []
      : logLineStatements(deps, hold, lines, { when: isFirst, evenWhenFull: true })),
    ...insertReplacements(hold.jobId, withinStorageLimits(replacements), isFirst),
    markPlanReceived(hold, deps.now()),
  ];
}
