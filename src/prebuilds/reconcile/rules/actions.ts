// The actions of a plan, and their share of the job queue: deletions before creations, one creation of each pool in turn, so
// that a large pool doesn't delay the others.
import type { PermanentFailure, Pool } from "./snapshot.ts";

/** A workspace as it was seen: it is only touched while `buildId` is still its latest build. */
export interface Target {
  workspaceId: string;
  name: string;
  buildId: string;
}

interface Common {
  pool: Pool;
  /** A sentence without its full stop. */
  reason: string;
}
/** The first four change workspaces, the marks the preset; the others say why nothing happens. */
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
    | { kind: "backoff"; until: number }
    | { kind: "suppress"; count: number }
    | { kind: "wait"; count: number }
  );

type Deletion = Extract<Action, { kind: "delete" }>;
type Creation = Extract<Action, { kind: "create" }>;

/** The actions of each pool, cut to `room` new jobs in all; what is cut off waits, and says so. */
export function shareQueue(pools: readonly Action[][], room: number, most: number): Action[][] {
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
    actions.flatMap((action) => limitAction(action, granted.get(action) ?? 0, most)),
  );
}

/** Deals `room` out, one by one in turns, nobody getting more than they want. */
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

function limitAction(action: Action, count: number, most: number): Action[] {
  if (action.kind !== "delete" && action.kind !== "create") return [action];
  const wanted = action.kind === "delete" ? action.targets.length : action.count;
  if (count === wanted) return [action];
  const { pool } = action;
  const what = action.kind === "delete" ? "to be deleted" : "to be made";
  const reason = `${wanted - count} ${what}, but at most ${most} jobs of pools may wait for a provisioner`;
  const rest: Action = { kind: "wait", pool, count: wanted - count, reason };
  if (count === 0) return [rest];
  return action.kind === "delete"
    ? [{ ...action, targets: action.targets.slice(0, count) }, rest]
    : [{ ...action, count }, rest];
}
