// The parts that prebuilds add to the write that completes a job: how long a new workspace took is counted, and a claim that
// replaced resources is counted and notified of, once. The route of completions puts them before the end of the job.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { canonicalJson } from "../../kernel/rules/canonical-json.ts";
import { addToCounter } from "../../kernel/store/counters.ts";
import { notify, type StatementOrNotice } from "../../notifications/index.ts";
import { resourceReplaced } from "../drift/drift-kind.ts";
import { holdsUncanceled, type Hold } from "../../workspaces/jobs/store/jobs.ts";
import { maxNamedResources, replacementLabels, replacementsTotal } from "../drift/rules/drift-event.ts";
import { durationOf } from "./rules/durations.ts";
import type { Replacement } from "../drift/rules/replacements.ts";
import { findTimedBuild } from "./store/durations.ts";
import { findClaim, listReplaced, type ReplacedRow } from "../drift/store/replacements.ts";

/** What is read before a job is completed. */
export const claimReads = (buildId: string) => ({
  timed: findTimedBuild(buildId),
  claim: findClaim(buildId),
  replaced: listReplaced(buildId, maxNamedResources),
  ...resourceReplaced.reads(),
});
export type ClaimFacts = Answers<ReturnType<typeof claimReads>>;

/** Nothing for a build that is no claim or has replaced nothing. Counts that it happened, not how many resources. */
export function claimCompletion(deps: Deps, hold: Hold, facts: ClaimFacts): StatementOrNotice[] {
  const [claim] = facts.claim;
  const total = facts.replaced[0]?.total ?? 0;
  if (claim === undefined || total === 0) return [];
  const replaced = facts.replaced.map(toReplacement);
  const event = resourceReplaced.prepare(deps, facts, { buildId: hold.jobId, claim, replaced, total });
  const when = holdsUncanceled(hold);
  return [
    addToCounter([replacementsTotal, canonicalJson(replacementLabels(claim)), 1], when),
    notify(event, { when }),
  ];
}

/** How long it took, counted in the write that ends it. */
export function timedCompletion(deps: Deps, hold: Hold, { timed }: ClaimFacts): StatementOrNotice[] {
  const when = holdsUncanceled(hold);
  const additions = timed.flatMap((build) => durationOf(build, deps.now()));
  return additions.map((addition) => addToCounter(addition, when));
}

function toReplacement({ address, paths, reason }: ReplacedRow): Replacement {
  const places = (JSON.parse(paths) as [number, string | null][]).toSorted(([a], [b]) => a - b);
  const named = places.map(([, path]) => path).filter((path) => path !== null);
  return { resource: address, paths: named, reason: reason ?? "" };
}
