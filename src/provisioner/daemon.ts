// The provisioner daemon: polls for jobs, runs up to `concurrency` at a time, and stops cleanly.
import { runJob } from "./job.ts";
import { removeOrphans } from "./folder.ts";
import { classifyStatus, retryDelayMs, readJob, type Job } from "./rules/job.ts";
import { jobCall, jsonOf, type Outcome } from "./server.ts";
import type { WorkerContext } from "./worker-context.ts";

/** The server rejects this daemon; a retry would be rejected too. */
export class RejectedError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Resolves after `stopRequest`, when all jobs have ended; throws `RejectedError`. */
export async function runDaemon(
  context: Omit<WorkerContext, "stopping">,
  { name, concurrency }: { name: string; concurrency: number },
  stopRequest: AbortSignal,
): Promise<void> {
  const orphans = await removeOrphans(context.workDir);
  if (orphans > 0) context.environment.log(`removed ${orphans} folders of killed provisioners`);
  const rejected = new AbortController();
  const stopping = AbortSignal.any([stopRequest, rejected.signal]);
  const slotContext = { ...context, stopping };
  context.environment.log(`${name} is polling ${context.server.url} for jobs, ${concurrency} at a time`);
  const slots = Array.from({ length: concurrency }, () =>
    runSlot(slotContext, name).catch((error: unknown) => {
      // The other slots finish their jobs.
      rejected.abort();
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(slots)).find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function runSlot(context: WorkerContext, name: string): Promise<void> {
  const { environment } = context;
  while (!context.stopping.aborted) {
    const job = await acquireJob(context, name);
    if (job === undefined) continue;
    const { workspace, transition } = job;
    environment.log(`job ${job.id}: ${transition} of ${workspace.ownerName}/${workspace.name}`);
    environment.log(`job ${job.id}: ${await runJob(job, context)}`);
  }
}

/** Every retry has the same `acquire_id`, for which the server returns the same job: a lost response loses no job. */
async function acquireJob(context: WorkerContext, name: string): Promise<Job | undefined> {
  const { server, environment, timing, stopping } = context;
  const request = { name, acquire_id: environment.newId() };
  const ask = (seconds: number, timeoutMs: number, signal?: AbortSignal) =>
    server.call({
      method: "POST",
      path: `/provisionerdaemons/jobs/acquire?wait=${seconds}`,
      json: request,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
  for (let tries = 0; !stopping.aborted; tries += 1) {
    const outcome = await ask(
      Math.round(timing.pollMs / 1_000),
      timing.pollMs + timing.callTimeoutMs,
      stopping,
    );
    if (outcome.ok) {
      if (tries > 0) environment.log(`${server.url} is reachable again`);
      return jobOf(outcome, request.acquire_id);
    }
    if (stopping.aborted) break;
    // The response with the job was lost, and its lease has expired since.
    if (outcome.status === 409) return undefined;
    if (classifyStatus(outcome.status) !== "again") throw rejectionOf(server.url, outcome);
    if (tries === 0) environment.log(`${server.url} is unreachable (${outcome.message}); retrying`);
    await environment.wait(
      retryDelayMs(tries, environment.random(), timing.retry, outcome.retryAfter),
      stopping,
    );
  }
  await releaseJob(context, await ask(0, 5_000, context.killing), request.acquire_id);
  return undefined;
}

/** The interrupted request may have acquired a job: it is released now, not when its lease expires. */
async function releaseJob(
  { server, environment }: WorkerContext,
  outcome: Outcome,
  acquireId: string,
): Promise<void> {
  const job = outcome.ok ? jobOf(outcome, acquireId) : undefined;
  if (job === undefined) return;
  const answer = await server.callUntilAnswered(
    { ...jobCall(job, "POST", "release"), timeoutMs: 5_000 },
    AbortSignal.timeout(10_000),
  );
  environment.log(
    `job ${job.id}: ${answer.kind === "done" ? "returned to the queue" : "not returned to the queue; the server does so when its lease ends, within a minute"}`,
  );
}

function jobOf(outcome: Extract<Outcome, { ok: true }>, acquireId: string): Job | undefined {
  if (outcome.status === 204) return undefined;
  const job = readJob(jsonOf(outcome.body), acquireId);
  if (job === undefined)
    throw new RejectedError("The server is not Belfry, or it is a much newer release.", 200);
  return job;
}

function rejectionOf(url: string, { status = 0, message }: Extract<Outcome, { ok: false }>): RejectedError {
  if (status === 401 || status === 403)
    return new RejectedError(`${url} rejected the provisioner key: ${message}`, status);
  return new RejectedError(`${url} refused the request for jobs: ${message}`, status);
}
