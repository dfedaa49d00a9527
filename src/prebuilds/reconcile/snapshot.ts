// Reads the snapshot of a run: with the lease in one write batch, or for reports in one read; many pools in several.
import type { Answers, SQL, Statement } from "../../../db/client.ts";
import { bothSql } from "../../../db/statements.ts";
import type { Deps } from "../../kernel/deps.ts";
import { decidePools, type PoolDecision } from "./rules/plan.ts";
import type { Agent, Policy, Prebuild, Snapshot, Underway } from "./rules/snapshot.ts";
import { problemWithValue, parseRules } from "../../workspaces/templates/rules/parameter-values.ts";
import { rangeSize, readInRanges, unlessTooLarge } from "./ranges.ts";
import {
  getPermanentFailures,
  getPresetsAtFailureLimit,
  getPresetsBackoff,
  getPresetsRecovered,
} from "./store/failures.ts";
import { extendLease, holdsLeaseSql, readLease, takeLease } from "./store/lease.ts";
import {
  countActive,
  countPending,
  hasFewPoolsSql,
  listMembers,
  listPools,
  type MemberRow,
  type PoolRow,
} from "./store/pools.ts";
import { allPresets } from "./store/presets.ts";
import { readPrebuildSettings } from "./store/pool-control.ts";

export const policyOf = ({ config }: Deps): Policy => config.prebuilds;

/**
 * Rows of one read, during which nothing else happens. What is more is read in parts by presets: a pool and its workspaces
 * are as of one moment, which is all that a plan and its guarded changes need.
 */
const maxPools = rangeSize;
const maxMembers = 3 * rangeSize;

/**
 * All of it, as of one moment; nothing but the settings unless `when` holds. Of more pools than the limit only how many there
 * are, and of more workspaces one more than the limit.
 */
export function snapshotReads(deps: Deps, when: SQL, scope = allPresets) {
  const { backoffLookback, failureHardLimit } = deps.config.prebuilds;
  const isAll = scope === allPresets;
  const ifFew = isAll ? bothSql(when, hasFewPoolsSql(maxPools)) : when;
  return {
    active: countActive(when, isAll ? maxPools + 1 : 0),
    pools: listPools(ifFew, scope, isAll ? maxPools + 1 : -1),
    members: listMembers(ifFew, scope, isAll ? maxMembers + 1 : -1),
    backoffs: getPresetsBackoff(deps.now() - backoffLookback, ifFew, scope),
    atLimit: getPresetsAtFailureLimit(failureHardLimit, ifFew, scope),
    permanentFailures: getPermanentFailures(ifFew, scope),
    recovered: getPresetsRecovered(ifFew, scope),
    pending: countPending(when),
    prebuildSettings: readPrebuildSettings(),
  };
}
export type SnapshotAnswers = Answers<ReturnType<typeof snapshotReads>>;

export const isComplete = ({
  active,
  pools,
  members,
}: Pick<SnapshotAnswers, "active" | "pools" | "members">): boolean =>
  (active[0]?.count ?? 0) <= maxPools && pools.length <= maxPools && members.length <= maxMembers;

const byId = (a: MemberRow, b: MemberRow) => (a.workspaceId < b.workspaceId ? -1 : 1);

/** Pools by age. */
export function toSnapshot(answers: SnapshotAnswers): Snapshot {
  const { pools, backoffs, atLimit, permanentFailures, recovered, pending } = answers;
  const members = answers.members.toSorted(byId);
  return {
    pools: pools.toSorted((a, b) => a.seq - b.seq).map(toPool),
    running: members.filter(({ status }) => status === "succeeded").map(toPrebuild),
    underway: members.filter(({ status }) => status !== "succeeded").map(toUnderway),
    backoffs,
    atLimit,
    permanentFailures,
    recovered,
    pending: pending[0]?.count ?? 0,
  };
}

/** What a plan is made of. */
export interface DecidedPools {
  decisions: PoolDecision[];
  pending: number;
  isPaused: boolean;
}

/** Decided as they are read: together, many pools would take as long as their reads. */
export const decideAnswers = (deps: Deps, answers: SnapshotAnswers): DecidedPools => ({
  decisions: decidePools(toSnapshot(answers), deps.now(), policyOf(deps)),
  pending: answers.pending[0]?.count ?? 0,
  isPaused: isPaused(answers.prebuildSettings),
});

/** Totals are those of the last part. */
export const joinParts = (parts: readonly DecidedPools[]): DecidedPools => ({
  ...parts.at(-1)!,
  decisions: parts.flatMap(({ decisions }) => decisions),
});

/** Null when the lease was not to be had: another instance makes the pass, or none is due. */
export async function decideUnderLease(
  deps: Deps,
  token: string,
  forced: boolean,
): Promise<DecidedPools | null> {
  const when = holdsLeaseSql(token);
  const read = (changes: Statement[], scope = allPresets) =>
    deps.db.write(changes, { ...snapshotReads(deps, when, scope), lease: readLease() });
  const take = takeLease(token, deps.now(), forced);
  const whole = await unlessTooLarge(read(take));
  const { lease } = whole ?? (await deps.db.write(take, { lease: readLease() }));
  const isOurs = (rows: { token: string | null }[]) => rows[0]?.token === token;
  if (!isOurs(lease)) return null;
  if (whole !== undefined && isComplete(whole)) return decideAnswers(deps, whole);
  const parts = await readInRanges(deps, when, async (scope) => {
    const part = await read([extendLease(token, deps.now())], scope);
    return isOurs(part.lease) ? decideAnswers(deps, part) : null;
  });
  return parts && joinParts(parts);
}

export const isPaused = (rows: readonly { value: string }[]): boolean =>
  rows[0] !== undefined &&
  (JSON.parse(rows[0].value) as { reconciliation_paused?: boolean }).reconciliation_paused === true;

const toPool = ({ ruledParameters, ...row }: PoolRow) => ({
  ...row,
  hasAiTask: row.hasAiTask === 1,
  usesActiveVersion: row.usesActiveVersion === 1,
  isDeleted: row.isDeleted === 1,
  isDeprecated: row.isDeprecated === 1,
  isAgentMissing: row.isAgentMissing === 1,
  schedules: JSON.parse(row.schedules) as { cron: string; instances: number }[],
  missingParameters: JSON.parse(row.missingParameters) as string[],
  invalidParameters: invalidOf(JSON.parse(ruledParameters) as RuledParameter[]),
});

interface RuledParameter {
  name: string;
  rules: string;
  value: string | null;
}

/** One without a value is missing, not invalid. */
const invalidOf = (parameters: readonly RuledParameter[]) =>
  parameters.flatMap(({ name, rules, value }) => {
    const problem = value === null ? undefined : problemWithValue(parseRules(rules), value);
    return problem === undefined ? [] : [{ name, problem }];
  });

const toPrebuild = ({ workspaceId, name, presetId, buildId, createdAt, agents }: MemberRow): Prebuild => ({
  workspaceId,
  name,
  presetId,
  buildId,
  createdAt,
  agents: JSON.parse(agents) as Agent[],
});

const toUnderway = (row: MemberRow): Underway => ({
  workspaceId: row.workspaceId,
  name: row.name,
  presetId: row.presetId,
  buildId: row.buildId,
  transition: row.transition,
  status: row.status as Underway["status"],
  isCreation: row.stage === "create" && row.transition === "start" && row.buildNumber === 1,
});
