// The actions of a plan as steps: their guarded statements, and the ids by which the write's answer shows that they were done.
import type { Answers, SQL } from "../../../db/client.ts";
import { prebuildsUser } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { randomText } from "../../kernel/crypto.ts";
import { emptyBuild } from "../../workspaces/builds/decide-build.ts";
import {
  nextGeneration,
  nextNumber,
  nextParameters,
  type ParameterValue,
} from "../../workspaces/builds/rules/next-build.ts";
import {
  notify,
  resolveSituations,
  situationKey,
  type KindAnswers,
  type StatementOrNotice,
} from "../../notifications/index.ts";
import { agentMissing, failureLimitReached, validationFailed } from "./pool-kinds.ts";
import type { Action } from "./rules/actions.ts";
import type { Plan } from "./rules/plan.ts";
import type { PoolState } from "./rules/pool-state.ts";
import type { FailedBuild, Pool } from "./rules/snapshot.ts";
import {
  cancelCreation,
  createPrebuild,
  deletePrebuild,
  markPreset,
  isNormalSql,
  wasMarkedSql,
  listDefinitions,
  listPresetValues,
} from "./store/changes.ts";
import { getLatestFailures } from "./store/failures.ts";
import { alwaysSql } from "./store/lease.ts";
import { presetsByIds } from "./store/presets.ts";

export interface Step {
  action: Action;
  changes: StatementOrNotice[];
  /** Of a build or an event that exists once the step is done; null when that isn't reported. */
  id: string | null;
  /** Whether `id` is an event's. */
  isEvent: boolean;
}

/** Prebuild jobs come after those of users, deletions first. */
const creationPriority = 2;

const ofKind = <K extends Action["kind"]>(actions: readonly Action[], ...kinds: K[]) =>
  actions.filter((action): action is Extract<Action, { kind: K }> =>
    kinds.some((kind) => kind === action.kind),
  );

/** What the steps need beyond the snapshot. */
export function stepReads(deps: Deps, { actions }: Plan) {
  const created = ofKind(actions, "create").map(({ pool }) => pool);
  const marked = ofKind(actions, "mark_hard_limited", "mark_validation_failed").map(
    ({ pool }) => pool.presetId,
  );
  return {
    definitions: listDefinitions(created.map(({ versionId }) => versionId)),
    values: listPresetValues(created.map(({ presetId }) => presetId)),
    failures: getLatestFailures(
      deps.config.prebuilds.failureHardLimit,
      false,
      alwaysSql,
      presetsByIds(marked),
    ),
    ...failureLimitReached.reads(),
    ...validationFailed.reads(),
    ...(actions.some(({ kind }) => kind === "mark_agent_missing") ? agentMissing.reads() : {}),
  };
}
export type StepFacts = Answers<ReturnType<typeof stepReads>>;

/** One after another, as they are written: a large plan has thousands. `fence` holds while this run can write. */
export function* toSteps(deps: Deps, plan: Plan, facts: StepFacts, fence: SQL): Generator<Step, void> {
  const now = deps.now();
  const states = new Map(plan.states.map((state) => [state.pool.presetId, state]));
  for (const action of plan.actions) {
    switch (action.kind) {
      case "create":
        for (let count = 0; count < action.count; count += 1) yield creation(deps, action, facts, fence);
        break;
      case "delete":
        for (const target of action.targets) {
          const id = deps.newId();
          yield { action, changes: deletePrebuild(target, id, now, fence), id, isEvent: false };
        }
        break;
      case "cancel":
        for (const target of action.targets)
          yield { action, changes: cancelCreation(target, now, fence), id: null, isEvent: false };
        break;
      case "mark_hard_limited":
      case "mark_validation_failed":
        yield notifyingMark(deps, action, states.get(action.pool.presetId)!, facts, fence);
        break;
      case "mark_normal": {
        const mark = { ...markOf(action.pool), to: "normal" as const, eventId: null };
        const { presetId } = action.pool;
        const ended = poolRecovered(presetId, now, isNormalSql(presetId));
        yield { action, changes: [markPreset(mark, now, fence), ended], id: null, isEvent: false };
        break;
      }
      case "mark_agent_missing":
      case "mark_agent_present":
        yield { action, changes: [agentMark(deps, action, facts, fence)], id: null, isEvent: false };
        break;
    }
  }
}

