// SQL of what waits for a user: tasks whose agent is idle, sessions of their agents and their questions, failed builds of their
// workspaces, and presets at the limit of failures for those who manage templates. One statement, oldest first; its cost
// depends on the user's workspaces and live sessions alone.
import { sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { prebuildsUser, type Transition } from "../../../../db/schema.ts";
import type { WaitingKind } from "../rules/waiting-texts.ts";
import { rolesWithPermission } from "../../../accounts/rules/permissions.ts";
import { appAsksSql, openQuestionsSql, waitingSessionsSql } from "../../../agent-sessions/store/waiting.ts";
import { taskRanks } from "../../agents/rules/task.ts";
import { fromLatestTaskBuildSql, taskAppIdSql } from "../../agents/store/app-statuses.ts";

export interface WaitingRow {
  kind: WaitingKind;
  /** Of the workspace, the preset, the session or the question. */
  id: string;
  /** Epoch milliseconds. */
  since: number;
  /** Of the workspace or the preset; the title of the session. */
  name: string;
  /** The workspace's owner; null without a workspace. */
  ownerName: string | null;
  /** Null for a session. */
  templateName: string | null;
  /** Of a task: what its agent was told to do. */
  prompt: string | null;
  /** What the agent asks, or the error of the build; may be empty. */
  detail: string;
  /** Of a task: where its app is, and what it is called; of a session, where that is. */
  appUrl: string | null;
  appName: string | null;
  /** Of a failed build. */
  buildNumber: number | null;
  transition: Transition | null;
  /** Of a question: JSON of the answers to choose from, and whether a text answers it. */
  options: string | null;
  takesText: number | null;
  /** Of all rows, without the limit. */
  total: number;
}

/** A build that failed so long ago waits for nobody any more. */
const failureShownMs = 14 * 86_400_000;

/** Characters of an error: its first line is shown. */
const maxDetailLength = 2_000;

const ownWorkspacesSql = sql`FROM workspaces w
  JOIN workspace_builds b ON b.id = w.latest_build_id
  JOIN users u ON u.id = w.owner_id JOIN templates t ON t.id = w.template_id`;

/** One whose app asks something is the question. */
const taskSql = (
  self: SQL,
  now: number,
) => sql`SELECT 'task' AS kind, w.id AS id, s.state_since AS since, w.name AS name,
    u.username AS ownerName, t.name AS templateName, s.message AS detail, p.url AS appUrl,
    coalesce(nullif(p.display_name, ''), p.slug) AS appName, NULL AS buildNumber, NULL AS transition,
    NULL AS options, NULL AS takesText,
    (SELECT ai_task_prompt ${fromLatestTaskBuildSql(sql`w.id`)}) AS prompt
  ${ownWorkspacesSql}
  JOIN workspace_app_statuses s ON s.seq = (SELECT max(l.seq) FROM workspace_app_statuses l
    WHERE l.app_id = ${taskAppIdSql(sql`w.id`)})
  JOIN workspace_apps p ON p.id = s.app_id
  WHERE w.owner_id = ${self} AND w.deleted_at IS NULL AND w.task_rank = ${taskRanks.waiting} AND w.task_rank IS NOT NULL
    AND w.owner_id <> ${sql.raw(`'${prebuildsUser.id}'`)}
    AND b.transition = 'start' AND b.status = 'succeeded' AND s.state = 'idle'
    AND NOT ${appAsksSql(self, sql`s.app_id`, now)}`;

const buildSql = (
  self: SQL,
  now: number,
) => sql`SELECT 'build', w.id, coalesce(b.completed_at, b.updated_at), w.name,
    u.username, t.name, substr(coalesce(b.error, ''), 1, ${maxDetailLength}), NULL, NULL, b.number, b.transition,
    NULL, NULL, NULL
  ${ownWorkspacesSql}
  WHERE w.owner_id = ${self} AND w.deleted_at IS NULL AND w.workspace_status = 'failed' AND b.status = 'failed'
    AND coalesce(b.completed_at, b.updated_at) > ${now} - ${failureShownMs}`;

const managingRoles = JSON.stringify(rolesWithPermission("templates:manage"));

const presetSql = (
  self: SQL,
) => sql`SELECT 'preset', p.id, coalesce(p.limited_at, 0), p.name, NULL, t.name, '',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM presets p CROSS JOIN templates t ON t.active_version_id = p.version_id AND t.deleted_at IS NULL
    AND t.id = (SELECT v.template_id FROM template_versions v WHERE v.id = p.version_id)
  WHERE p.prebuild_status = 'hard_limited' AND p.desired_instances IS NOT NULL AND EXISTS (SELECT 1 FROM user_roles r
    WHERE r.user_id = ${self} AND r.role IN (SELECT value FROM json_each(${managingRoles})))`;

/** `limit`: of rows. */
export const listWaiting = prepared((self: SQL, now: number, limit: number) =>
  query.all<WaitingRow>(sql`SELECT *, count(*) OVER () AS total
    FROM (${taskSql(self, now)} UNION ALL ${buildSql(self, now)} UNION ALL ${presetSql(self)}
      UNION ALL ${waitingSessionsSql(self, now)} UNION ALL ${openQuestionsSql(self, now)})
    ORDER BY since, id LIMIT ${limit}`),
);
