// Reads the snapshot of a run: with the lease in one write batch, or for reports in one read.
import type { Answers, SQL } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { Agent, Policy, Prebuild, Snapshot, Underway } from "./rules/snapshot.ts";
import { problemWithValue, parseRules } from "../../workspaces/templates/rules/parameter-values.ts";
import {
  getPermanentFailures,
  getPresetsAtFailureLimit,
  getPresetsBackoff,
  getPresetsRecovered,
} from "./store/failures.ts";
import { holdsLeaseSql, readLease, takeLease } from "./store/lease.ts";
import { countPending, listMembers, type MemberRow, listPools, type PoolRow } from "./store/pools.ts";
import { readPrebuildSettings } from "./store/pool-control.ts";

export const policyOf = ({ config }: Deps): Policy => config.prebuilds;

/** All of it, as of one moment; nothing but the settings unless `when` holds. */
export function snapshotReads(deps: Deps, when: SQL) {
  const { backoffLookback, failureHardLimit } = deps.config.prebuilds;
  return {
    pools: listPools(when),
    members: listMembers(when),
    backoffs: getPresetsBackoff(deps.now() - backoffLookback, when),
    atLimit: getPresetsAtFailureLimit(failureHardLimit, when),
    permanentFailures: getPermanentFailures(when),
    recovered: getPresetsRecovered(when),
    pending: countPending(when),
    prebuildSettings: readPrebuildSettings(),
  };
}
export type SnapshotAnswers = Answers<ReturnType<typeof snapshotReads>>;

export function toSnapshot(answers: SnapshotAnswers): Snapshot {
  const { pools, members, backoffs, atLimit, permanentFailures, recovered, pending } = answers;
  return {
    pools: pools.map(toPool),
    running: members.filter(({ status }) => status === "succeeded").map(toPrebuild),
    underway: members.filter(({ status }) => status !== "succeeded").map(toUnderway),
    backoffs,
    atLimit,
    permanentFailures,
    recovered,
    pending: pending[0]?.count ?? 0,
  };
}

/** Null when the lease was not to be had: another instance makes the pass, or none is due. */
export async function takeSnapshot(
  deps: Deps,
  token: string,
  forced: boolean,
): Promise<SnapshotAnswers | null> {
  const { lease, ...answers } = await deps.db.write(takeLease(token, deps.now(), forced), {
    ...snapshotReads(deps, holdsLeaseSql(token)),
    lease: readLease(),
  });
  return lease[0]?.token === token ? answers : null;
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