function creation(deps: Deps, action: Action, facts: StepFacts, fence: SQL): Step {
  const { pool } = action;
  const now = deps.now();
  const workspace = {
    id: deps.newId(),
    ownerId: prebuildsUser.id,
    organizationId: pool.organizationId,
    templateId: pool.templateId,
    name: `prebuild-${randomText(10).toLowerCase()}`,
    automaticUpdates: "never" as const,
    createdAt: now,
    updatedAt: now,
    lastUsedAt: now,
  };
  const build = {
    ...emptyBuild(deps.newId(), now),
    workspaceId: workspace.id,
    number: nextNumber(undefined),
    versionId: pool.versionId,
    presetId: pool.presetId,
    transition: "start" as const,
    reason: "prebuild" as const,
    stage: "create" as const,
    initiatorId: prebuildsUser.id,
    agentGeneration: nextGeneration(undefined, "start", deps.newId()),
    hasAiTask: pool.hasAiTask,
    priority: creationPriority,
  };
  const changes = createPrebuild(workspace, build, parametersOf(pool, facts), fence);
  return { action, changes, id: build.id, isEvent: false };
}

/** The plan creates nothing for a preset that lacks a value. */
function parametersOf(pool: Pool, { definitions, values }: StepFacts): ParameterValue[] {
  const verdict = nextParameters({
    definitions: definitions
      .filter(({ versionId }) => versionId === pool.versionId)
      .map((row) => ({ ...row, required: row.required === 1 })),
    preset: values.filter(({ presetId }) => presetId === pool.presetId),
    previous: [],
    requested: [],
  });
  if (!verdict.ok) throw new Error(`Preset ${pool.presetId} lacks required parameters.`);
  return verdict.parameters;
}

type NotifyingMark = Extract<Action, { kind: "mark_hard_limited" | "mark_validation_failed" }>;

/** The notification is part of the write that sets the status, and depends on it: once for each episode. */
function notifyingMark(
  deps: Deps,
  action: NotifyingMark,
  state: PoolState,
  facts: StepFacts,
  fence: SQL,
): Step {
  const { pool } = action;
  const at = deps.now();
  const eligible = state.eligible.length;
  const notice =
    action.kind === "mark_hard_limited"
      ? failureLimitReached.prepare(deps, facts, {
          pool,
          limit: action.failed,
          failures: failuresOf(pool, facts.failures),
          eligible,
          at,
        })
      : validationFailed.prepare(deps, facts, {
          pool,
          missing: action.missing,
          invalid: action.invalid,
          failure: action.failure,
          eligible,
          at,
        });
  const to = action.kind === "mark_hard_limited" ? ("hard_limited" as const) : ("validation_failed" as const);
  const mark = { ...markOf(pool), to, eventId: notice.eventId };
  const when = wasMarkedSql(pool.presetId, notice.eventId);
  return {
    action,
    changes: [
      markPreset(mark, at, fence),
      // It had recovered, and fails again: nobody saw it as normal.
      ...(state.hasRecovered ? [poolRecovered(pool.presetId, at, when, [notice.eventId])] : []),
      notify(notice, { when }),
    ],
    id: notice.eventId,
    isEvent: true,
  };
}

type AgentMark = Extract<Action, { kind: "mark_agent_missing" | "mark_agent_present" }>;

/** The situation itself is the mark: another run sees it. */
function agentMark(deps: Deps, action: AgentMark, facts: StepFacts, when: SQL): StatementOrNotice {
  const { pool } = action;
  const at = deps.now();
  if (action.kind === "mark_agent_present")
    return resolveSituations({
      keys: [situationKey("agents", pool.presetId)],
      at,
      how: "recovered",
      closes: true,
      when,
    });
  const answers = facts as StepFacts & KindAnswers<typeof agentMissing>;
  return notify(agentMissing.prepare(deps, answers, { pool, running: action.running, at }), { when });
}

const poolRecovered = (presetId: string, at: number, when: SQL, created: readonly string[] = []) =>
  resolveSituations({
    keys: [situationKey("pool", presetId)],
    at,
    how: "recovered",
    closes: true,
    when,
    created,
  });

const markOf = ({ presetId, status, limitEventId, forgivenAt }: Pool) => ({
  presetId,
  from: status,
  fromEventId: limitEventId,
  forgivenAt,
});

const failuresOf = (pool: Pool, failures: readonly FailedBuild[]) =>
  failures.filter(({ presetId }) => presetId === pool.presetId);
