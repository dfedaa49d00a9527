// A job that a provisioner holds: the checks of a write's result, its log lines, and its workspace's sealed state.
import type { Deps } from "../../kernel/deps.ts";
import { conflict, notFound, type ApiError } from "../../kernel/errors.ts";
import type { SQL, Statement } from "../../../db/client.ts";
import { cutLine, leaseLost } from "./rules/job.ts";
import { leaseHeldSql, type JobLease, type JobRow } from "./store/jobs.ts";
import { insertLinesDespiteLimit, insertLines } from "./store/outputs.ts";
import type { BuildLogLevel } from "../../../db/schema.ts";
import { seal as sealFor, unseal as unsealFor } from "../../kernel/crypto.ts";

export interface LogLine {
  id?: string | undefined;
  level: BuildLogLevel;
  source: "provisioner" | "provisioner_daemon";
  stage: string;
  output: string;
  /** Epoch milliseconds; now when left out. */
  at: number | undefined;
}

const isHeldBy = (job: JobRow, { credential, acquireId }: JobLease): boolean =>
  job.provisionerKeyId === credential.keyId && (acquireId === undefined || job.acquireId === acquireId);

const leaseLostError = (): ApiError =>
  conflict("The job has ended, or its lease expired.", "Stop working on it and acquire another one.");

/** Throws 404, and 409 for a job that this provisioner doesn't lease. */
export function requireJobHeld(job: JobRow | undefined, lease: JobLease): JobRow {
  if (job === undefined) throw notFound("Job");
  if (!isHeldBy(job, lease) || (job.status !== "running" && job.status !== "canceling"))
    throw leaseLostError();
  return job;
}

/** What an ending has left: the same one again is no error. */
export function requireEnded(job: JobRow | undefined, lease: JobLease, wanted: "succeeded" | "failed"): void {
  if (job === undefined) throw notFound("Job");
  const isDone = job.status === wanted || job.status === "canceled";
  if (!isHeldBy(job, lease) || !isDone || job.errorCode === leaseLost) throw leaseLostError();
}

/** A line that names itself is kept once, however often it is sent. */
export function logLineStatements(
  deps: Deps,
  lease: JobLease,
  lines: readonly LogLine[],
  { when = leaseHeldSql(lease), evenWhenFull = false }: { when?: SQL; evenWhenFull?: boolean } = {},
): Statement[] {
  const now = deps.now();
  const rows = lines.map((line) => ({
    id: `${lease.jobId}:${line.id ?? deps.newId()}`,
    buildId: lease.jobId,
    at: line.at ?? now,
    level: line.level,
    source: line.source,
    stage: line.stage,
    output: cutLine(line.output),
  }));
  return evenWhenFull ? insertLinesDespiteLimit(rows, when) : insertLines(lease.jobId, rows, now, when);
}

const purpose = "workspace-state";

export const sealState = (
  deps: Deps,
  workspaceId: string,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> => sealFor(deps, { purpose, bound: workspaceId }, plain);

/** Throws when it can't be opened. */
export async function unsealState(
  deps: Deps,
  workspaceId: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const plain = await unsealFor(deps, { purpose, bound: workspaceId }, sealed);
  if (plain === undefined)
    throw new Error(`The state of workspace ${workspaceId} can't be opened: the secret key was changed.`);
  return plain;
}
