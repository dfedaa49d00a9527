// Random histories of pools: templates, presets, and workspaces with their builds, claimed and deleted ones among them, and
// the statements that make one happen, build after build.
import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { query, type Statement } from "../../db/client.ts";
import { insertRows } from "../../db/rows.ts";
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
} from "../../db/schema.ts";

type ErrorCode = "LEASE_LOST" | "INVALID_VALUE" | null;
interface Build {
  transition: Transition;
  status: BuildStatus;
  stage: BuildStage;
  /** Index of a preset; null: it names none. */
  preset: number | null;
  at: number;
  /** Of a failure. */
  code: ErrorCode;
}
export interface History {
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
      code: fc.constantFrom<ErrorCode>(null, null, "LEASE_LOST", "LEASE_LOST", "INVALID_VALUE"),
    }),
    { minLength: 1, maxLength: 3 },
  );
export const histories: fc.Arbitrary<History> = fc.record({
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

export const active = ["pending", "running", "canceling"];

/** What was generated, with ids, each build after the one before, and only the latest not ended. */
export function settle(history: History) {
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
          code: build.status === "failed" ? build.code : null,
          id: randomUUID(),
          presetId: own?.id ?? null,
          versionId: rows.templates[template]!.versions[own?.version ?? 1]!,
        };
      }),
    };
  });
  return rows;
}
export type Rows = ReturnType<typeof settle>;

const by = { createdAt: 0, updatedAt: 0 };

/** The history as it would have happened, build after build. */
export function writes(
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
      const { transition, stage, presetId, versionId, at, code } = build;
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
        query.run(sql`UPDATE workspace_builds SET status = ${build.status}, error_code = ${code},
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
