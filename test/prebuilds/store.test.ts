// The queries that a pass stands on, against a model that knows all builds and is written in the words of the rules: over
// random histories, with builds of one moment among them.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  getLatestFailures,
  getPermanentFailures,
  getPresetsAtFailureLimit,
  getPresetsBackoff,
  getPresetsRecovered,
} from "../../src/prebuilds/reconcile/store/failures.ts";
import { snapshotReads } from "../../src/prebuilds/reconcile/snapshot.ts";
import { alwaysSql } from "../../src/prebuilds/reconcile/store/lease.ts";
import {
  countPending,
  listMembers,
  listPoolIds,
  listPools,
  getPrebuildMetrics,
} from "../../src/prebuilds/reconcile/store/pools.ts";
import { presetsByIds } from "../../src/prebuilds/reconcile/store/presets.ts";
import { active, histories, settle, writes, type Rows } from "../support/pool-histories.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { organizationOf } from "../support/workspaces.ts";

// The rules, in their own words.

const latestOf = (workspace: Rows["workspaces"][number]) => workspace.builds.at(-1)!;
const inPools = (rows: Rows) => rows.workspaces.filter(({ claimed, deleted }) => !claimed && !deleted);
/** The preset of its newest build that has one. */
const presetOf = ({ builds }: Rows["workspaces"][number]) =>
  builds.findLast(({ presetId }) => presetId !== null)?.presetId ?? null;

/** Newest first; of one moment the one that was written later. */
function ranked(rows: Rows, preset: Rows["presets"][number], withLost: boolean) {
  return inPools(rows)
    .map(latestOf)
    .map((build) => ({ build, order: rows.workspaces.flatMap(({ builds }) => builds).indexOf(build) }))
    .filter(({ build }) => build.presetId === preset.id && build.transition === "start")
    .filter(
      ({ build }) =>
        !(build.status === "failed" && preset.forgivenAt !== null && build.at + 1 <= preset.forgivenAt),
    )
    .filter(({ build }) => withLost || build.code !== "LEASE_LOST")
    .toSorted((a, b) => b.build.at - a.build.at || b.order - a.order)
    .map(({ build }) => build);
}

const pooled = (rows: Rows) =>
  rows.presets.filter(({ desired, version }) => desired !== null && version === 1);

const model = {
  backoff: (rows: Rows, since: number) =>
    pooled(rows)
      .filter(({ template }) => !rows.templates[template]!.deleted)
      .flatMap((preset) => {
        const order = ranked(rows, preset, true);
        const failed = order.filter(({ status, at }) => status === "failed" && at >= since);
        const counts = order.slice(0, preset.desired!).some((build) => failed.includes(build));
        return counts
          ? [
              {
                presetId: preset.id,
                failed: failed.length,
                lastBuildAt: Math.max(...failed.map(({ at }) => at)),
              },
            ]
          : [];
      }),
  atLimit: (rows: Rows, limit: number) =>
    pooled(rows).flatMap((preset) => {
      const newest = ranked(rows, preset, false).slice(0, limit);
      return limit > 0 && newest.length === limit && newest.every(({ status }) => status === "failed")
        ? [{ presetId: preset.id, failed: limit }]
        : [];
    }),
  failures: (rows: Rows, newest: number) =>
    pooled(rows).flatMap((preset) =>
      ranked(rows, preset, true)
        .slice(0, newest)
        .flatMap((build, index) =>
          build.status === "failed" ? [{ presetId: preset.id, buildId: build.id, rank: index + 1 }] : [],
        ),
    ),
  permanent: (rows: Rows) =>
    pooled(rows).flatMap((preset) => {
      const made = rows.workspaces
        .flatMap(({ builds }) => builds)
        .filter(({ presetId, stage }) => presetId === preset.id && stage === "create");
      const newest = made
        .filter(({ code, at }) => code === "INVALID_VALUE" && at + 1 > (preset.forgivenAt ?? -1))
        .toSorted((a, b) => a.at - b.at)
        .at(-1);
      const isOver = made.some(({ status, at }) => status === "succeeded" && at >= (newest?.at ?? 0));
      return newest === undefined || isOver ? [] : [{ presetId: preset.id, buildId: newest.id }];
    }),
  recovered: (rows: Rows) =>
    rows.presets
      .filter(({ id, limitedAt }) => {
        const all = rows.workspaces.flatMap(({ builds }) => builds);
        return (
          limitedAt !== null &&
          all.some(
            (build) =>
              build.presetId === id &&
              build.stage === "create" &&
              build.status === "succeeded" &&
              build.at > limitedAt,
          )
        );
      })
      .map(({ id }) => ({ presetId: id })),
  members: (rows: Rows) =>
    inPools(rows).flatMap((workspace) => {
      const build = latestOf(workspace);
      const presetId = presetOf(workspace);
      const counts =
        active.includes(build.status) || (build.status === "succeeded" && build.transition === "start");
      return counts && presetId !== null ? [{ workspaceId: workspace.id, presetId, buildId: build.id }] : [];
    }),
  pools: (rows: Rows) => {
    const withMembers = new Set(model.members(rows).map(({ presetId }) => presetId));
    return rows.presets
      .filter(({ desired }) => desired !== null)
      .filter(
        ({ id, version, template }) =>
          (version === 1 && !rows.templates[template]!.deleted) || withMembers.has(id),
      )
      .map(({ id }) => id);
  },
  totals: (rows: Rows) =>
    rows.presets
      .filter(({ template }) => !rows.templates[template]!.deleted)
      .flatMap(({ id, name }) => {
        const made = rows.workspaces
          .flatMap(({ builds }) => builds)
          .filter(({ presetId, stage }) => presetId === id && stage === "create");
        const claimed = rows.workspaces.filter(
          (workspace) => workspace.claimed && presetOf(workspace) === id,
        ).length;
        return made.length + claimed === 0
          ? []
          : [
              {
                presetName: name,
                created: made.length,
                failed: made.filter(({ status }) => status === "failed").length,
                claimed,
              },
            ];
      }),
};

