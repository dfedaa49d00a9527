// `belfry provisioner start`: asks for jobs, does as many at a time as it may, and stops cleanly.
import { runJob } from "./job.ts";
import { removeOrphans } from "./folder.ts";
import { classifyStatus, retryDelayMs, readJob, type Job } from "./rules/job.ts";
import { jobCall, jsonOf, type Outcome } from "./server.ts";
import type { WorkerContext } from "./work.ts";

/** The server won't have this daemon; trying again would change nothing. */
export class RejectedError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Resolves when it was asked to stop and its jobs are over; throws `RejectedError`. */
export async function runDaemon(
  shop: Omit<WorkerContext, "stopping">,
  { name, concurrency }: { name: string; concurrency: number },
  asked: AbortSignal,
): Promise<void> {
  const orphans = await removeOrphans(shop.workDir);
  if (orphans > 0) shop.world.say(`removed ${orphans} folders of killed provisioners`);
  const given = new AbortController();
  const stopping = AbortSignal.any([asked, given.signal]);
  const all = { ...shop, stopping };
  shop.world.say(`${name} is polling ${shop.server.url} for jobs, ${concurrency} at a time`);
  const slots = Array.from({ length: concurrency }, () =>
    runSlot(all, name).catch((error: unknown) => {
      // The other slots finish what they have begun.
      given.abort();
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(slots)).find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function runSlot(shop: WorkerContext, name: string): Promise<void> {
  const { world } = shop;
  while (!shop.stopping.aborted) {
    const job = await acquire(shop, name);
    if (job === undefined) continue;
    const { workspace, transition } = job;
    world.say(`job ${job.id}: ${transition} of ${workspace.ownerName}/${workspace.name}`);
    world.say(`job ${job.id}: ${await runJob(job, shop)}`);
  }
}

/** One question, asked until it is answered: with the same id the same job comes, so a lost answer costs none. */
async function acquire(shop: WorkerContext, name: string): Promise<Job | undefined> {
  const { server, world, timing, stopping } = shop;
  const question = { name, acquire_id: world.newId() };
  const ask = (seconds: number, timeout: number, signal?: AbortSignal) =>
    server.call({
      method: "POST",
      path: `/provisionerdaemons/jobs/acquire?wait=${seconds}`,
      json: question,
      timeout,
      ...(signal === undefined ? {} : { signal }),
    });
  for (let tries = 0; !stopping.aborted; tries += 1) {
    const outcome = await ask(Math.round(timing.poll / 1_000), timing.poll + timing.patience, stopping);
    if (outcome.ok) {
      if (tries > 0) world.say(`${server.url} answers again`);
      return jobOf(outcome, question.acquire_id);
    }
    if (stopping.aborted) break;
    // The job of the answer that was lost is over meanwhile.
    if (outcome.status === 409) return undefined;
    if (classifyStatus(outcome.status) !== "again") throw rejection(server.url, outcome);
    if (tries === 0) world.say(`${server.url} does not answer (${outcome.message}); retrying`);
    await world.wait(retryDelayMs(tries, world.chance(), timing.retry, outcome.retryAfter), stopping);
  }
  await giveBack(shop, await ask(0, 5_000, shop.killing), question.acquire_id);
  return undefined;
}

/** The question that the stop has cut off may have been answered: that job goes back at once, not with its lease. */
async function giveBack(
  { server, world }: WorkerContext,
  outcome: Outcome,
  acquireId: string,
): Promise<void> {
  const job = outcome.ok ? jobOf(outcome, acquireId) : undefined;
  if (job === undefined) return;
  const answer = await server.callUntilAnswered(
    { ...jobCall(job, "POST", "release"), timeout: 5_000 },
    AbortSignal.timeout(10_000),
  );
  world.say(`job ${job.id}: ${answer.kind === "done" ? "released" : "its lease will expire"}`);
}

function jobOf(outcome: Extract<Outcome, { ok: true }>, acquireId: string): Job | undefined {
  if (outcome.status === 204) return undefined;
  const job = readJob(jsonOf(outcome.body), acquireId);
  if (job === undefined) throw new RejectedError("The server is not Belfry, or a much newer release.", 200);
  return job;
}

function rejection(url: string, { status = 0, message }: Extract<Outcome, { ok: false }>): RejectedError {
  if (status === 401 || status === 403)
    return new RejectedError(`${url} rejected the provisioner key: ${message}`, status);
  return new RejectedError(`${url} refused the request for jobs: ${message}`, status);
}
