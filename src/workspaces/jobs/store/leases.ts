// SQL of leases that run out. The tick calls it.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { leaseLost, leaseLostWords, leaseTime, mostRequeues } from "../rules/job.ts";

export interface Lapsed {
  id: string;
  status: "running" | "canceling";
  hasPlan: number;
  requeues: number;
}

/** The longest lapsed first. */
export const listLapsed = (now: number, limit: number) =>
  query.all<Lapsed>(sql`SELECT id, status, plan_received_at IS NOT NULL AS hasPlan, requeues FROM workspace_builds
    WHERE lease_expires_at IS NOT NULL AND lease_expires_at <= ${now} ORDER BY lease_expires_at LIMIT ${limit}`);

/** Nobody's lease ends before they had the time for a heartbeat. */
export const extendAll = (now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET lease_expires_at = ${now + leaseTime}
    WHERE lease_expires_at IS NOT NULL AND lease_expires_at < ${now + leaseTime}`);

const among = (ids: readonly string[], now: number) =>
  sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) AND lease_expires_at <= ${now}`;

/** A job that has been heard of since it was seen, or that somebody wants to be canceled by now, is left as it is. */
export const requeueJobs = (ids: readonly string[], now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET status = 'pending', acquire_id = NULL, provisioner_key_id = NULL,
      provisioner_name = NULL, started_at = NULL, lease_expires_at = NULL, requeues = requeues + 1, updated_at = ${now}
    WHERE ${among(ids, now)} AND status = 'running' AND plan_received_at IS NULL AND requeues < ${mostRequeues}`);

export const cancelLapsed = (ids: readonly string[], now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET status = 'canceled', completed_at = ${now}, lease_expires_at = NULL,
      updated_at = ${now} WHERE ${among(ids, now)} AND status = 'canceling' AND plan_received_at IS NULL`);

/** True in SQL while this job has not been heard of, nor ended. */
export const hasLapsed = (id: string, now: number): SQL =>
  sql`EXISTS (SELECT 1 FROM workspace_builds WHERE id = ${id} AND lease_expires_at <= ${now})`;

export const failLapsed = (ids: readonly string[], now: number): Statement =>
  query.run(sql`UPDATE workspace_builds SET status = 'failed', error_code = ${leaseLost}, completed_at = ${now},
      error = ${leaseLostWords}, lease_expires_at = NULL, updated_at = ${now} WHERE ${among(ids, now)}`);
