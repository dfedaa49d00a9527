// What a provisioner does with a job that it holds: each is one write of statements from the stores, and a judgement of
// what the write has left. The routes of jobs call these.
import type { Deps } from "../deps.ts";
import { conflict, invalid, notFound, type ApiError } from "../errors.ts";
import type { Statement } from "../../db/client.ts";
import { cutLine } from "./rules/log-lines.ts";
import { leaseLost } from "./rules/job.ts";
import { insertOutcome, type Outcome } from "./store/agents.ts";
import { endJob, holds, type Hold, type JobRow } from "./store/jobs.ts";
import { insertLines } from "./store/logs.ts";
import { endWorkspaceOf } from "./store/workspaces.ts";
import type { BuildLogLevel } from "../../db/schema.ts";

export interface LogLine {
  id?: string | undefined;
  level: BuildLogLevel;
  source: "provisioner" | "provisioner_daemon";
  stage: string;
  output: string;
  /** Epoch milliseconds; now when left out. */
  at: number | undefined;
}

export interface Completion {
  resources: {
    type: string;
    name: string;
    agents: { name: string; apps: { slug: string; displayName: string; url: string | null }[] }[];
  }[];
  aiTask: { prompt: string; sidebarAppSlug: string | undefined } | undefined;
}

const isOurs = (job: JobRow, { credential, acquireId }: Hold): boolean =>
  job.provisionerKeyId === credential.keyId && (acquireId === undefined || job.acquireId === acquireId);

const leaseGone = (): ApiError =>
  conflict(
    "The job is not yours any more: its lease has gone, or it has ended.",
    "Stop working on it and acquire another one.",
  );

/** Throws 404, and 409 for a job that this provisioner doesn't hold. */
export function demandHeld(job: JobRow | undefined, hold: Hold): JobRow {
  if (job === undefined) throw notFound("Job");
  if (!isOurs(job, hold) || (job.status !== "running" && job.status !== "canceling")) throw leaseGone();
  return job;
}

/** What an ending has left: the same one again is no error. */
export function demandEnded(job: JobRow | undefined, hold: Hold, wanted: "succeeded" | "failed"): void {
  if (job === undefined) throw notFound("Job");
  const isDone = job.status === wanted || job.status === "canceled";
  if (!isOurs(job, hold) || !isDone || job.errorCode === leaseLost) throw leaseGone();
}

/** A line that names itself is kept once, however often it is sent. */
export function addLines(deps: Deps, hold: Hold, lines: readonly LogLine[]): Statement[] {
  const now = deps.now();
  const rows = lines.map((line) => ({
    id: `${hold.jobId}:${line.id ?? deps.newId()}`,
    buildId: hold.jobId,
    at: line.at ?? now,
    level: line.level,
    source: line.source,
    stage: line.stage,
    output: cutLine(line.output),
  }));
  return insertLines(hold.jobId, rows, now, holds(hold));
}

/** Its resources, the end of the job, and of the workspace when that is what the build was for. */
export function completeJob(deps: Deps, hold: Hold, completion: Completion): Statement[] {
  const now = deps.now();
  const outcome = toOutcome(deps, hold.jobId, completion, now);
  const { aiTask } = completion;
  const sidebarApp = outcome.apps.find((app) => app.slug === aiTask?.sidebarAppSlug);
  if (aiTask?.sidebarAppSlug !== undefined && sidebarApp === undefined)
    throw invalid("ai_task.sidebar_app_slug", `no agent has an app "${aiTask.sidebarAppSlug}"`);
  const ending = {
    now,
    error: undefined,
    aiTask: aiTask && { prompt: aiTask.prompt, sidebarAppId: sidebarApp?.id ?? null },
  };
  return [...insertOutcome(outcome, holds(hold)), endJob(hold, ending), endWorkspaceOf(hold.jobId, now)];
}

function toOutcome(deps: Deps, buildId: string, { resources }: Completion, now: number): Outcome {
  const outcome: Outcome = { resources: [], agents: [], apps: [] };
  const agentNames = new Set<string>();
  for (const [place, { type, name, agents }] of resources.entries()) {
    const resourceId = deps.newId();
    outcome.resources.push({ id: resourceId, buildId, type, name });
    for (const [position, agent] of agents.entries()) {
      const field = `resources.${place}.agents.${position}`;
      if (agentNames.has(agent.name)) throw invalid(`${field}.name`, `there are two agents "${agent.name}"`);
      agentNames.add(agent.name);
      const agentId = deps.newId();
      const created = { lifecycleState: "created", createdAt: now } as const;
      outcome.agents.push({ id: agentId, resourceId, buildId, name: agent.name, ...created });
      const slugs = agent.apps.map((app) => app.slug);
      const second = slugs.findIndex((slug, index) => slugs.indexOf(slug) < index);
      if (second >= 0) throw invalid(`${field}.apps.${second}.slug`, `there are two apps "${slugs[second]}"`);
      outcome.apps.push(...agent.apps.map((app) => ({ id: deps.newId(), agentId, ...app })));
    }
  }
  return outcome;
}
