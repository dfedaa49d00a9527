// What prebuilds add to the write that completes a job: the build's duration, and for a claim that replaced resources a count
// and one notification.
import type { Answers, SQL } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { canonicalJson } from "../../kernel/rules/json.ts";
import { addToCounter } from "../../kernel/store/counters.ts";
import {
  notify,
  resolveSituations,
  type StatementOrNotice,
  defineKind,
  templateAdminRoles,
  templateAdmins,
} from "../../notifications/index.ts";
import { uncanceledLeaseHeldSql, type JobLease } from "../../workspaces/jobs/store/jobs.ts";
import { driftEvent, maxNamedResources, type Claim } from "../drift/rules/drift-event.ts";
import { durationOf, replacementLabels, replacementsTotal } from "./rules/claim-metrics.ts";
import type { Replacement } from "../drift/rules/terraform-plan.ts";
import { driftKey } from "../drift/mark-fixed.ts";
import { findTimedBuild } from "./store/claim.ts";
import { findClaim, listReplaced, type ReplacedRow } from "../drift/store/drift.ts";

/** What is read before a job is completed. */
export const claimReads = (buildId: string) => ({
  timed: findTimedBuild(buildId),
  claim: findClaim(buildId),
  replaced: listReplaced(buildId, maxNamedResources),
  ...resourceReplaced.reads(),
});
export type ClaimFacts = Answers<ReturnType<typeof claimReads>>;

/**
 * Nothing for a build that is no claim. Counts that resources were replaced, not how many; a claim that replaces none ends
 * what earlier ones of its version began.
 */
export function claimCompletion(deps: Deps, lease: JobLease, before: ClaimFacts): StatementOrNotice[] {
  const [claim] = before.claim;
  const total = before.replaced[0]?.total ?? 0;
  if (claim === undefined) return [];
  const when = uncanceledLeaseHeldSql(lease);
  if (total === 0) return claim.isDriftOpen === 0 ? [] : [endDrift(claim, deps.now(), when)];
  const replaced = before.replaced.map(toReplacement);
  const event = resourceReplaced.prepare(deps, before, { buildId: lease.jobId, claim, replaced, total });
  return [
    addToCounter([replacementsTotal, canonicalJson(replacementLabels(claim)), 1], when),
    notify(event, { when }),
  ];
}

const endDrift = ({ versionId, presetId }: Claim, at: number, when: SQL) =>
  resolveSituations({ keys: [driftKey(versionId, presetId)], at, how: "unaffected", closes: true, when });

/** How long it took, counted in the write that ends it. */
export function timedCompletion(deps: Deps, lease: JobLease, { timed }: ClaimFacts): StatementOrNotice[] {
  const when = uncanceledLeaseHeldSql(lease);
  const additions = timed.flatMap((build) => durationOf(build, deps.now()));
  return additions.map((addition) => addToCounter(addition, when));
}

function toReplacement({ address, paths, reason }: ReplacedRow): Replacement {
  const places = (JSON.parse(paths) as [number, string | null][]).toSorted(([a], [b]) => a - b);
  const named = places.map(([, path]) => path).filter((path) => path !== null);
  return { resource: address, paths: named, reason: reason ?? "" };
}

export interface ReplacedResources {
  buildId: string;
  claim: Claim;
  /** The first of them. */
  replaced: readonly Replacement[];
  /** How many have paths. */
  total: number;
}

export const resourceReplaced = defineKind("prebuilt-workspace-resource-replaced", {
  audience: () => ({ roles: templateAdminRoles }),
  event: ({ buildId, claim, replaced, total }: ReplacedResources) => ({
    ...driftEvent(buildId, claim, replaced, total),
    situation: { key: driftKey(claim.versionId, claim.presetId), isCalm: true },
    recipients: templateAdmins,
  }),
});
