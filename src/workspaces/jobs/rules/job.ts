// A build's job: its status, what follows when its lease expires, and how much log is kept.
import type { BuildStatus, Transition } from "../../../../db/schema.ts";

/** Milliseconds that a provisioner holds a job without a heartbeat. */
export const leaseMs = 60_000;
/** How often a job goes back to the queue after a lost lease; the next loss fails it. */
export const maxRequeues = 3;
export const leaseLost = "LEASE_LOST";
export const leaseLostMessage =
  "The provisioner stopped responding, so the build may be incomplete. Check the provisioner, then retry the build.";

/** What a provisioner may name as the cause of a failure: the same build would fail the same way again. */
export const permanentErrorCodes = ["REQUIRED_TEMPLATE_VARIABLES", "INVALID_VALUE"] as const;
export type PermanentErrorCode = (typeof permanentErrorCodes)[number];

export const isActive = (status: BuildStatus) =>
  status === "pending" || status === "running" || status === "canceling";

const succeeded: Record<Transition, string> = { start: "running", stop: "stopped", delete: "deleted" };
const running: Record<Transition, string> = { start: "starting", stop: "stopping", delete: "deleting" };

/** What a workspace is while this is its latest build, in Coder's words. */
export function workspaceStatus(status: BuildStatus, transition: Transition): string {
  if (status === "succeeded") return succeeded[transition];
  return status === "running" ? running[transition] : status;
}

export const workspaceStatuses = [
  "pending",
  "starting",
  "running",
  "stopping",
  "stopped",
  "failed",
  "canceling",
  "canceled",
  "deleting",
  "deleted",
] as const;
export type WorkspaceStatus = (typeof workspaceStatuses)[number];

export interface ExpiredLease {
  status: BuildStatus;
  hasPlan: boolean;
  requeues: number;
}

/**
 * Before its plan a job has changed nothing: it can be requeued or canceled. Later it is unknown what it has changed.
 */
export function decideExpiredJob({ status, hasPlan, requeues }: ExpiredLease): "requeue" | "cancel" | "fail" {
  if (hasPlan) return "fail";
  if (status === "canceling") return "cancel";
  return requeues < maxRequeues ? "requeue" : "fail";
}

/** Whether leases are extended instead of expiring: without ticks, the server may have been down for heartbeats too. */
export const hasTickPaused = (lastTick: number | undefined, now: number, interval: number): boolean =>
  lastTick === undefined || now - lastTick > 3 * interval;

/** Bytes of UTF-8. */
export const maxLineBytes = 16_384;
/** Bytes of all lines of a build; after that one line says that the rest is missing. */
export const maxLogBytes = 1_048_576;
/** Bytes that a line counts for besides its text, so that empty ones are not endless. */
export const lineOverheadBytes = 32;

export const logTruncatedMessage = "Log limit reached; later lines are discarded.";
const cutMark = " … (cut)";

/** At most `maxLineBytes` bytes, cut between characters. */
export function cutLine(output: string): string {
  const bytes = new TextEncoder().encode(output);
  if (bytes.length <= maxLineBytes) return output;
  let end = maxLineBytes - new TextEncoder().encode(cutMark).length;
  // A byte 10xxxxxx continues a character.
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end)) + cutMark;
}
