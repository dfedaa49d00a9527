// The queries that a pass stands on, against a model that knows all builds and is written in the words of the rules: over
// random histories, with builds of one moment among them.
import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { query, type Statement } from "../db/client.ts";
import { insertRows } from "../db/rows.ts";
import {
  prebuildsUser,
  presets,
  templates,
  templateVersions,
  workspaceBuilds,
  workspaces,
  type BuildStage,
  type BuildStatus,
  type Transition,
} from "../db/schema.ts";
import {
  getLatestFailures,
  getPresetsAtFailureLimit,
  getPresetsBackoff,
  getPresetsRecovered,
} from "../src/prebuilds/store/failures.ts";
import { always } from "../src/prebuilds/store/lease.ts";
import { countPending, listMembers } from "../src/prebuilds/store/members.ts";
import { listPools } from "../src/prebuilds/store/pools.ts";
import { getPrebuildMetrics } from "../src/prebuilds/store/totals.ts";
import { signInFirst, startTestServer, type TestServer } from "./support/server.ts";

interface Build {
  transition: Transition;
  status: BuildStatus;
  stage: BuildStage;
  /** Index of a preset; null: it names none. */
  preset: number | null;
  at: number;
  lost: boolean;
}
interface History {
  templates: { deleted: boolean }[];
  /** Of version `version` (0 or 1; 1 is the active one) of a template. */
  presets: {
    template: number;
    version: number;
    desired: number | null;
    forgivenAt: number | null;
    limitedAt: number | null;
  }[];
  workspaces: { preset: number; builds: Build[]; claimed: boolean; deleted: boolean }[];
}

