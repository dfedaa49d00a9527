// SQL of AI tasks: workspaces whose latest build has one. The cost doesn't grow with their builds and statuses.
import { and, asc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { query, type SQL } from "../../../../db/client.ts";
import type { Page } from "../../../../db/rows.ts";
import {
  isLiveTask,
  organizations,
  users,
  workspaceAppStatuses,
  workspaceBuilds,
  workspaces,
  type AppState,
} from "../../../../db/schema.ts";
import { promptParametersJson, taskRanks } from "../rules/task.ts";
import type { TaskSearch } from "../../builds/rules/search.ts";
import { buildView, workspaceVisibleSql } from "../../builds/store/build-view.ts";
import { countVisible, visiblePageSql } from "../../builds/store/visible.ts";

/** What a task's workspace doesn't say of it. */
export interface TaskRow {
  workspaceId: string;
  prompt: string | null;
  /** The app that shows it; null before its build is done. */
  appId: string | null;
  state: AppState | null;
  message: string | null;
  uri: string | null;
  /** Epoch milliseconds at which the state began. */
  stateSince: number | null;
}

/** A stop has no prompt: so many builds are looked through for the last that has one. */
const maxBuildsBack = 20;

const taskBuild = alias(workspaceBuilds, "task_build");
const status = alias(workspaceAppStatuses, "task_status");

const taskBuildIdSql = sql`(SELECT h.id FROM workspace_builds h WHERE h.workspace_id = ${workspaces.id}
  AND h.number > ${workspaceBuilds.number} - ${maxBuildsBack} AND h.ai_task_prompt IS NOT NULL
  ORDER BY h.number DESC LIMIT 1)`;

/** What it was asked, while its build is not done yet; nothing where that is secret. */
const requestedPromptSql = sql`(SELECT p.value FROM build_parameters p WHERE p.build_id = ${workspaceBuilds.id}
  AND p.name IN (SELECT value FROM json_each(${promptParametersJson}))
  AND NOT EXISTS (SELECT 1 FROM template_parameters d
    WHERE d.version_id = ${workspaceBuilds.versionId} AND d.name = p.name AND d.sensitive = 1) LIMIT 1)`;

const taskWhereSql = (self: SQL) =>
  and(
    eq(workspaces.latestBuildId, workspaceBuilds.id),
    sql`${workspaces.deletedAt} IS NULL`,
    eq(workspaceBuilds.hasAiTask, true),
    eq(users.isSystem, false),
    workspaceVisibleSql(self),
  );

const byName = [asc(sql`lower(${workspaces.name})`), asc(workspaces.seq)] as const;

const taskRows = () =>
  query
    .select({
      workspaceId: workspaces.id,
      prompt: sql<string | null>`COALESCE(NULLIF(${taskBuild.aiTaskPrompt}, ''), ${requestedPromptSql})`.as(
        "prompt",
      ),
      appId: taskBuild.aiTaskSidebarAppId,
      state: status.state,
      message: status.message,
      uri: status.uri,
      stateSince: status.stateSince,
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(users, eq(users.id, workspaces.ownerId))
    .innerJoin(organizations, eq(organizations.id, workspaces.organizationId))
    .leftJoin(taskBuild, sql`${taskBuild.id} = ${taskBuildIdSql}`)
    .leftJoin(
      status,
      sql`${status.seq} = (SELECT max(seq) FROM workspace_app_statuses
        WHERE app_id = ${taskBuild.aiTaskSidebarAppId})`,
    )
    .$dynamic();

const longestWaiting = [asc(workspaces.taskRank), asc(workspaces.taskSince), asc(workspaces.seq)] as const;

/** Workspaces of tasks by name, and in the same order what there is of each task; or those first that wait the longest. */
export function listTasks(
  search: TaskSearch,
  self: SQL,
  page: Page,
  order: "by name" | "longest waiting" = "by name",
) {
  const orderBy = order === "by name" ? byName : longestWaiting;
  const list = { owner: search.owner, where: searchWhereSql(search), order: orderBy };
  const where = and(
    eq(workspaces.latestBuildId, workspaceBuilds.id),
    sql`${workspaces.seq} IN (${visiblePageSql(list, self, page)})`,
  );
  return {
    workspaces: buildView()
      .where(where)
      .orderBy(...orderBy),
    tasks: taskRows()
      .where(where)
      .orderBy(...orderBy),
    total: countVisible(list, self, page),
  };
}

export function findTask(workspaceId: SQL | string, self: SQL) {
  const where = and(eq(workspaces.id, workspaceId), taskWhereSql(self));
  return { workspace: buildView().where(where), task: taskRows().where(where) };
}

/** The statuses of a task's app, the last ones, oldest first. */
export const listTaskStatuses = (workspaceId: SQL | string, self: SQL, limit: number) =>
  query.all<{ seq: number; state: AppState; message: string; createdAt: number }>(
    sql`SELECT * FROM (SELECT s.seq AS seq, s.state AS state, s.message AS message, s.created_at AS createdAt
      FROM workspace_app_statuses s WHERE s.app_id =
        (SELECT task.ai_task_sidebar_app_id FROM (${taskRows()
          .where(and(eq(workspaces.id, workspaceId), taskWhereSql(self)))
          .getSQL()}) AS task)
      ORDER BY s.seq DESC LIMIT ${limit}) ORDER BY seq`,
  );

function searchWhereSql({ organization, name, status: wanted, state }: TaskSearch): SQL {
  return and(
    isLiveTask,
    organization === undefined
      ? undefined
      : sql`${workspaces.organizationId} IN (SELECT o.id FROM organizations o
          WHERE lower(o.name) = lower(${organization}) OR o.id = lower(${organization}))`,
    name === undefined ? undefined : sql`instr(lower(${workspaces.name}), lower(${name})) > 0`,
    wanted === undefined ? undefined : statusWhereSql(wanted),
    state === undefined ? undefined : sql`${workspaces.taskRank} = ${taskRanks[state]}`,
  )!;
}

/** `taskStatus` says the same of one task. */
const isStartingSql = sql`EXISTS (SELECT 1 FROM workspace_agents a WHERE a.build_id = ${workspaces.latestBuildId}
    AND a.lifecycle_state IN ('created', 'starting'))
  AND NOT EXISTS (SELECT 1 FROM workspace_app_statuses s WHERE s.app_id = (
    SELECT h.ai_task_sidebar_app_id FROM workspace_builds h WHERE h.workspace_id = ${workspaces.id}
      AND h.number > (SELECT number FROM workspace_builds WHERE id = ${workspaces.latestBuildId}) - ${maxBuildsBack}
      AND h.ai_task_prompt IS NOT NULL ORDER BY h.number DESC LIMIT 1))`;

function statusWhereSql(wanted: NonNullable<TaskSearch["status"]>): SQL {
  const statusSql = workspaces.workspaceStatus;
  if (wanted === "initializing")
    return sql`(${statusSql} = 'starting' OR (${statusSql} = 'running' AND ${isStartingSql}))`;
  if (wanted === "active") return sql`(${statusSql} = 'running' AND NOT (${isStartingSql}))`;
  if (wanted === "paused") return sql`${statusSql} IN ('stopped', 'deleted')`;
  if (wanted === "error") return sql`${statusSql} = 'failed'`;
  // Canceled, or on the way to a stop.
  if (wanted === "unknown")
    return sql`(${workspaces.taskRank} = ${taskRanks.stopped} AND ${statusSql} NOT IN ('stopped', 'deleted'))`;
  return sql`${statusSql} = ${wanted}`;
}
