// One reconciliation run: lease and snapshot, plan, apply. The tick starts one when it is due; a request that changes pools
// starts one after its response.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { apply } from "./apply.ts";
import { inSlices } from "../../kernel/pause.ts";
import { rangeSize } from "./ranges.ts";
import type { Action } from "./rules/actions.ts";
import { plan, type Plan } from "./rules/plan.ts";
import type { PoolState } from "./rules/pool-state.ts";
import { decideUnderLease, isPaused, policyOf } from "./snapshot.ts";
import { abandonRun, endRun, readLease } from "./store/lease.ts";
import { readPrebuildSettings } from "./store/pool-control.ts";
import { createCoalescer } from "../../kernel/coalescer.ts";
import type { ReconciliationRequests } from "../../kernel/ports.ts";

export interface ReconciliationRun {
  /** `busy`: another run holds the lease, or none is due. */
  outcome: "done" | "paused" | "busy";
  plan: Plan | null;
  /** Steps done of each action. */
  done: Map<Action, number>;
}

/** Consecutive runs while another is requested. */
const maxRuns = 3;

/** Whether a run is due; read together with other facts of the tick. */
export const dueReads = () => ({ poolLease: readLease(), prebuildSettings: readPrebuildSettings() });
type DueAnswers = { poolLease: { nextDueAt: number }[]; prebuildSettings: { value: string }[] };

export const isDue = ({ poolLease, prebuildSettings }: DueAnswers, now: number): boolean =>
  poolLease[0] !== undefined && poolLease[0].nextDueAt <= now && !isPaused(prebuildSettings);

/**
 * `forced`: also when none is due. While another instance holds the lease, this returns `busy` and that instance runs again.
 * Throws when the database fails; the next run finishes what was started.
 */
export async function reconcile(deps: Deps, { forced }: { forced: boolean }): Promise<ReconciliationRun> {
  let first: ReconciliationRun | undefined;
  for (let runs = 1; runs <= maxRuns; runs += 1) {
    const token = deps.newId();
    const { isRequested, ...run } = await runOnce(deps, token, forced || runs > 1);
    first ??= run;
    if (!isRequested || deps.process.stopping.aborted) break;
  }
  return first!;
}

/** Pauses between checks of a run in progress: 5 seconds in total. */
const pausesMs = [50, 100, 200, 400, 750, 1_000, 1_000, 1_500];

/**
 * A run that sees what is there now: it waits for one that is under way, here or in another instance, for at most 5
 * seconds. `busy` when that one still has the lease by then; it is followed by another.
 */
export async function reconcileAfterOthers(deps: Deps): Promise<ReconciliationRun> {
  let run = await reconcile(deps, { forced: true });
  for (const pauseMs of pausesMs) {
    if (run.outcome !== "busy" || deps.process.stopping.aborted) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const { lease } = await deps.db.read({ lease: readLease() });
    if (isLeaseFree(lease[0], deps.now())) run = await reconcile(deps, { forced: true });
  }
  return run;
}

const isLeaseFree = (lease: { token: string | null; expiresAt: number } | undefined, now: number): boolean =>
  lease === undefined || lease.token === null || lease.expiresAt <= now;

/** A run that was due. The caller writes `end`, which frees the lease and sets when the next run is due. */
export async function beginRun(deps: Deps): Promise<{ run: ReconciliationRun; end: Statement[] }> {
  const token = deps.newId();
  const run = await workUnder(deps, token, false);
  return { run, end: run.outcome === "busy" ? [] : [endRunStatement(deps, token)] };
}

async function runOnce(
  deps: Deps,
  token: string,
  forced: boolean,
): Promise<ReconciliationRun & { isRequested: boolean }> {
  const run = await workUnder(deps, token, forced);
  if (run.outcome === "busy") return { ...run, isRequested: false };
  const after = await deps.db.write([endRunStatement(deps, token)], dueReads());
  return { ...run, isRequested: isDue(after, deps.now()) };
}

/** Everything but the end of the run. */
async function workUnder(deps: Deps, token: string, forced: boolean): Promise<ReconciliationRun> {
  const pools = await decideUnderLease(deps, token, forced);
  if (pools === null) return { outcome: "busy", plan: null, done: new Map() };
  if (pools.isPaused) return { outcome: "paused", plan: null, done: new Map() };
  try {
    const decided = plan(pools.decisions, pools.pending, policyOf(deps));
    await inSlices(decided.states, rangeSize, (state) => logProblems(deps, state));
    const done = await apply(deps, decided, token);
    await inSlices([...done], rangeSize, (change) => logChange(deps, change));
    return { outcome: "done", plan: decided, done };
  } catch (error) {
    // The lease expires if this fails too.
    await deps.db.write([abandonRun(token)], {}).catch(() => {});
    throw error;
  }
}

const endRunStatement = (deps: Deps, token: string): Statement =>
  endRun(token, deps.now(), deps.now() + deps.config.prebuilds.reconciliationInterval);

/** Problems that operators see in the log of each run. */
function logProblems({ log, now }: Deps, state: PoolState): void {
  const { pool, isActive, isAtLimit, backoffUntil, scheduleProblem } = state;
  const names = {
    template: pool.templateName,
    version: pool.versionName,
    preset: pool.presetName,
    preset_id: pool.presetId,
  };
  if (scheduleProblem !== null)
    log.error("schedules of a prebuild pool ignored", { ...names, reason: scheduleProblem });
  if (isActive && isAtLimit) {
    log.warn("prebuild pool at its hard limit: no prebuilds are created", {
      ...names,
      failures: state.failuresInRow,
      since: new Date(pool.limitedAt ?? now()).toISOString(),
    });
  }
  if (backoffUntil !== null) {
    log.warn("prebuild pool backs off after failed builds", {
      ...names,
      failures: state.recentFailures,
      until: new Date(backoffUntil).toISOString(),
      seconds: Math.round((backoffUntil - now()) / 1_000),
    });
  }
}

const logChange = ({ log }: Deps, [{ kind, pool, reason }, count]: [Action, number]) =>
  log.info("prebuild pool changed", {
    action: kind,
    count,
    template: pool.templateName,
    preset: pool.presetName,
    reason,
  });

/** No run starts once `stopping` is aborted. `gather` is awaited before each: requests that arrive meanwhile share the run. */
export function createReconciliationRequests(
  own: () => Deps,
  stopping: AbortSignal,
  gather: () => Promise<void>,
): ReconciliationRequests {
  const runs = createCoalescer<null>({
    run: async () => void (await reconcile(own(), { forced: true })),
    onError: (error) => own().log.error("background reconciliation failed", { reason: String(error) }),
    gather,
    signal: stopping,
  });
  return {
    request: () => {
      const served = runs.add(null);
      own().defer(() => served);
    },
  };
}

export function requestReconciliation(deps: Deps): void {
  if (deps.process.reconciliations === null) deps.defer(() => reconcile(deps, { forced: true }));
  else deps.process.reconciliations.request();
}