const times = fc.nat(8);
const builds = (presetCount: number) =>
  fc.array(
    fc.record({
      transition: fc.constantFrom<Transition>("start", "start", "start", "stop", "delete"),
      status: fc.constantFrom<BuildStatus>(
        "failed",
        "failed",
        "failed",
        "succeeded",
        "canceled",
        "pending",
        "running",
        "canceling",
      ),
      stage: fc.constantFrom<BuildStage>("create", "create", "none"),
      preset: fc.option(fc.nat(presetCount - 1), { nil: null, freq: 4 }),
      at: times,
      lost: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  );
const histories: fc.Arbitrary<History> = fc.record({
  templates: fc.array(fc.record({ deleted: fc.boolean() }), { minLength: 1, maxLength: 2 }),
  presets: fc.array(
    fc.record({
      template: fc.nat(1),
      version: fc.constantFrom(0, 1, 1),
      desired: fc.option(fc.nat(3), { nil: null, freq: 5 }),
      forgivenAt: fc.option(times, { nil: null, freq: 1 }),
      limitedAt: fc.option(times, { nil: null, freq: 1 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  workspaces: fc.array(
    fc.record({
      preset: fc.nat(2),
      builds: builds(3),
      claimed: fc.constantFrom(false, false, true),
      deleted: fc.constantFrom(false, false, true),
    }),
    { maxLength: 14 },
  ),
});

const active = ["pending", "running", "canceling"];

/** What was generated, with ids, each build after the one before, and only the latest not ended. */
function settle(history: History) {
  const templateOf = (index: number) => index % history.templates.length;
  const rows = {
    templates: history.templates.map(({ deleted }) => ({
      deleted,
      id: randomUUID(),
      versions: [randomUUID(), randomUUID()],
    })),
    presets: [] as {
      id: string;
      name: string;
      template: number;
      version: number;
      desired: number | null;
      forgivenAt: number | null;
      limitedAt: number | null;
    }[],
    workspaces: [] as {
      id: string;
      template: number;
      claimed: boolean;
      deleted: boolean;
      builds: (Build & { id: string; versionId: string; presetId: string | null })[];
    }[],
  };
  rows.presets = history.presets.map((preset, index) => ({
    ...preset,
    template: templateOf(preset.template),
    id: randomUUID(),
    name: `preset-${index}`,
  }));
  rows.workspaces = history.workspaces.map(({ preset, builds, claimed, deleted }) => {
    const { template } = rows.presets[preset % rows.presets.length]!;
    return {
      id: randomUUID(),
      template,
      claimed,
      deleted,
      builds: builds.map((build, index) => {
        const named = build.preset === null ? undefined : rows.presets[build.preset % rows.presets.length]!;
        const own = named?.template === template ? named : undefined;
        const isLast = index === builds.length - 1;
        return {
          ...build,
          status: active.includes(build.status) && !isLast ? ("succeeded" as const) : build.status,
          stage: own === undefined ? ("none" as const) : build.stage,
          lost: build.lost && build.status === "failed",
          id: randomUUID(),
          presetId: own?.id ?? null,
          versionId: rows.templates[template]!.versions[own?.version ?? 1]!,
        };
      }),
    };
  });
  return rows;
}
type Rows = ReturnType<typeof settle>;

const by = { createdAt: 0, updatedAt: 0 };

/** The history as it would have happened, build after build. */
function writes(
  { templates: made, presets: named, workspaces: all }: Rows,
  organizationId: string,
  userId: string,
): Statement[] {
  const statements: Statement[] = [
    ...["workspace_builds", "workspaces", "presets", "pool_totals"].map((table) =>
      query.run(sql.raw(`DELETE FROM ${table}`)),
    ),
    query.run(sql`UPDATE template_versions SET template_id = NULL`),
    query.run(sql`DELETE FROM templates`),
    query.run(sql`DELETE FROM template_versions`),
    ...insertRows(
      templates,
      made.map(({ id, versions, deleted }, index) => ({
        ...by,
        id,
        organizationId,
        name: `t${index}`,
        displayName: "",
        description: "",
        deprecationMessage: "",
        activeVersionId: versions[1]!,
        createdBy: userId,
        deletedAt: deleted ? 1 : null,
      })),
    ),
    ...insertRows(
      templateVersions,
      made.flatMap(({ id, versions }) =>
        versions.map((version) => ({
          ...by,
          id: version,
          organizationId,
          templateId: id,
          name: version,
          message: "",
          hasAiTask: false,
          createdBy: userId,
        })),
      ),
    ),
    ...insertRows(
      presets,
      named.map((preset) => ({
        id: preset.id,
        versionId: made[preset.template]!.versions[preset.version]!,
        name: preset.name,
        isDefault: false,
        desiredInstances: preset.desired,
        failuresForgivenAt: preset.forgivenAt,
        limitedAt: preset.limitedAt,
        prebuildStatus: preset.limitedAt === null ? ("normal" as const) : ("hard_limited" as const),
        createdAt: 0,
      })),
    ),
  ];
  for (const workspace of all) {
    const { id, template } = workspace;
    statements.push(
      ...insertRows(workspaces, [
        {
          ...by,
          id,
          ownerId: prebuildsUser.id,
          organizationId,
          templateId: made[template]!.id,
          name: id,
          automaticUpdates: "never" as const,
          lastUsedAt: 0,
        },
      ]),
    );
    for (const [index, build] of workspace.builds.entries()) {
      const { transition, stage, presetId, versionId, at, lost } = build;
      const row = {
        ...by,
        id: build.id,
        workspaceId: id,
        number: index + 1,
        versionId,
        presetId,
        transition,
        stage,
        reason: "prebuild" as const,
        initiatorId: prebuildsUser.id,
        status: "pending" as const,
        agentGeneration: "g",
        hasAiTask: false,
        priority: 2,
        createdAt: at,
      };
      statements.push(
        ...insertRows(workspaceBuilds, [row]),
        query.run(sql`UPDATE workspaces SET latest_build_id = ${build.id} WHERE id = ${id}`),
        query.run(sql`UPDATE workspace_builds SET status = ${build.status}, error_code = ${lost ? "LEASE_LOST" : null},
          completed_at = ${active.includes(build.status) ? null : at + 1} WHERE id = ${build.id}`),
      );
    }
    if (workspace.claimed)
      statements.push(query.run(sql`UPDATE workspaces SET owner_id = ${userId} WHERE id = ${id}`));
    if (workspace.deleted)
      statements.push(query.run(sql`UPDATE workspaces SET deleted_at = 1 WHERE id = ${id}`));
  }
  return statements;
}

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
    .filter(({ build }) => withLost || !build.lost)
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
  const organizationId = String((await server.sql("SELECT id FROM organizations"))[0]!["id"]);
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(4), fc.nat(8), async (history, limit, since) => {
      const rows = settle(history);
      const found = await server.db.write(writes(rows, organizationId, userId), {
        backoff: getPresetsBackoff(since, always),
        atLimit: getPresetsAtFailureLimit(limit, always),
        failures: getLatestFailures(limit, true, always),
        recovered: getPresetsRecovered(always),
        members: listMembers(always),
        pools: listPools(always),
        pending: countPending(always),
        totals: getPrebuildMetrics(),
      });
      expect(sorted(found.backoff)).toEqual(sorted(model.backoff(rows, since)));
      expect(sorted(found.atLimit)).toEqual(sorted(model.atLimit(rows, limit)));
      expect(
        sorted(found.failures.map(({ presetId, buildId, rank }) => ({ presetId, buildId, rank }))),
      ).toEqual(sorted(model.failures(rows, limit)));
      expect(sorted(found.recovered)).toEqual(sorted(model.recovered(rows)));
      expect(
        sorted(
          found.members.map(({ workspaceId, presetId, buildId }) => ({ workspaceId, presetId, buildId })),
        ),
      ).toEqual(sorted(model.members(rows)));
      expect(found.pools.map(({ presetId }) => presetId)).toEqual(model.pools(rows));
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
