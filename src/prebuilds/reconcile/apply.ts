// Carries out a plan in batches. Each batch is fenced by the run's token: a run that lost its lease changes nothing more.
import type { SQL } from "../../../db/client.ts";
import { DatabaseError } from "../../../db/errors.ts";
import type { Deps } from "../../kernel/deps.ts";
import { pause } from "../../kernel/pause.ts";
import { writeAndNotify } from "../../notifications/index.ts";
import { rangeSize } from "./ranges.ts";
import type { Action } from "./rules/actions.ts";
import type { Plan } from "./rules/plan.ts";
import { stepReads, toSteps, type Step } from "./steps.ts";
import { findApplied } from "./store/changes.ts";
import { extendLease, canWriteSql, readLease } from "./store/lease.ts";

/** Steps in one write: about 10 ms of a file, during which nothing else happens. */
const maxStepsPerWrite = 25;
const changingKinds = [
  "create",
  "delete",
  "cancel",
  "mark_hard_limited",
  "mark_validation_failed",
  "mark_normal",
  "mark_agent_missing",
  "mark_agent_present",
];

/** Whether the plan changes anything. */
export const changesAnything = ({ actions }: Plan): boolean =>
  actions.some(({ kind }) => changingKinds.includes(kind));

/** The number of steps done for each action. Ends early when the lease is lost. */
export async function apply(deps: Deps, plan: Plan, token: string): Promise<Map<Action, number>> {
  const done = new Map<Action, number>();
  for await (const batch of batchesOf(deps, plan, canWriteSql(token))) {
    if (done.size > 0) await pause();
    const { found, lease } = await writeOrSplit(deps, batch, token);
    const ids = new Set(found.map(({ id }) => id));
    const isOurs = lease[0]?.token === token;
    for (const { action, id } of batch) {
      const counts = id === null ? isOurs : ids.has(id);
      if (counts) done.set(action, (done.get(action) ?? 0) + 1);
    }
    if (found.length > 0) deps.process.jobs.wake();
    if (!isOurs) {
      deps.log.warn("reconciliation lost its lease to another instance", {
        actions_left: plan.actions.length - done.size,
      });
      return done;
    }
  }
  return done;
}

/** The steps of each write. What they need is read for a part of the actions at a time, as the pools were. */
async function* batchesOf(deps: Deps, plan: Plan, fence: SQL): AsyncGenerator<Step[], void> {
  for (let from = 0; from < plan.actions.length; from += rangeSize) {
    const part = { ...plan, actions: plan.actions.slice(from, from + rangeSize) };
    if (!changesAnything(part)) continue;
    const facts = await deps.db.read(stepReads(deps, part));
    const steps = toSteps(deps, part, facts, fence);
    for (let batch = take(steps); batch.length > 0; batch = take(steps)) yield batch;
  }
}

/** The steps of the next write. */
function take(steps: Iterator<Step, void>): Step[] {
  const batch: Step[] = [];
  while (batch.length < maxStepsPerWrite) {
    const { value } = steps.next();
    if (value === undefined) break;
    batch.push(value);
  }
  return batch;
}

/** A step that the database rejects doesn't block the others. */
async function writeOrSplit(
  deps: Deps,
  batch: readonly Step[],
  token: string,
): Promise<Pick<Awaited<ReturnType<typeof write>>, "found" | "lease">> {
  try {
    return await write(deps, batch, token);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind !== "constraint") throw error;
    if (batch.length > 1) {
      const answers = [];
      for (const step of batch) answers.push(await writeOrSplit(deps, [step], token));
      return {
        found: answers.flatMap(({ found }) => found),
        lease: answers.at(-1)!.lease,
      };
    }
    const { kind, pool } = batch[0]!.action;
    deps.log.error("the database rejected a change of a prebuild pool", {
      action: kind,
      preset_id: pool.presetId,
      reason: error.message,
    });
    return { found: [], ...(await deps.db.read({ lease: readLease() })) };
  }
}

const write = (deps: Deps, batch: readonly Step[], token: string) => {
  const ids = (isEvent: boolean) =>
    batch.flatMap((step) => (step.id === null || step.isEvent !== isEvent ? [] : [step.id]));
  return writeAndNotify(deps, [...batch.flatMap(({ changes }) => changes), extendLease(token, deps.now())], {
    found: findApplied(ids(false), ids(true)),
    lease: readLease(),
  });
};
