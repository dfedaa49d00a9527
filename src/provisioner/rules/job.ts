// A job as the server sends it, what the answers of the server mean for it, and why it can end early.
import { formatDuration } from "../../cli/rules/time.ts";
import { fields, textOr } from "../../kernel/rules/json.ts";

export interface Parameter {
  name: string;
  value: string;
  /** Its value stays out of logs. */
  sensitive: boolean;
}

export interface Job {
  id: string;
  /** Of the question that it is the answer to. */
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
  /** All of it as it came, for scripts. */
  raw: Record<string, unknown>;
}

/** Undefined when it is no job: then something else than Belfry has answered, or one that is much newer. */
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
 * `again`: the server is away or busy; `lost`: the job is no longer ours (its lease ran out, or it is gone);
 * `refused`: the same request would be refused again.
 */
export type StatusClass = "again" | "lost" | "refused";

export function classifyStatus(status: number | undefined): StatusClass {
  if (status === undefined || status === 408 || status === 425 || status === 429 || status >= 500)
    return "again";
  return status === 404 || status === 409 || status === 410 ? "lost" : "refused";
}

export interface RetryPolicy {
  /** Milliseconds before the second try; each further one waits twice as long. */
  first: number;
  most: number;
}

/** Half of it is left to chance, so that many provisioners don't come back at the same moment. */
export function retryDelayMs(tries: number, chance: number, pace: RetryPolicy, retryAfter?: number): number {
  const full = Math.min(pace.most, pace.first * 2 ** Math.min(tries, 30));
  const pause = full / 2 + (full / 2) * chance;
  return Math.round(Math.max(pause, Math.min(retryAfter ?? 0, 60_000)));
}

/** Milliseconds of the header `Retry-After` (RFC 9110); undefined when it says nothing. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** `lost`: the lease has gone, and with it every right to say something about the job. */
export type EndReason = "canceled" | "timeout" | "killed" | "lost";

export function describeEnd(reason: EndReason, jobTimeout: number): string {
  switch (reason) {
    case "canceled":
      return "canceled";
    case "timeout":
      return `The build was stopped because it took longer than ${formatDuration(jobTimeout)}.`;
    case "killed":
      return "The provisioner was stopped before the build was complete.";
    case "lost":
      return "The lease of this job expired.";
  }
}

/** A canceled job may be lost a moment later, never the other way round. */
export const isStronger = (next: EndReason, present: EndReason | undefined): boolean =>
  present === undefined ||
  (next === "lost" && present !== "lost") ||
  (next === "killed" && present !== "lost");
