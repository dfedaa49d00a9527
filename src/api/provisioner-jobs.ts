// Routes of provisioners: taking a job, keeping its lease, sending what comes of it, and ending it.
import { Hono } from "hono";
import * as z from "zod";
import type { BuildReason } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { conflict } from "../kernel/errors.ts";
import { claimCompletion, claimReads, timedCompletion } from "../prebuilds/claim/complete-claim.ts";
import { continueRestarts, restartReads } from "../workspaces/builds/restart.ts";
import { requestReconciliation } from "../prebuilds/reconcile/reconcile.ts";
import {
  completionStatements,
  completionReads,
  writeJobEnd,
  failureStatements,
  failureReads,
} from "../workspaces/jobs/end-job.ts";
import { leaseLost, permanentErrorCodes } from "../workspaces/jobs/rules/job.ts";
import {
  acquireJob,
  extendLease,
  findAcquired,
  findJob,
  findPending,
  releaseJob,
  type AcquiredRow,
  type JobLease,
} from "../workspaces/jobs/store/jobs.ts";
import { endpoint, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { acquiredShape, completeBody, linesBody, toAcquired } from "./job-shape.ts";
import { readAsProvisioner, writeAsProvisioner } from "../http/provisioner-auth.ts";
import { filledText, text, uuid } from "../http/schemas.ts";
import { waitForJob } from "../workspaces/jobs/wait-for-job.ts";
import { logLineStatements, requireJobHeld } from "../workspaces/jobs/held-job.ts";

const maxWaitSeconds = 30;
const maxErrorBytes = 65_536;

const acquireQuery = z.object({
  wait: z
    .string()
    .regex(/^\d{1,3}$/, "must be a whole number of seconds")
    .optional()
    .transform((seconds) => Math.min(Number(seconds ?? 0), maxWaitSeconds) * 1_000),
});
const acquireBody = z.object({ name: filledText(128), acquire_id: filledText(64) });
const failBody = z.object({
  error: text(maxErrorBytes),
  error_code: z
    .enum(permanentErrorCodes, {
      error: ({ input }) =>
        input === leaseLost
          ? `${leaseLost} is set by Belfry only`
          : `must be ${permanentErrorCodes.join(" or ")}, or left out`,
    })
    .optional()
    .meta({
      description:
        "a cause that a retry can't fix: the plan lacks the value of a required variable, or a variable doesn't allow its value. Prebuilds of the preset stop",
    }),
});
const idParam = z.object({ id: uuid.transform((id) => id.toLowerCase()) });

/** The header tells acquisitions of one key apart, so that one whose lease has gone can't act as the next one. */
export const leaseOf = (c: Ctx, jobId: string): JobLease => ({
  jobId,
  credential: c.get("credential"),
  acquireId: c.req.header("belfry-acquire-id") || undefined,
});

async function tryAcquire(c: Ctx, body: z.infer<typeof acquireBody>): Promise<AcquiredRow | undefined> {
  const changes = acquireJob({
    acquireId: body.acquire_id,
    credential: c.get("credential"),
    provisionerName: body.name,
    now: c.get("deps").now(),
  });
  const { job, provisioner } = await writeAsProvisioner(c, [changes], {
    job: findAcquired(body.acquire_id),
  });
  const [row] = job;
  const isOurs = row?.provisionerKeyId === provisioner.keyId;
  if (row !== undefined && (!isOurs || (row.status !== "running" && row.status !== "canceling")))
    throw conflict("acquire_id: already used.", "Generate a new one for each request.");
  return row;
}

export const provisionerJobRoutes = new Hono<Env>()
  .post(
    "/provisionerdaemons/jobs/acquire",
    endpoint({
      summary: "Acquire a job under a lease; 204 when there is none within `wait` seconds (at most 30)",
      access: "provisioner",
      answers: { 200: acquiredShape.schema, 204: null },
      errors: [400, 401, 409],
    }),
    valid("query", acquireQuery),
    valid("json", acquireBody),
    async (c) => {
      const deps = c.get("deps");
      const body = c.req.valid("json");
      const job = await waitForJob({
        attempt: () => tryAcquire(c, body),
        isPending: async () => (await readAsProvisioner(c, { pending: findPending() })).pending.length > 0,
        jobs: deps.process.jobs,
        timeoutMs: c.req.valid("query").wait,
        signal: AbortSignal.any([c.req.raw.signal, deps.process.stopping]),
      });
      return job === undefined ? c.body(null, 204) : c.json(toAcquired(deps, job));
    },
  )
  .post(
    "/provisionerjobs/:id/heartbeat",
    endpoint({
      summary: "Renew the lease; returns whether the job is to be canceled",
      access: "provisioner",
      answers: { 200: z.object({ cancel: z.boolean() }) },
      errors: [400, 401, 404, 409],
    }),
    valid("param", idParam),
    async (c) => {
      const lease = leaseOf(c, c.req.valid("param").id);
      const { job } = await writeAsProvisioner(c, [extendLease(lease, c.get("deps").now())], {
        job: findJob(lease.jobId),
      });
      return c.json({ cancel: requireJobHeld(job[0], lease).status === "canceling" });
    },
  )
  .post(
    "/provisionerjobs/:id/release",
    endpoint({
      summary: "Return a job to the queue",
      access: "provisioner",
      answers: { 204: null },
      errors: [400, 401, 404, 409],
    }),
    valid("param", idParam),
    async (c) => {
      const deps = c.get("deps");
      const lease = leaseOf(c, c.req.valid("param").id);
      const before = await readAsProvisioner(c, { job: findJob(lease.jobId) });
      const { acquireId } = requireJobHeld(before.job[0], lease);
      const { job } = await writeAsProvisioner(c, releaseJob(lease, deps.now()), {
        job: findJob(lease.jobId),
      });
      if (job[0]?.acquireId === acquireId && job[0]?.status !== "canceled")
        throw conflict("The job has already started.", "Complete it or fail it.");
      deps.process.jobs.wake();
      return c.body(null, 204);
    },
  )
  .post(
    "/provisionerjobs/:id/logs",
    endpoint({
      summary: "Append to a build's log",
      access: "provisioner",
      answers: { 204: null },
      errors: [400, 401, 404, 409],
    }),
    valid("param", idParam),
    valid("json", linesBody),
    async (c) => {
      const lease = leaseOf(c, c.req.valid("param").id);
      const lines = logLineStatements(c.get("deps"), lease, c.req.valid("json"));
      const { job } = await writeAsProvisioner(c, lines, { job: findJob(lease.jobId) });
      requireJobHeld(job[0], lease);
      return c.body(null, 204);
    },
  )
  .post(
    "/provisionerjobs/:id/complete",
    endpoint({
      summary: "Complete a job, with its resources",
      access: "provisioner",
      answers: { 200: z.object({ agents: z.array(z.object({ id: z.string(), name: z.string() })) }) },
      errors: [400, 401, 404, 409],
    }),
    valid("param", idParam),
    valid("json", completeBody),
    async (c) => {
      const lease = leaseOf(c, c.req.valid("param").id);
      const deps = c.get("deps");
      const before = await readAsProvisioner(c, {
        ...completionReads(lease.jobId),
        ...claimReads(lease.jobId),
      });
      const done = completionStatements(deps, lease, c.req.valid("json"), before);
      const drift = claimCompletion(deps, lease, before);
      const agents = await writeJobEnd(deps, lease, "succeeded", [
        ...timedCompletion(deps, lease, before),
        ...drift,
        ...done,
      ]);
      nudgeFor(deps, before.ended);
      if (before.restart[0]?.restarts === true)
        deps.defer(async () => continueRestarts(deps, await deps.db.read(restartReads())));
      return c.json({ agents });
    },
  )
  .post(
    "/provisionerjobs/:id/fail",
    endpoint({
      summary: "Fail a job, with the reason",
      access: "provisioner",
      answers: { 204: null },
      errors: [400, 401, 404, 409],
    }),
    valid("param", idParam),
    valid("json", failBody),
    async (c) => {
      const lease = leaseOf(c, c.req.valid("param").id);
      const deps = c.get("deps");
      const { error_code: errorCode, ...body } = c.req.valid("json");
      const error = body.error.trim() || "The provisioner gave no reason.";
      const before = await readAsProvisioner(c, failureReads([lease.jobId]));
      await writeJobEnd(deps, lease, "failed", failureStatements(deps, lease, { error, errorCode }, before));
      nudgeFor(deps, before.ended);
      return c.body(null, 204);
    },
  );

/** What ended in a pool makes room for the next, or is one failureStatements too many. */
function nudgeFor(deps: Deps, ended: readonly { reason: BuildReason }[]): void {
  if (ended.some(({ reason }) => reason === "prebuild")) requestReconciliation(deps);
}
