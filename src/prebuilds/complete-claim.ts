// The part that drift adds to the write that completes a job: a claim that made resources anew is counted and told, once.
// The route of completions puts it before the end of the job.
import type { Answers } from "../../db/client.ts";
import type { Deps } from "../deps.ts";
import { enqueue } from "../notifications/enqueue.ts";
import { planEvent } from "../notifications/plan.ts";
import { enqueueAnswersOf, enqueueReadsAs } from "../notifications/reads.ts";
import { templateAdminRoles } from "../notifications/rules/audience.ts";
import { addToCounter } from "../notifications/store/metrics.ts";
import type { EndingPart } from "../workspaces/end-job.ts";
import { holdsUncanceled, type Hold } from "../workspaces/store/jobs.ts";
import {
  driftEvent,
  replacementLabels,
  replacementsTotal,
  resourceReplacedTemplate,
} from "./rules/drift-event.ts";
import { mostListed } from "./rules/drift-lines.ts";
import { findClaim, listReplaced } from "./store/replacements.ts";

/** What is read before a job is completed. */
export const claimReads = (buildId: string) => ({
  claim: findClaim(buildId),
  replaced: listReplaced(buildId, mostListed),
  ...enqueueReadsAs("resourceReplaced", resourceReplacedTemplate, { roles: templateAdminRoles }),
});
export type ClaimFacts = Answers<ReturnType<typeof claimReads>>;

/** Nothing for a build that is no claim or has replaced nothing. Counts that it happened, not how many resources. */
export function claimCompletion(deps: Deps, hold: Hold, facts: ClaimFacts): EndingPart {
  const [claim] = facts.claim;
  const [first] = facts.replaced;
  if (claim === undefined || first === undefined) return { statements: [], plans: [] };
  const replaced = facts.replaced.map(({ address, paths }) => ({
    resource: address,
    paths: JSON.parse(paths) as string[],
    reason: "",
  }));
  const event = driftEvent(hold.jobId, claim, replaced, first.total);
  const plan = planEvent(deps, event, enqueueAnswersOf("resourceReplaced", facts));
  const when = holdsUncanceled(hold);
  return {
    statements: [addToCounter(replacementsTotal, replacementLabels(claim), when), ...enqueue(plan, { when })],
    plans: [plan],
  };
}
