// A job as the server sends it, what a response of the server means for it, and why it can be interrupted.
import { formatDuration } from "../../cli/rules/time.ts";
import { fields, textOr } from "../../kernel/rules/json.ts";

export interface Parameter {
  name: string;
  value: string;
  /** Its value is masked in logs. */
  sensitive: boolean;
}

export interface Job {
  id: string;
  /** Of the request that acquired it. */
  acquireId: string;
  transition: "start" | "stop" | "delete";
  stage: string;
  agentToken: string;
  fileId: string | undefined;
  hasState: boolean;
  workspace: { id: string; name: string; ownerName: string };
  template: { id: string; name: string };
  version: { id: string; name: string };
  parameters: Parameter[];
  /** As received, for scripts. */
  raw: Record<string, unknown>;
}

/** Undefined if it is not a job: the server is not Belfry, or much newer. */
export function readJob(body: unknown, acquireId: string): Job | undefined {
  const raw = fields(body);
  const id = textOr(raw["job_id"], "");
  const transition = transitions.find((known) => known === raw["transition"]);
  if (id === "" || transition === undefined) return undefined;
  const workspace = fields(raw["workspace"]);
  const named = (member: string) => ({
    id: textOr(fields(raw[member])["id"], ""),
    name: textOr(fields(raw[member])["name"], ""),
  });
  const parameters = Array.isArray(raw["parameters"]) ? raw["parameters"].map(fields) : [];
  return {
    id,
    acquireId,
    transition,
    stage: textOr(raw["stage"], "none"),
    agentToken: textOr(raw["agent_token"], ""),
    fileId: typeof raw["file_id"] === "string" ? raw["file_id"] : undefined,
    hasState: raw["has_state"] === true,
    workspace: { ...named("workspace"), ownerName: textOr(workspace["owner_name"], "") },
    template: named("template"),
    version: named("template_version"),
    parameters: parameters.map(({ name, value, sensitive }) => ({
      name: textOr(name, ""),
      value: textOr(value, ""),
      sensitive: sensitive === true,
    })),
    raw,
  };
}

const transitions = ["start", "stop", "delete"] as const;

/**
 * `again`: the server is unreachable or busy; `lost`: this provisioner no longer holds the job; `refused`: a retry would be
 * refused again.
 */
export type AnswerKind = "again" | "lost" | "refused";

export function classifyStatus(status: number | undefined): AnswerKind {
  if (status === undefined || status === 408 || status === 425 || status === 429 || status >= 500)
    return "again";
  return status === 404 || status === 409 || status === 410 ? "lost" : "refused";
}

export interface RetryPolicy {
  /** Before the first retry; doubled for each further one. */
  firstMs: number;
  maxMs: number;
}

/** Half of the delay is random, so that provisioners don't retry at the same moment. */
export function retryDelayMs(tries: number, random: number, retry: RetryPolicy, retryAfter?: number): number {
  const fullMs = Math.min(retry.maxMs, retry.firstMs * 2 ** Math.min(tries, 30));
  const delayMs = fullMs / 2 + (fullMs / 2) * random;
  return Math.round(Math.max(delayMs, Math.min(retryAfter ?? 0, 60_000)));
}

/** Milliseconds of the header `Retry-After` (RFC 9110); undefined if it is missing or invalid. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** `lost`: the lease is lost; nothing can be reported about the job. */
export type InterruptReason = "canceled" | "timeout" | "killed" | "lost";

export function describeInterrupt(reason: InterruptReason, jobTimeoutMs: number): string {
  switch (reason) {
    case "canceled":
      return "canceled";
    case "timeout":
      return `The build was stopped because it took longer than ${formatDuration(jobTimeoutMs)}.`;
    case "killed":
      return "The provisioner was stopped before the build was complete.";
    case "lost":
      return "The lease of this job expired.";
  }
}

/** A canceled job can be lost afterwards, but a lost one can't be canceled. */
export const isStronger = (next: InterruptReason, current: InterruptReason | undefined): boolean =>
  current === undefined ||
  (next === "lost" && current !== "lost") ||
  (next === "killed" && current !== "lost");
