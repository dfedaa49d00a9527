// The actions of a plan, and their share of the job queue: deletions before creations, one creation of each pool in turn, so
// that a large pool doesn't delay the others.
import type { PermanentFailure, Pool } from "./snapshot.ts";

/** A workspace of the snapshot. It is changed only while `buildId` is its latest build. */
export interface Target {
  workspaceId: string;
  name: string;
  buildId: string;
}

interface Common {
  pool: Pool;
  /** Without a full stop. */
  reason: string;
}
/** create, delete and cancel change workspaces, the marks change the preset; the others report why nothing changes. */
export type Action = Common &
  (
    | { kind: "create"; count: number }
    | { kind: "delete"; why: "outdated" | "expired" | "extraneous"; targets: Target[] }
    | { kind: "cancel"; targets: Target[] }
    | { kind: "mark_hard_limited"; failed: number }
    | {
        kind: "mark_validation_failed";
        missing: string[];
        invalid: Pool["invalidParameters"];
        failure: PermanentFailure | null;
      }
    | { kind: "mark_normal" }
    | { kind: "mark_agent_missing"; running: number }
    | { kind: "mark_agent_present" }
    | { kind: "backoff"; until: number }
    | { kind: "suppress"; count: number }
    | { kind: "wait"; count: number }
  );

type Deletion = Extract<Action, { kind: "delete" }>;
type Creation = Extract<Action, { kind: "create" }>;

/** The actions of each pool, limited to `room` new jobs in total; the remaining ones become a `wait` action. */
export function shareQueue(pools: readonly Action[][], room: number, maxPending: number): Action[][] {
  const deletions = pools.flat().filter((action): action is Deletion => action.kind === "delete");
  const creations = pools.flat().filter((action): action is Creation => action.kind === "create");
  const wanted = [...deletions.map(({ targets }) => targets.length), ...creations.map(({ count }) => count)];
  const granted = new Map<Action, number>();
  let left = room;
  for (const [index, count] of roundRobin(wanted.slice(0, deletions.length), left).entries()) {
    granted.set(deletions[index]!, count);
    left -= count;
  }
  for (const [index, count] of roundRobin(wanted.slice(deletions.length), left).entries())
    granted.set(creations[index]!, count);
  return pools.map((actions) =>
    actions.flatMap((action) => limitAction(action, granted.get(action) ?? 0, maxPending)),
  );
}

/** Distributes `room` round-robin; none gets more than it wants. */
export function roundRobin(wanted: readonly number[], room: number): number[] {
  const dealt = wanted.map(() => 0);
  let left = Math.min(
    room,
    wanted.reduce((sum, count) => sum + count, 0),
  );
  while (left > 0) {
    for (const [index, count] of wanted.entries()) {
      if (left > 0 && dealt[index]! < count) {
        dealt[index]! += 1;
        left -= 1;
      }
    }
  }
  return dealt;
}

function limitAction(action: Action, count: number, maxPending: number): Action[] {
  if (action.kind !== "delete" && action.kind !== "create") return [action];
  const wanted = action.kind === "delete" ? action.targets.length : action.count;
  if (count === wanted) return [action];
  const { pool } = action;
  const what = action.kind === "delete" ? "to delete" : "to create";
  const reason = `${wanted - count} left ${what}: queue limit of ${maxPending} reached`;
  const remaining: Action = { kind: "wait", pool, count: wanted - count, reason };
  if (count === 0) return [remaining];
  return action.kind === "delete"
    ? [{ ...action, targets: action.targets.slice(0, count) }, remaining]
    : [{ ...action, count }, remaining];
}
