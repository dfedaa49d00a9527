// One reconciliation run: lease and snapshot, plan, apply. The tick starts one when it is due; a request that changes pools
// starts one after its response.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { apply } from "./apply.ts";
import type { Action } from "./rules/actions.ts";
import { plan, type Plan } from "./rules/plan.ts";
import type { PoolState } from "./rules/pool-state.ts";
import { isPaused, policyOf, takeSnapshot, toSnapshot } from "./snapshot.ts";
import { abandonRun, endRun, readLease } from "./store/lease.ts";
import { readPrebuildSettings } from "./store/pool-control.ts";
import { createCoalescer } from "../../kernel/coalescer.ts";
import type { ReconciliationRequests } from "../../kernel/ports.ts";

export interface ReconciliationRun {
  /** `busy`: another pass is under way, or none is due. */
  outcome: "done" | "paused" | "busy";
  plan: Plan | null;
  /** How many steps of each action were done. */
  done: Map<Action, number>;
}

/** Passes in a row, while there are wishes for another. */
const maxRuns = 3;

/** What says whether a pass is due; it travels with other reads of the tick. */
export const dueReads = () => ({ poolLease: readLease(), prebuildSettings: readPrebuildSettings() });
type DueAnswers = { poolLease: { nextDueAt: number }[]; prebuildSettings: { value: string }[] };

export const isDue = ({ poolLease, prebuildSettings }: DueAnswers, now: number): boolean =>
  poolLease[0] !== undefined && poolLease[0].nextDueAt <= now && !isPaused(prebuildSettings);

/**
 * `forced`: although none is due. Another instance that makes one already is no error: it makes another then. Throws when
 * the database fails; what was begun is finished by the next pass.
 */
export async function reconcile(deps: Deps, { forced }: { forced: boolean }): Promise<ReconciliationRun> {
  let first: ReconciliationRun | undefined;
  for (let passes = 1; passes <= maxRuns; passes += 1) {
    const token = deps.newId();
    const { isRequested, ...pass } = await runOnce(deps, token, forced || passes > 1);
    first ??= pass;
    if (!isRequested || deps.process.stopping.aborted) break;
  }
  return first!;
}

/** Milliseconds between looks at a run that is under way: 5 seconds together. */
const pausesMs = [50, 100, 200, 400, 750, 1_000, 1_000, 1_500];

/**
 * A run that sees what is there now: it waits for one that is under way, here or in another instance, for at most 5
 * seconds. `busy` when that one still has the lease by then; it is followed by another.
 */
export async function reconcileAfterOthers(deps: Deps): Promise<ReconciliationRun> {
  let pass = await reconcile(deps, { forced: true });
  for (const pauseMs of pausesMs) {
    if (pass.outcome !== "busy" || deps.process.stopping.aborted) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const { lease } = await deps.db.read({ lease: readLease() });
    if (isLeaseFree(lease[0], deps.now())) pass = await reconcile(deps, { forced: true });
  }
  return pass;
}

const isLeaseFree = (lease: { token: string | null; expiresAt: number } | undefined, now: number): boolean =>
  lease === undefined || lease.token === null || lease.expiresAt <= now;

/** A pass that was due. Its `end` has to be written for the lease to be free, and the next pass due at its time. */
export async function beginRun(deps: Deps): Promise<{ pass: ReconciliationRun; end: Statement[] }> {
  const token = deps.newId();
  const pass = await workUnder(deps, token, false);
  return { pass, end: pass.outcome === "busy" ? [] : [endRunStatement(deps, token)] };
}

async function runOnce(
  deps: Deps,
  token: string,
  forced: boolean,
): Promise<ReconciliationRun & { isRequested: boolean }> {
  const pass = await workUnder(deps, token, forced);
  if (pass.outcome === "busy") return { ...pass, isRequested: false };
  const after = await deps.db.write([endRunStatement(deps, token)], dueReads());
  return { ...pass, isRequested: isDue(after, deps.now()) };
}

/** Everything but the end of the pass. */
async function workUnder(deps: Deps, token: string, forced: boolean): Promise<ReconciliationRun> {
  const answers = await takeSnapshot(deps, token, forced);
  if (answers === null) return { outcome: "busy", plan: null, done: new Map() };
  try {
    const paused = isPaused(answers.prebuildSettings);
    const decided = paused ? null : plan(toSnapshot(answers), deps.now(), policyOf(deps));
    for (const state of decided?.states ?? []) logProblems(deps, state);
    const done = decided === null ? new Map<Action, number>() : await apply(deps, decided, token);
    logChanges(deps, done);
    return { outcome: paused ? "paused" : "done", plan: decided, done };
  } catch (error) {
    // The lease runs out by itself where even this fails.
    await deps.db.write([abandonRun(token)], {}).catch(() => {});
    throw error;
  }
}

const endRunStatement = (deps: Deps, token: string): Statement =>
  endRun(token, deps.now(), deps.now() + deps.config.prebuilds.reconciliationInterval);

/** What an operator should know of on every pass. */
function logProblems({ log, now }: Deps, state: PoolState): void {
  const { pool, isActive, isAtLimit, backoffUntil, scheduleProblem } = state;
  const names = {
    template: pool.templateName,
    version: pool.versionName,
    preset: pool.presetName,
    preset_id: pool.presetId,
  };
  if (scheduleProblem !== null)
    log.error("the schedules of a pool are not followed", { ...names, reason: scheduleProblem });
  if (isActive && isAtLimit) {
    log.warn("a pool is at its hard limit: its newest builds have all failed, and nothing new is made", {
      ...names,
      failures: state.failuresInRow,
      since: new Date(pool.limitedAt ?? now()).toISOString(),
    });
  }
  if (backoffUntil !== null) {
    log.warn("builds of a pool have failed: it waits", {
      ...names,
      failures: state.recentFailures,
      until: new Date(backoffUntil).toISOString(),
      seconds: Math.round((backoffUntil - now()) / 1_000),
    });
  }
}

function logChanges({ log }: Deps, done: Map<Action, number>): void {
  for (const [{ kind, pool, reason }, count] of done) {
    log.info("a pool was changed", {
      action: kind,
      count,
      template: pool.templateName,
      preset: pool.presetName,
      reason,
    });
  }
}

/** No pass begins once `stopping` is aborted. `gather` is awaited before each: what arrives meanwhile is served by it. */
export function createReconciliationRequests(
  own: () => Deps,
  stopping: AbortSignal,
  gather: () => Promise<void>,
): ReconciliationRequests {
  const passes = createCoalescer<null>({
    run: async () => void (await reconcile(own(), { forced: true })),
    onError: (error) => own().log.error("work after an answer failed", { reason: String(error) }),
    gather,
    signal: stopping,
  });
  return {
    request: () => {
      const served = passes.add(null);
      own().defer(() => served);
    },
  };
}

export function requestReconciliation(deps: Deps): void {
  if (deps.process.pools === null) deps.defer(() => reconcile(deps, { forced: true }));
  else deps.process.pools.request();
}
