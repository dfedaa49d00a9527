// Routes of a job's files: the plan's summary, and Terraform's state.
import * as z from "zod";
import { Hono } from "hono";
import { receivePlan } from "../prebuilds/drift/drift.ts";
import {
  validatePlan,
  findReplacements,
  withinStorageLimits,
  withPaths,
} from "../prebuilds/drift/rules/terraform-plan.ts";
import { findJob, leaseHeldSql } from "../workspaces/jobs/store/jobs.ts";
import { endpoint, valid, type Env } from "../http/endpoint.ts";
import { readAsProvisioner, writeAsProvisioner } from "../http/provisioner-auth.ts";
import { leaseOf } from "./provisioner-jobs.ts";
import { uuid, bytes } from "../http/schemas.ts";
import { requireJobHeld, sealState, unsealState } from "../workspaces/jobs/held-job.ts";
import { ApiError } from "../kernel/errors.ts";
import { putState, readState } from "../workspaces/jobs/store/outputs.ts";

const idParam = z.object({ id: uuid.transform((id) => id.toLowerCase()) });

const planBody = z
  .looseObject({}, { error: "must be an object" })
  .check(({ value, issues }) => {
    const problem = validatePlan(value);
    if (problem === undefined) return;
    const path = problem.field === "body" ? [] : problem.field.split(".");
    issues.push({ code: "custom", input: undefined, path, message: problem.detail });
  })
  .meta({
    description:
      "What `terraform show -json` prints of a plan, or of each of its `resource_changes` only `address`, `type`, `action_reason` and of its `change` `actions`, `replace_paths`",
  });

const replacement = z
  .object({
    resource: z.string(),
    paths: z.array(z.string()).meta({ description: "of the attributes that force it, as Coder writes them" }),
  })
  .meta({ id: "ResourceReplacement" });

export const provisionerPlanRoutes = new Hono<Env>().post(
  "/provisionerjobs/:id/plan",
  endpoint({
    summary: "Report the plan; returns the resources that it replaces, by address",
    access: "provisioner",
    answers: { 200: z.object({ replacements: z.array(replacement) }) },
    errors: [400, 401, 404, 409],
  }),
  valid("param", idParam),
  valid("json", planBody),
  async (c) => {
    const lease = leaseOf(c, c.req.valid("param").id);
    const replacements = findReplacements(c.req.valid("json"));
    // What it is for is only asked where there is something to say.
    const before =
      replacements.length === 0 ? { job: [] } : await readAsProvisioner(c, { job: findJob(lease.jobId) });
    const changes = receivePlan(c.get("deps"), lease, replacements, before.job[0]);
    const { job } = await writeAsProvisioner(c, changes, { job: findJob(lease.jobId) });
    requireJobHeld(job[0], lease);
    return c.json({
      replacements: withinStorageLimits(withPaths(replacements)).map(({ resource, paths }) => ({
        resource,
        paths,
      })),
    });
  },
);

const stateType = "application/octet-stream";

export const provisionerStateRoutes = new Hono<Env>()
  .get(
    "/provisionerjobs/:id/state",
    endpoint({
      summary: "Get the workspace's state as bytes; 204 when there is none",
      access: "provisioner",
      answers: { 200: bytes(stateType), 204: null },
      errors: [400, 401, 404, 409],
    }),
    valid("param", idParam),
    async (c) => {
      const lease = leaseOf(c, c.req.valid("param").id);
      const { job, rows } = await readAsProvisioner(c, {
        job: findJob(lease.jobId),
        rows: readState(lease.jobId, leaseHeldSql(lease)),
      });
      const { workspaceId } = requireJobHeld(job[0], lease);
      if (rows.length === 0) return c.body(null, 204);
      const sealed = new Uint8Array(Buffer.concat(rows.map(({ content }) => content)));
      const state = await unsealState(c.get("deps"), workspaceId, sealed);
      return c.body(state, 200, { "content-type": stateType });
    },
  )
  .put(
    "/provisionerjobs/:id/state",
    endpoint({
      summary: "Store the workspace's state, at most 8 MiB; as often as needed until the job ends",
      access: "provisioner",
      body: bytes(stateType, 8_388_608),
      answers: { 204: null },
      errors: [400, 401, 404, 409, 413],
    }),
    valid("param", idParam),
    async (c) => {
      const deps = c.get("deps");
      const lease = leaseOf(c, c.req.valid("param").id);
      // Who may not, is turned away before the bytes are read.
      const before = await readAsProvisioner(c, { job: findJob(lease.jobId) });
      const { workspaceId } = requireJobHeld(before.job[0], lease);
      const state = new Uint8Array(await c.req.arrayBuffer());
      if (state.length === 0) throw new ApiError(400, "The body is empty: it must be the state's bytes.");
      const sealed = await sealState(deps, workspaceId, state);
      const { job } = await writeAsProvisioner(c, putState(lease.jobId, sealed, leaseHeldSql(lease)), {
        job: findJob(lease.jobId),
      });
      requireJobHeld(job[0], lease);
      return c.body(null, 204);
    },
  );
