// The parts that prebuilds add to the write that completes a job: how long a new workspace took is counted, and a claim that
// replaced resources is counted and notified of, once. The route of completions puts them before the end of the job.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { outboxStatements } from "../../notifications/outbox/enqueue.ts";
import { prepareEvent } from "../../notifications/outbox/prepare-event.ts";
import { enqueueAnswersOf, enqueueReadsAs } from "../../notifications/outbox/reads.ts";
import { templateAdminRoles } from "../../notifications/outbox/rules/recipients.ts";
import { canonicalJson } from "../../kernel/rules/canonical-json.ts";
import { addToCounter } from "../../notifications/delivery/store/metrics.ts";
import type { EndingPart } from "../../workspaces/jobs/end-job.ts";
import { holdsUncanceled, type Hold } from "../../workspaces/jobs/store/jobs.ts";
import {
  driftEvent,
  maxNamedResources,
  replacementLabels,
  replacementsTotal,
  resourceReplacedTemplate,
} from "../drift/rules/drift-event.ts";
import { durationOf } from "./rules/durations.ts";
import type { Replacement } from "../drift/rules/replacements.ts";
import { findTimedBuild } from "./store/durations.ts";
import { findClaim, listReplaced, type ReplacedRow } from "../drift/store/replacements.ts";

/** What is read before a job is completed. */
export const claimReads = (buildId: string) => ({
  timed: findTimedBuild(buildId),
  claim: findClaim(buildId),
  replaced: listReplaced(buildId, maxNamedResources),
  ...enqueueReadsAs("resourceReplaced", resourceReplacedTemplate, { roles: templateAdminRoles }),
});
export type ClaimFacts = Answers<ReturnType<typeof claimReads>>;

/** Nothing for a build that is no claim or has replaced nothing. Counts that it happened, not how many resources. */
export function claimCompletion(deps: Deps, hold: Hold, facts: ClaimFacts): EndingPart {
  const [claim] = facts.claim;
  const total = facts.replaced[0]?.total ?? 0;
  if (claim === undefined || total === 0) return { statements: [], plans: [] };
  const event = driftEvent(hold.jobId, claim, facts.replaced.map(toReplacement), total);
  const plan = prepareEvent(deps, event, enqueueAnswersOf("resourceReplaced", facts));
  const when = holdsUncanceled(hold);
  return {
    statements: [
      addToCounter([replacementsTotal, canonicalJson(replacementLabels(claim)), 1], when),
      ...outboxStatements(plan, { when }),
    ],
    plans: [plan],
  };
}

/** How long it took, counted in the write that ends it. */
export function timedCompletion(deps: Deps, hold: Hold, { timed }: ClaimFacts): EndingPart {
  const when = holdsUncanceled(hold);
  const additions = timed.flatMap((build) => durationOf(build, deps.now()));
  return { statements: additions.map((addition) => addToCounter(addition, when)), plans: [] };
}

function toReplacement({ address, paths, reason }: ReplacedRow): Replacement {
  const places = (JSON.parse(paths) as [number, string | null][]).toSorted(([a], [b]) => a - b);
  const named = places.map(([, path]) => path).filter((path) => path !== null);
  return { resource: address, paths: named, reason: reason ?? "" };
}
