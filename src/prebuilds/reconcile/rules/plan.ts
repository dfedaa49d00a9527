// The actions that a run takes on pools, and why: pure functions of the snapshot. What a pool needs is decided from itself alone,
// so that many are decided in parts; only the queue is shared.
import { type Action, type Target, shareQueue } from "./actions.ts";
import { maxDesired } from "./desired.ts";
import { formatDuration, inactiveReason, isInvalidated, poolStates, type PoolState } from "./pool-state.ts";
import { firstLine } from "./pool-messages.ts";
import type { PermanentFailure, Policy, Pool, Prebuild, Snapshot } from "./snapshot.ts";

export interface Plan {
  states: PoolState[];
  actions: Action[];
}

/** What one pool needs. */
export interface PoolDecision {
  state: PoolState;
  first: Action[];
  /** Limited by the queue. */
  later: Action[];
}

/** Of all pools of the snapshot, which may be a part of all. */
export const decidePools = (snapshot: Snapshot, now: number, policy: Policy): PoolDecision[] =>
  poolStates(snapshot, now, policy).map((state) => ({
    state,
    first: [...marksFor(state, policy), ...agentMarks(state), ...cancellations(state)],
    later: state.backoffUntil === null ? changesFor(state) : [backoff(state, state.backoffUntil)],
  }));

/** `decisions` about all pools; the oldest pool comes first. `pending`: prebuild jobs that wait for a provisioner. */
export function plan(decisions: readonly PoolDecision[], pending: number, policy: Policy): Plan {
  const ordered = decisions.toSorted((a, b) => a.state.pool.seq - b.state.pool.seq);
  const canceled = ordered
    .flatMap(({ first }) => first)
    .reduce((sum, action) => sum + countCancelled(action), 0);
  const room = policy.maxPending - Math.max(0, pending - canceled);
  const granted = shareQueue(
    ordered.map(({ later }) => later),
    Math.max(0, room),
    policy.maxPending,
  );
  return {
    states: ordered.map(({ state }) => state),
    actions: ordered.flatMap(({ first }, index) => [...first, ...granted[index]!]),
  };
}

const countCancelled = (action: Action) => (action.kind === "cancel" ? action.targets.length : 0);

/** Changes of the stored status of a preset, by the results of its builds. */
function marksFor(state: PoolState, policy: Policy): Action[] {
  const { pool, isActive, isAtLimit, hasRecovered, permanentFailure } = state;
  if (!isActive) return [];
  const problem = creationProblem(state);
  if (pool.status === "validation_failed")
    return problem === undefined ? [{ kind: "mark_normal", pool, reason: "parameters are valid again" }] : [];
  const isNewEpisode = pool.status === "normal" || hasRecovered;
  if (problem !== undefined && isNewEpisode && maxDesired(pool) > 0) {
    const { missingParameters: missing, invalidParameters: invalid } = pool;
    return [
      { kind: "mark_validation_failed", pool, missing, invalid, failure: permanentFailure, reason: problem },
    ];
  }
  if (isAtLimit && isNewEpisode) {
    const failed = policy.failureHardLimit;
    return [{ kind: "mark_hard_limited", pool, failed, reason: limitReason(failed) }];
  }
  if (pool.status === "hard_limited" && hasRecovered)
    return [{ kind: "mark_normal", pool, reason: "a build succeeded" }];
  return [];
}

/** Whether its workspaces have agents: with none, they never become ready. */
function agentMarks({ pool, isActive, running }: PoolState): Action[] {
  if (!isActive || running.length === 0) return [];
  const isMissing = running.every(({ agents }) => agents.length === 0);
  if (isMissing && !pool.isAgentMissing) {
    const reason = "none of its workspaces has an agent";
    return [{ kind: "mark_agent_missing", pool, running: running.length, reason }];
  }
  if (!isMissing && pool.isAgentMissing)
    return [{ kind: "mark_agent_present", pool, reason: "a workspace has an agent" }];
  return [];
}

/** Pending jobs of an inactive pool are canceled. */
function cancellations({ pool, isActive, underway }: PoolState): Action[] {
  if (isActive) return [];
  const targets = underway
    .filter(({ isCreation, status }) => isCreation && status === "pending")
    .map(toTarget);
  return targets.length === 0 ? [] : [{ kind: "cancel", pool, targets, reason: inactiveReason(pool) }];
}

/** Coder's CalculateActions, apart from backoff: expired ones of an inactive pool are deleted, too. */
function changesFor(state: PoolState): Action[] {
  const { pool, isActive, running, expired, extraneous } = state;
  const [invalid, old] = [true, false].map((value) =>
    expired.filter((one) => isInvalidated(pool, one) === value),
  ) as [Prebuild[], Prebuild[]];
  if (!isActive) return deletion(pool, "outdated", [...expired, ...running], inactiveReason(pool));
  return [
    ...deletion(pool, "expired", invalid, "invalidated"),
    ...deletion(pool, "expired", old, `older than ${formatDuration((pool.ttlSeconds ?? 0) * 1_000)}`),
    ...deletion(
      pool,
      "extraneous",
      running.slice(0, extraneous),
      `running: ${running.length}, desired: ${state.desired}`,
    ),
    ...creation(state),
  ];
}

type Seen = { workspaceId: string; name: string; buildId: string };
const toTarget = ({ workspaceId, name, buildId }: Seen): Target => ({ workspaceId, name, buildId });

const deletion = (
  pool: Pool,
  why: "outdated" | "expired" | "extraneous",
  prebuilds: readonly Seen[],
  reason: string,
): Action[] =>
  prebuilds.length === 0 ? [] : [{ kind: "delete", pool, why, targets: prebuilds.map(toTarget), reason }];

/** At most the desired number; none at the hard limit, or when builds can't succeed. */
function creation(state: PoolState): Action[] {
  const { pool, desired, running, starting, missing, isAtLimit } = state;
  const count = Math.min(missing, desired);
  if (count === 0) return [];
  const problem = creationProblem(state);
  if (problem !== undefined) return [{ kind: "suppress", pool, count, reason: problem }];
  if (isAtLimit)
    return [
      {
        kind: "suppress",
        pool,
        count,
        reason: "prebuilds are stopped",
      },
    ];
  const reason = `desired: ${desired}, running: ${running.length}, starting: ${starting}`;
  return [{ kind: "create", pool, count, reason }];
}

function backoff({ pool, recentFailures }: PoolState, until: number): Action {
  const builds = recentFailures === 1 ? "1 recent build" : `${recentFailures} recent builds`;
  return { kind: "backoff", pool, until, reason: `${builds} failed` };
}

const limitReason = (failed: number) =>
  failed === 1 ? "its latest build failed" : `its latest ${failed} builds failed`;

/** Why no build of the preset can succeed; undefined when one can. */
function creationProblem({ pool, permanentFailure }: PoolState): string | undefined {
  const { missingParameters: missing, invalidParameters: invalid } = pool;
  const it = missing.length === 1 ? "it" : "them";
  const reasons = [
    ...(missing.length === 0
      ? []
      : [`its version requires ${missing.join(", ")}, and the preset has no value for ${it}`]),
    ...invalid.map(({ name, problem }) => `its value of ${name} ${problem}`),
    ...(permanentFailure === null ? [] : [permanentFailureReason(permanentFailure)]),
  ];
  return reasons.length === 0 ? undefined : reasons.join("; ");
}

const permanentFailureReason = ({ workspaceName, buildNumber, error }: PermanentFailure): string =>
  `build ${buildNumber} of ${workspaceName} failed, and a retry would fail too: ${firstLine(error).replace(/\.$/, "")}`;
