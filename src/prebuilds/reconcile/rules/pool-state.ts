// Actual and desired state of a pool, by the definitions of Coder's CalculateState.
import { createWallClock, desiredNow, type Desired } from "./desired.ts";
import type {
  PermanentFailure,
  Policy,
  Pool,
  Prebuild,
  Snapshot,
  Underway,
  Agent,
  FailedBuild,
} from "./snapshot.ts";
import { leaseLost } from "../../../workspaces/jobs/rules/job.ts";

export interface PoolState {
  pool: Pool;
  /** Its version is the active one of a template that is neither deleted nor deprecated. */
  isActive: boolean;
  desired: number;
  /** Why its schedules are ignored. */
  scheduleProblem: string | null;
  /** Not expired, oldest first. */
  running: Prebuild[];
  /** Oldest first. */
  expired: Prebuild[];
  eligible: Prebuild[];
  notEligible: { prebuild: Prebuild; why: string }[];
  /** More than desired. */
  extraneous: number;
  underway: Underway[];
  starting: number;
  stopping: number;
  deleting: number;
  /** How many to create to reach the desired number, ignoring limits. */
  missing: number;
  /** No changes until then, inclusive; null without a backoff. */
  backoffUntil: number | null;
  recentFailures: number;
  isAtLimit: boolean;
  /** Consecutive failures, when it is at the limit. */
  failuresInRow: number;
  hasRecovered: boolean;
  /** Null when a creation can succeed. */
  permanentFailure: PermanentFailure | null;
}

export function poolStates(snapshot: Snapshot, now: number, policy: Policy): PoolState[] {
  const wallClock = createWallClock(now);
  const running = Map.groupBy(snapshot.running, ({ presetId }) => presetId);
  const underway = Map.groupBy(snapshot.underway, ({ presetId }) => presetId);
  const backoffs = new Map(snapshot.backoffs.map((row) => [row.presetId, row]));
  const atLimit = new Map(snapshot.atLimit.map(({ presetId, failed }) => [presetId, failed]));
  const recovered = new Set(snapshot.recovered.map(({ presetId }) => presetId));
  const permanent = new Map(snapshot.permanentFailures.map((row) => [row.presetId, row]));
  return snapshot.pools.map((pool) => {
    const id = pool.presetId;
    const isActive = pool.usesActiveVersion && !pool.isDeleted && !pool.isDeprecated;
    const desired = isActive ? desiredNow(pool, wallClock) : none;
    const backoff = backoffs.get(id);
    const waits = backoff !== undefined && backoff.failed > 0;
    const until = waits ? backoff.lastBuildAt + backoff.failed * policy.backoffInterval : -Infinity;
    return {
      pool,
      isActive,
      desired: desired.instances,
      scheduleProblem: desired.problem,
      ...countWorkspaces(
        pool,
        isActive,
        desired.instances,
        running.get(id) ?? [],
        underway.get(id) ?? [],
        now,
      ),
      backoffUntil: now > until ? null : until,
      recentFailures: backoff?.failed ?? 0,
      isAtLimit: atLimit.has(id),
      failuresInRow: atLimit.get(id) ?? 0,
      hasRecovered: recovered.has(id),
      permanentFailure: permanent.get(id) ?? null,
    };
  });
}

const none: Desired = { instances: 0, problem: null };

function countWorkspaces(
  pool: Pool,
  isActive: boolean,
  desired: number,
  all: readonly Prebuild[],
  underway: Underway[],
  now: number,
) {
  const byAge = all.toSorted((a, b) => a.createdAt - b.createdAt || (a.workspaceId < b.workspaceId ? -1 : 1));
  const isExpired = (prebuild: Prebuild) => expiredReason(pool, prebuild, now) !== undefined;
  const expired = byAge.filter(isExpired);
  const running = byAge.filter((prebuild) => !isExpired(prebuild));
  const doing = (transition: string) =>
    underway.filter((one) => one.transition === transition && one.status !== "canceling").length;
  const starting = doing("start");
  const eligible = isActive ? running.filter(isReady) : [];
  return {
    running,
    expired,
    eligible,
    notEligible: byAge
      .filter((prebuild) => !eligible.includes(prebuild))
      .map((prebuild) => ({
        prebuild,
        why: !isActive
          ? inactiveReason(pool)
          : isExpired(prebuild)
            ? `it ${expiredReason(pool, prebuild, now)}`
            : notReadyReason(prebuild, now)!,
      })),
    extraneous: isActive ? Math.max(running.length - desired, 0) : 0,
    underway,
    starting,
    stopping: doing("stop"),
    deleting: doing("delete"),
    missing: isActive ? Math.max(desired - running.length - starting, 0) : 0,
  };
}

/** Prebuilds that were created before the invalidation are outdated. */
export const isInvalidated = ({ invalidatedAt }: Pool, { createdAt }: Prebuild): boolean =>
  invalidatedAt !== null && createdAt <= invalidatedAt;

/** Undefined for a prebuild that has not expired. */
function expiredReason(pool: Pool, prebuild: Prebuild, now: number): string | undefined {
  if (isInvalidated(pool, prebuild)) return "was invalidated";
  const ttl = (pool.ttlSeconds ?? 0) * 1_000;
  return ttl > 0 && now - prebuild.createdAt > ttl ? `is older than ${formatDuration(ttl)}` : undefined;
}

/** Why a pool is not active. */
export const inactiveReason = (pool: Pool): string =>
  pool.isDeleted
    ? "its template was deleted"
    : !pool.usesActiveVersion
      ? `version ${pool.versionName} is not the active version`
      : "its template is deprecated";

/** Every agent has to report ready; without agents a prebuild is never ready. */
export const isReady = ({ agents }: Pick<Prebuild, "agents">): boolean =>
  agents.length > 0 && agents.every(({ lifecycleState }) => lifecycleState === "ready");

/** Null for a prebuild that is ready. */
export function notReadyReason({ agents }: Pick<Prebuild, "agents">, now: number): string | null {
  if (agents.length === 0) return "it has no agent that could report ready";
  const waiting = agents.find(({ lifecycleState }) => lifecycleState !== "ready");
  return waiting === undefined ? null : agentReason(waiting, now);
}

function agentReason({ name, lifecycleState, lifecycleChangedAt, createdAt }: Agent, now: number): string {
  const since = formatDuration(now - (lifecycleChangedAt ?? createdAt));
  switch (lifecycleState) {
    case "start_timeout":
      return `agent ${name} has not reported ready; its start script timed out ${since} ago`;
    case "start_error":
      return `the start script of agent ${name} failed ${since} ago`;
    case "shutting_down":
    case "shutdown_timeout":
    case "shutdown_error":
    case "off":
      return `agent ${name} was shut down ${since} ago`;
    default:
      return `agent ${name} has not reported ready for ${since}`;
  }
}

const units: [size: number, name: string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** Milliseconds in the largest unit that they fill, rounded down: `4 min`. */
export function formatDuration(milliseconds: number): string {
  const [size, name] = units.find(([size]) => milliseconds >= size) ?? [1_000, "s"];
  return `${Math.max(0, Math.floor(milliseconds / size))} ${name}`;
}

/** The newest build has rank 1; a rank that is missing has not failed. Builds of lost provisioners don't count. */
export function failureStreak(failures: readonly Pick<FailedBuild, "rank" | "errorCode">[]): number {
  const unbroken = failures
    .toSorted((a, b) => a.rank - b.rank)
    .filter(({ rank }, index) => rank === index + 1);
  return unbroken.filter(({ errorCode }) => errorCode !== leaseLost).length;
}
