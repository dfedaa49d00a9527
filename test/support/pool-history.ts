// Many presets with full pools, and any number of finished builds besides, half of them of workspaces that still live: what
// a pass must not read. Made by the database itself, so that a million takes a minute or two.
import { sql } from "drizzle-orm";
import { query, type Database } from "../../db/client.ts";
import { prebuildsUser } from "../../db/schema.ts";

export interface PoolWorld {
  db: Database;
  now: number;
  /** Of the organization and of somebody who claims. */
  organizationId: string;
  userId: string;
}

const run = (db: Database, statement: string) => db.write([query.run(sql.raw(statement))], {});

/** SQL for an id made of two numbers. */
const id = (kind: number, number: string) => `printf('%08x-0000-4000-8000-%012x', ${kind}, ${number})`;
const upTo = (from: string | number, to: string | number) =>
  `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${to})`;
const kinds = { template: 1, version: 2, preset: 3, member: 4, memberBuild: 5, agent: 6, resource: 7 };
const presetsOfTemplate = 5;

/** `presets` presets with two ready workspaces each, in templates of five; each template has a former version, too. */
export async function fillPools(
  { db, now, organizationId, userId }: PoolWorld,
  presets: number,
): Promise<void> {
  const templates = presets / presetsOfTemplate;
  const members = presets * 2;
  await run(
    db,
    `${upTo(0, templates)} INSERT INTO templates (id, organization_id, name, display_name, description, deprecation_message,
      active_version_id, created_by, created_at, updated_at)
    SELECT ${id(kinds.template, "i")}, '${organizationId}', 'template-' || i, '', '', '', ${id(kinds.version, "i")}, '${userId}', 0, 0 FROM n`,
  );
  // Versions from `templates` on are the former ones.
  await run(
    db,
    `${upTo(0, templates * 2)} INSERT INTO template_versions (id, organization_id, template_id, name, message, has_ai_task,
      created_by, created_at, updated_at)
    SELECT ${id(kinds.version, "i")}, '${organizationId}', ${id(kinds.template, `i % ${templates}`)}, 'v' || i, '', 0, '${userId}', 0, 0 FROM n`,
  );
  await run(
    db,
    `${upTo(0, presets * 2)} INSERT INTO presets (id, version_id, name, is_default, desired_instances, created_at)
    SELECT ${id(kinds.preset, "i")}, ${id(kinds.version, `i / ${presetsOfTemplate}`)}, 'preset-' || i, 0, 2, 0 FROM n`,
  );
  const recently = now - 3_600_000 * 5;
  await addWorkspaces(
    db,
    { organizationId, ownerId: prebuildsUser.id, deletedAt: "NULL" },
    0,
    members,
    "i / 2",
    presets,
  );
  await run(
    db,
    `${upTo(0, members)} INSERT INTO workspace_builds (${buildColumns}) SELECT ${id(kinds.memberBuild, "i")}, ${id(kinds.member, "i")}, 1,
      ${id(kinds.version, `i / ${2 * presetsOfTemplate}`)}, ${id(kinds.preset, "i / 2")}, 'start', 'prebuild', 'create', '${prebuildsUser.id}',
      'succeeded', 'g', 0, ${recently}, ${recently}, ${recently}, 2 FROM n`,
  );
  await run(
    db,
    `${upTo(0, members)} INSERT INTO workspace_resources (id, build_id, type, name)
    SELECT ${id(kinds.resource, "i")}, ${id(kinds.memberBuild, "i")}, 'container', 'dev' FROM n`,
  );
  await run(
    db,
    `${upTo(0, members)} INSERT INTO workspace_agents (id, resource_id, build_id, name, lifecycle_state, lifecycle_changed_at, created_at)
    SELECT ${id(kinds.agent, "i")}, ${id(kinds.resource, "i")}, ${id(kinds.memberBuild, "i")}, 'main', 'ready', ${recently}, ${recently} FROM n`,
  );
}

