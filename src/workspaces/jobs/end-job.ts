// The end of a job, completed or failed: its reads, its statements and events, and the one write.
import type { Answers, SQL, Statement } from "../../../db/client.ts";
import { audit } from "../../accounts/audit.ts";
import type { Deps } from "../../kernel/deps.ts";
import { invalid } from "../../kernel/errors.ts";
import { requireEnded } from "./held-job.ts";
import type { PermanentErrorCode } from "./rules/job.ts";
import { notify, writeAndNotify, type StatementOrNotice } from "../../notifications/index.ts";
import {
  autobuildFailed,
  endAutobuildFailure,
  manualBuildFailed,
  prepareFailure,
  prepareSuccess,
  workspaceDeleted,
} from "./ending-kinds.ts";
import { insertOutcome, listAgents, copyLifecycles, type BuildOutcome } from "../agents/store/agents.ts";
import type { EndingBuild } from "../builds/rules/build-notifications.ts";
import { findEndingBuilds } from "./store/endings.ts";
import { endJob, findJob, leaseHeldSql, uncanceledLeaseHeldSql, type JobLease } from "./store/jobs.ts";
import { findRestart } from "../builds/store/restarts.ts";
import { deleteWorkspaceOfBuild } from "../builds/store/workspaces.ts";

export interface Completion {
  resources: {
    type: string;
    name: string;
    agents: { name: string; apps: { slug: string; displayName: string; url: string | null }[] }[];
  }[];
  aiTask: { prompt: string; sidebarAppSlug: string | undefined } | undefined;
}

/** What is read before a job is completed. */
export const completionReads = (buildId: string) => ({
  ended: findEndingBuilds([buildId]),
  restart: findRestart(buildId),
  ...workspaceDeleted.reads([buildId]),
});
export type CompletionAnswers = Answers<ReturnType<typeof completionReads>>;

/** What is read before builds are failed, one or many. */
export const failureReads = (buildIds: readonly string[]) => ({
  ended: findEndingBuilds(buildIds),
  ...manualBuildFailed.reads(),
  ...autobuildFailed.reads(buildIds),
});
export type FailureAnswers = Answers<ReturnType<typeof failureReads>>;

/**
 * Its resources, the end of the job, and of the workspace when that is what the build was for. Throws 400 for outcomes
 * that contradict themselves. A build that is being canceled ends as canceled, without a notification.
 */
export function completionStatements(
  deps: Deps,
  lease: JobLease,
  done: Completion,
  before: CompletionAnswers,
): StatementOrNotice[] {
  const now = deps.now();
  const outcome = toOutcome(deps, lease.jobId, done, now);
  const { aiTask } = done;
  const sidebarApp = outcome.apps.find((app) => app.slug === aiTask?.sidebarAppSlug);
  if (aiTask?.sidebarAppSlug !== undefined && sidebarApp === undefined)
    throw invalid("ai_task.sidebar_app_slug", `no agent has an app "${aiTask.sidebarAppSlug}"`);
  const ending = {
    now,
    error: undefined,
    aiTask: aiTask && { prompt: aiTask.prompt, sidebarAppId: sidebarApp?.id ?? null },
  };
  const [build] = before.ended;
  const events = build?.status === "running" ? prepareSuccess(deps, build, before) : [];
  const guard = uncanceledLeaseHeldSql(lease);
  return [
    ...insertOutcome(outcome, leaseHeldSql(lease)),
    ...(outcome.agents.length === 0 ? [] : [copyLifecycles(lease.jobId, leaseHeldSql(lease))]),
    ...events.map((event) => notify(event, { when: guard })),
    ...(build === undefined ? [] : endAutobuildFailure(build, now, guard)),
    ...(build?.transition === "delete" ? [auditDeletion(deps, build, guard)] : []),
    endJob(lease, ending),
    deleteWorkspaceOfBuild(lease.jobId, now),
  ];
}

/** The actor is the initiator, without an address: the request's is the provisioner's. */
function auditDeletion(deps: Deps, build: EndingBuild, when: SQL): Statement {
  const entry = {
    actorId: build.initiatorId,
    action: "delete",
    resourceType: "workspace" as const,
    resourceId: build.workspaceId,
    detail: { name: build.workspaceName, owner: build.ownerName, build_number: build.number },
  };
  return audit({ ...deps, clientAddress: null }, entry, when);
}

export interface Failure {
  error: string;
  errorCode: PermanentErrorCode | undefined;
}

/** The end of a job that failed, and why. */
export function failureStatements(
  deps: Deps,
  lease: JobLease,
  failed: Failure,
  before: FailureAnswers,
): StatementOrNotice[] {
  const [build] = before.ended;
  const events = build?.status === "running" ? prepareFailure(deps, build, failed.error, before) : [];
  return [
    ...events.map((event) => notify(event, { when: uncanceledLeaseHeldSql(lease) })),
    endJob(lease, { now: deps.now(), ...failed }),
  ];
}

/**
 * One write; what ends the job comes last. Answers the agents that there are now. Throws 404, and 409 for a job
 * that this provisioner doesn't lease.
 */
export async function writeJobEnd(
  deps: Deps,
  lease: JobLease,
  wanted: "succeeded" | "failed",
  changes: readonly StatementOrNotice[],
): Promise<{ id: string; name: string }[]> {
  const { job, agents } = await writeAndNotify(deps, changes, {
    job: findJob(lease.jobId),
    agents: listAgents(lease.jobId),
  });
  requireEnded(job[0], lease, wanted);
  return agents;
}

function toOutcome(deps: Deps, buildId: string, { resources }: Completion, now: number): BuildOutcome {
  const outcome: BuildOutcome = { resources: [], agents: [], apps: [] };
  const agentNames = new Set<string>();
  for (const [place, { type, name, agents }] of resources.entries()) {
    const resourceId = deps.newId();
    outcome.resources.push({ id: resourceId, buildId, type, name });
    for (const [position, agent] of agents.entries()) {
      const field = `resources.${place}.agents.${position}`;
      if (agentNames.has(agent.name)) throw invalid(`${field}.name`, `duplicate agent "${agent.name}"`);
      agentNames.add(agent.name);
      const agentId = deps.newId();
      const created = { lifecycleState: "created", createdAt: now } as const;
      outcome.agents.push({ id: agentId, resourceId, buildId, name: agent.name, ...created });
      const slugs = agent.apps.map((app) => app.slug);
      const second = slugs.findIndex((slug, index) => slugs.indexOf(slug) < index);
      if (second >= 0) throw invalid(`${field}.apps.${second}.slug`, `duplicate app "${slugs[second]}"`);
      outcome.apps.push(...agent.apps.map((app) => ({ id: deps.newId(), agentId, ...app })));
    }
  }
  return outcome;
}
