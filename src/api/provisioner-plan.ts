// The route of plans: what a build is about to do, told before it does it.
import { Hono } from "hono";
import * as z from "zod";
import { receivePlan } from "../prebuilds/drift/drift.ts";
import {
  validatePlan,
  findReplacements,
  withinStorageLimits,
  withPaths,
} from "../prebuilds/drift/rules/terraform-plan.ts";
import { findJob } from "../workspaces/jobs/store/jobs.ts";
import { endpoint, valid, type Env } from "../http/endpoint.ts";
import { readAsProvisioner, writeAsProvisioner } from "../http/provisioner-auth.ts";
import { holdOf } from "./provisioner-jobs.ts";
import { uuid } from "../http/schemas.ts";
import { requireJobHeld } from "../workspaces/jobs/held-job.ts";

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
    const hold = holdOf(c, c.req.valid("param").id);
    const replacements = findReplacements(c.req.valid("json"));
    // What it is for is only asked where there is something to say.
    const before =
      replacements.length === 0 ? { job: [] } : await readAsProvisioner(c, { job: findJob(hold.jobId) });
    const changes = receivePlan(c.get("deps"), hold, replacements, before.job[0]);
    const { job } = await writeAsProvisioner(c, changes, { job: findJob(hold.jobId) });
    requireJobHeld(job[0], hold);
    return c.json({
      replacements: withinStorageLimits(withPaths(replacements)).map(({ resource, paths }) => ({
        resource,
        paths,
      })),
    });
  },
);
