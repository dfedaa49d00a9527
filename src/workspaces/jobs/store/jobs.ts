// SQL of builds as jobs: acquired under a lease, extended by heartbeats, released, ended, expired. Each write can be sent
// twice.
import { eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import {
  presets,
  templates,
  templateVersions,
  users,
  workspaceBuilds,
  workspaces,
} from "../../../../db/schema.ts";
import type { Credential } from "../../../accounts/rules/api-key.ts";
import { leaseMs, type PermanentErrorCode, leaseLost, leaseLostMessage, maxRequeues } from "../rules/job.ts";
import { provisionerKeyValidSql } from "./provisioner-keys.ts";

export interface Acquisition {
  /** Made by the provisioner: what it holds is that acquisition's job. */
  acquireId: string;
  credential: Credential;
  provisionerName: string;
  now: number;
}

/** Takes the first of the queue; an acquisition that has a job takes no other. */
export function acquireJob({ acquireId, credential, provisionerName, now }: Acquisition): Statement {
  return query.run(sql`UPDATE workspace_builds
    SET status = 'running', acquire_id = ${acquireId}, provisioner_key_id = ${credential.keyId},
      provisioner_name = ${provisionerName}, started_at = ${now}, updated_at = ${now},
      lease_expires_at = ${now + leaseMs}
    WHERE seq = (SELECT seq FROM workspace_builds WHERE status = 'pending' ORDER BY priority, seq LIMIT 1)
      AND ${provisionerKeyValidSql(credential)}
      AND NOT EXISTS (SELECT 1 FROM workspace_builds WHERE acquire_id = ${acquireId})`);
}

const jobColumns = {
  id: workspaceBuilds.id,
  status: workspaceBuilds.status,
  errorCode: workspaceBuilds.errorCode,
  transition: workspaceBuilds.transition,
  stage: workspaceBuilds.stage,
  number: workspaceBuilds.number,
  agentGeneration: workspaceBuilds.agentGeneration,
  leaseExpiresAt: workspaceBuilds.leaseExpiresAt,
  provisionerKeyId: workspaceBuilds.provisionerKeyId,
  acquireId: workspaceBuilds.acquireId,
  workspaceId: workspaceBuilds.workspaceId,
};

const withColumns = {
  ...jobColumns,
  workspaceName: workspaces.name,
  ownerName: users.username,
  templateId: templates.id,
  templateName: templates.name,
  versionId: templateVersions.id,
  versionName: templateVersions.name,
  fileId: templateVersions.fileId,
  presetId: presets.id,
  presetName: presets.name,
  /** JSON array of {name, value, sensitive}: provisioners mask what is sensitive in their logs. */
  parameters: sql<string>`(SELECT json_group_array(json_object('name', p.name, 'value', p.value, 'sensitive',
      json(CASE WHEN EXISTS (SELECT 1 FROM template_parameters t WHERE t.version_id = ${workspaceBuilds.versionId}
        AND t.name = p.name AND t.sensitive = 1) THEN 'true' ELSE 'false' END))) FROM (
    SELECT name, value FROM build_parameters WHERE build_id = ${workspaceBuilds.id} ORDER BY rowid) p)`.as(
    "parameters",
  ),
  previousVersionId: sql<string | null>`(SELECT b.version_id FROM workspace_builds b
    WHERE b.workspace_id = ${workspaceBuilds.workspaceId} AND b.number = ${workspaceBuilds.number} - 1)`.as(
    "previous_version_id",
  ),
  hasState: sql<number>`EXISTS (SELECT 1 FROM workspace_builds b
    JOIN workspace_states s ON s.build_id = b.id AND s.position = 0
    WHERE b.workspace_id = ${workspaceBuilds.workspaceId})`.as("has_state"),
};

/** The job of an acquisition with everything that it takes to do it. */
export const findAcquired = (acquireId: string) =>
  query
    .select(withColumns)
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(users, eq(users.id, workspaces.ownerId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(templateVersions, eq(templateVersions.id, workspaceBuilds.versionId))
    .leftJoin(presets, eq(presets.id, workspaceBuilds.presetId))
    .where(eq(workspaceBuilds.acquireId, acquireId));

export type AcquiredRow = ReturnType<typeof findAcquired>["_"]["result"][number];

export const findJob = (id: string) =>
  query.select(jobColumns).from(workspaceBuilds).where(eq(workspaceBuilds.id, id));

export type JobRow = ReturnType<typeof findJob>["_"]["result"][number];

/** A row while a job is queued. */
export const findPending = () =>
  query.all<{ seq: number }>(sql`SELECT seq FROM workspace_builds WHERE status = 'pending' LIMIT 1`);

export interface JobLease {
  jobId: string;
  credential: Credential;
  /** Which acquisition of this key; one that is not named may be any. */
  acquireId: string | undefined;
}

const whereLeaseHeldSql = ({ jobId, credential, acquireId }: JobLease): SQL => sql`(id = ${jobId}
  AND status IN ('running', 'canceling') AND provisioner_key_id = ${credential.keyId}
  AND (${acquireId ?? null} IS NULL OR acquire_id = ${acquireId ?? null}) AND ${provisionerKeyValidSql(credential)})`;

/** True in SQL while this provisioner has the job's lease. */
export const leaseHeldSql = (lease: JobLease): SQL =>
  sql`EXISTS (SELECT 1 FROM workspace_builds WHERE ${whereLeaseHeldSql(lease)})`;

/** The same while the job isn't being canceled: it ends as its provisioner reports. */
export const uncanceledLeaseHeldSql = (lease: JobLease): SQL =>
  sql`EXISTS (SELECT 1 FROM workspace_builds WHERE status = 'running' AND ${whereLeaseHeldSql(lease)})`;

/** True in SQL until the job has sent its plan. */
export const unplannedLeaseHeldSql = (lease: JobLease): SQL =>
  sql`EXISTS (SELECT 1 FROM workspace_builds WHERE plan_received_at IS NULL AND ${whereLeaseHeldSql(lease)})`;

export const extendLease = (lease: JobLease, now: number): Statement =>
  query.run(
    sql`UPDATE workspace_builds SET lease_expires_at = ${now + leaseMs}, updated_at = ${now} WHERE ${whereLeaseHeldSql(lease)}`,
  );

const backToQueueSql = sql`status = 'pending', acquire_id = NULL, provisioner_key_id = NULL, provisioner_name = NULL,
  started_at = NULL, lease_expires_at = NULL`;

/** Back to the queue; one that is being canceled has not been begun and ends here. */
export const releaseJob = (lease: JobLease, now: number): Statement[] => [
  query.run(sql`UPDATE workspace_builds SET status = 'canceled', completed_at = ${now}, lease_expires_at = NULL,
    updated_at = ${now} WHERE status = 'canceling' AND plan_received_at IS NULL AND ${whereLeaseHeldSql(lease)}`),
  query.run(sql`UPDATE workspace_builds SET ${backToQueueSql}, updated_at = ${now}
    WHERE status = 'running' AND plan_received_at IS NULL AND ${whereLeaseHeldSql(lease)}`),
];

/**
 * Of a key that is revoked: what has not been begun goes back to the queue, or ends where it was to be canceled. Nobody
 * knows how far the others came: their leases end now, and the next tick fails them.
 */
export const withdrawJobsOfKey = (keyId: string, now: number, when: SQL): Statement[] => {
  const theirs = sql`provisioner_key_id = ${keyId} AND lease_expires_at IS NOT NULL AND ${when}`;
  return [
    query.run(sql`UPDATE workspace_builds SET status = 'canceled', completed_at = ${now}, lease_expires_at = NULL,
      updated_at = ${now} WHERE status = 'canceling' AND plan_received_at IS NULL AND ${theirs}`),
    query.run(sql`UPDATE workspace_builds SET ${backToQueueSql}, updated_at = ${now}
      WHERE status = 'running' AND plan_received_at IS NULL AND ${theirs}`),
    query.run(
      sql`UPDATE workspace_builds SET lease_expires_at = ${now}, updated_at = ${now} WHERE ${theirs}`,
    ),
  ];
};

export const markPlanReceived = (lease: JobLease, now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET plan_received_at = COALESCE(plan_received_at, ${now}),
    lease_expires_at = ${now + leaseMs}, updated_at = ${now} WHERE ${whereLeaseHeldSql(lease)}`);

export interface JobResult {
  now: number;
  /** Undefined: it succeeded. */
  error: string | undefined;
  errorCode?: PermanentErrorCode | undefined;
  aiTask?: { prompt: string; sidebarAppId: string | null } | undefined;
}

/** A job that is being canceled ends as canceled, whatever the provisioner reports. */
export const endJob = (lease: JobLease, { now, error, errorCode, aiTask }: JobResult): Statement =>
  query.run(sql`UPDATE workspace_builds
    SET status = CASE status WHEN 'canceling' THEN 'canceled' ELSE ${error === undefined ? "succeeded" : "failed"} END,
      error = ${error ?? null},
      error_code = CASE status WHEN 'canceling' THEN NULL ELSE ${errorCode ?? null} END, completed_at = ${now}, updated_at = ${now}, lease_expires_at = NULL,
      ai_task_prompt = ${aiTask?.prompt ?? null}, ai_task_sidebar_app_id = ${aiTask?.sidebarAppId ?? null}
    WHERE ${whereLeaseHeldSql(lease)}`);

export interface ExpiredJob {
  id: string;
  status: "running" | "canceling";
  hasPlan: number;
  requeues: number;
}

/** The longest lapsed first. */
export const listExpiredJobs = (now: number, limit: number) =>
  query.all<ExpiredJob>(sql`SELECT id, status, plan_received_at IS NOT NULL AS hasPlan, requeues FROM workspace_builds
    WHERE lease_expires_at IS NOT NULL AND lease_expires_at <= ${now} ORDER BY lease_expires_at LIMIT ${limit}`);

/** Nobody's lease ends before they had the time for a heartbeat. */
export const extendAllLeases = (now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET lease_expires_at = ${now + leaseMs}
    WHERE lease_expires_at IS NOT NULL AND lease_expires_at < ${now + leaseMs}`);

const whereExpiredAmongSql = (ids: readonly string[], now: number) =>
  sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) AND lease_expires_at <= ${now}`;

/** Skips jobs whose lease was renewed since they were read, and those being canceled by now. */
export const requeueJobs = (ids: readonly string[], now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET status = 'pending', acquire_id = NULL, provisioner_key_id = NULL,
      provisioner_name = NULL, started_at = NULL, lease_expires_at = NULL, requeues = requeues + 1, updated_at = ${now}
    WHERE ${whereExpiredAmongSql(ids, now)} AND status = 'running' AND plan_received_at IS NULL AND requeues < ${maxRequeues}`);

export const cancelExpiredJobs = (ids: readonly string[], now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET status = 'canceled', completed_at = ${now}, lease_expires_at = NULL,
      updated_at = ${now} WHERE ${whereExpiredAmongSql(ids, now)} AND status = 'canceling' AND plan_received_at IS NULL`);

/** True in SQL while this job has not been heard of, nor ended. */
export const leaseExpiredSql = (id: string, now: number): SQL =>
  sql`EXISTS (SELECT 1 FROM workspace_builds WHERE id = ${id} AND lease_expires_at <= ${now})`;

export const failExpiredJobs = (ids: readonly string[], now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET status = 'failed', error_code = ${leaseLost}, completed_at = ${now},
      error = ${leaseLostMessage}, lease_expires_at = NULL, updated_at = ${now} WHERE ${whereExpiredAmongSql(ids, now)}`);