const sorted = <T>(rows: T[]) => rows.map((row) => JSON.stringify(row)).toSorted();

test("The queries answer what the model answers", async () => {
  const server: TestServer = await startTestServer();
  const { userId } = await signInFirst(server);
  const organizationId = await organizationOf(server);
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(4), fc.nat(8), async (history, limit, since) => {
      const rows = settle(history);
      const found = await server.db.write(writes(rows, organizationId, userId), {
        backoff: getPresetsBackoff(since, alwaysSql),
        atLimit: getPresetsAtFailureLimit(limit, alwaysSql),
        failures: getLatestFailures(limit, true, alwaysSql),
        permanent: getPermanentFailures(alwaysSql),
        recovered: getPresetsRecovered(alwaysSql),
        members: listMembers(alwaysSql),
        pools: listPools(alwaysSql),
        pending: countPending(alwaysSql),
        totals: getPrebuildMetrics(),
      });
      expect(sorted(found.backoff)).toEqual(sorted(model.backoff(rows, since)));
      expect(sorted(found.atLimit)).toEqual(sorted(model.atLimit(rows, limit)));
      expect(
        sorted(found.failures.map(({ presetId, buildId, rank }) => ({ presetId, buildId, rank }))),
      ).toEqual(sorted(model.failures(rows, limit)));
      expect(sorted(found.permanent.map(({ presetId, buildId }) => ({ presetId, buildId })))).toEqual(
        sorted(model.permanent(rows)),
      );
      expect(sorted(found.recovered)).toEqual(sorted(model.recovered(rows)));
      expect(
        sorted(
          found.members.map(({ workspaceId, presetId, buildId }) => ({ workspaceId, presetId, buildId })),
        ),
      ).toEqual(sorted(model.members(rows)));
      const pools = found.pools.toSorted((a, b) => a.seq - b.seq).map(({ presetId }) => presetId);
      expect(pools).toEqual(model.pools(rows));
      // Two halves are the whole.
      const ids = (await server.db.read({ ids: listPoolIds(alwaysSql) })).ids.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(pools));
      expect(ids).toEqual(ids.toSorted());
      const middle = Math.floor(ids.length / 2);
      const halves = await Promise.all(
        [ids.slice(0, middle), ids.slice(middle)].map((half) =>
          server.db.read(snapshotReads(server.deps(), alwaysSql, presetsByIds(half))),
        ),
      );
      const whole = await server.db.read(snapshotReads(server.deps(), alwaysSql));
      for (const name of [
        "pools",
        "members",
        "backoffs",
        "atLimit",
        "permanentFailures",
        "recovered",
      ] as const)
        expect(sorted<unknown>(halves.flatMap((half) => half[name]))).toEqual(
          sorted<unknown>(whole[name].filter(({ presetId }) => ids.includes(presetId))),
        );
      expect(found.pending[0]!.count).toBe(
        rows.workspaces.map(latestOf).filter(({ status }) => status === "pending").length,
      );
      expect(
        sorted(
          found.totals.map(({ presetName, created, failed, claimed }) => ({
            presetName,
            created,
            failed,
            claimed,
          })),
        ),
      ).toEqual(sorted(model.totals(rows)));
    }),
    { numRuns: 60 },
  );
}, 60_000);