const buildColumns = `id, workspace_id, number, version_id, preset_id, transition, reason, stage, initiator_id, status,
  agent_generation, has_ai_task, created_at, updated_at, completed_at, priority`;

/** Workspace `i` of a preset that the expression names; its latest build has the workspace's own number. */
const addWorkspaces = (
  db: Database,
  { organizationId, ownerId, deletedAt }: { organizationId: string; ownerId: string; deletedAt: string },
  from: number,
  to: number,
  preset: string,
  presets: number,
) =>
  run(
    db,
    `${upTo(from, to)} INSERT INTO workspaces (id, owner_id, organization_id, template_id, name, automatic_updates,
      latest_build_id, created_at, updated_at, last_used_at, deleted_at)
    SELECT ${id(kinds.member, "i")}, '${ownerId}', '${organizationId}', ${id(kinds.template, `(${preset}) % ${presets} / ${presetsOfTemplate}`)},
      'w' || i, 'never', ${id(kinds.memberBuild, "i")}, 1, 1, 1, ${deletedAt} FROM n`,
  );

/** Builds that one statement makes. */
const chunk = 10_000;

/**
 * Finished builds, all older than what a pass looks back to: half of them of deleted workspaces of pools, four tenths of
 * workspaces that people have claimed (ten builds each), one tenth failed builds that lie in the pools, most of them of
 * former versions. `from` is where the numbers of an earlier call ended; answers where they end now.
 */
export async function addHistory(
  world: PoolWorld,
  { builds, presets, from }: { builds: number; presets: number; from: number },
): Promise<number> {
  const { db, organizationId, userId } = world;
  const parts = [
    {
      workspaces: builds / 4,
      each: 2,
      ownerId: prebuildsUser.id,
      deletedAt: "2",
      last: "'delete', 'prebuild', 'none'",
      status: "succeeded",
    },
    {
      workspaces: builds / 25,
      each: 10,
      ownerId: userId,
      deletedAt: "NULL",
      last: "'start', 'initiator', 'none'",
      status: "succeeded",
    },
    {
      workspaces: builds / 10,
      each: 1,
      ownerId: prebuildsUser.id,
      deletedAt: "NULL",
      last: "'start', 'prebuild', 'create'",
      status: "failed",
    },
  ];
  let next = from;
  for (const part of parts) {
    const end = next + part.workspaces;
    // Of the failed ones in pools, every tenth lies in the pool of an active version.
    const preset =
      part.status === "failed"
        ? `(CASE i % 10 WHEN 0 THEN 0 ELSE ${presets} END) + i % ${presets}`
        : `i % ${presets}`;
    const width = Math.ceil(chunk / part.each);
    for (; next < end; next = Math.min(end, next + width)) {
      const to = Math.min(end, next + width);
      await addWorkspaces(db, { organizationId, ...part }, next, to, preset, presets);
      const { each, last, status } = part;
      // The first `each - 1` builds of a workspace have numbers of their own kind, the last one has the workspace's.
      await run(
        db,
        `${upTo(next, to)}, k(j) AS (SELECT value FROM json_each('${JSON.stringify(Array.from({ length: each }, (_, index) => index + 1))}'))
        INSERT INTO workspace_builds (${buildColumns})
        SELECT CASE j WHEN ${each} THEN ${id(kinds.memberBuild, "i")} ELSE printf('%08x-0000-4000-9000-%012x', j, i) END,
          ${id(kinds.member, "i")}, j, ${id(kinds.version, `(${preset}) / ${presetsOfTemplate}`)}, ${id(kinds.preset, preset)},
          ${each === 1 ? last : `CASE j WHEN ${each} THEN 'delete' ELSE 'start' END, 'prebuild', CASE j WHEN 1 THEN 'create' ELSE 'none' END`.replace("'delete'", last.split(",")[0]!)},
          '${prebuildsUser.id}', '${status}', 'g', 0, 1000 + i, 1000 + i, 1000 + i, 2 FROM n, k`,
      );
    }
    next = end;
  }
  return next;
}
