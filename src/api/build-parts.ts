// Routes that Coder's clients ask for beside a build: its resources, and how long its steps took.
import { Hono } from "hono";
import * as z from "zod";
import { notFound } from "../kernel/errors.ts";
import type { BuildRow } from "../workspaces/builds/store/build-view.ts";
import { findBuild, workspaceIdByBuildSql } from "../workspaces/builds/store/builds.ts";
import { findWorkspace, workspaceOwnerSql } from "../workspaces/builds/store/workspaces.ts";
import { buildShape } from "./build-shape.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { lowerUuid } from "../http/schemas.ts";
import { field, fixed, list, shape, string, time } from "../http/wire.ts";
import { visibleOwner } from "./workspaces.ts";

const idParam = z.object({ id: lowerUuid });
const reading = <Answer extends z.ZodType>(summary: string, answer: Answer) =>
  endpoint({ summary, access: "session", answers: { 200: answer }, errors: [400, 401, 404] });

type Timed = Pick<BuildRow, "build">;
interface Step extends Timed {
  stage: "plan" | "apply";
  startedAt: number;
  endedAt: number;
}

/** The plan, from the job's start, and what follows until its end. */
function stepsOf({ build }: Timed): Step[] {
  const { startedAt, planReceivedAt, completedAt } = build;
  const step = (stage: Step["stage"], from: number | null, to: number | null): Step[] =>
    from === null || to === null ? [] : [{ build, stage, startedAt: from, endedAt: to }];
  return [...step("plan", startedAt, planReceivedAt), ...step("apply", planReceivedAt, completedAt)];
}

const stepShape = shape<Step>()({
  job_id: string(({ build }) => build.id),
  started_at: time((step) => step.startedAt),
  ended_at: time((step) => step.endedAt),
  stage: field(z.enum(["plan", "apply"]), (step) => step.stage),
  source: fixed("terraform"),
  action: string(({ build }) => build.transition),
  resource: fixed(""),
});
const unreported = fixed([], z.array(z.never()).meta({ description: "empty: agents don't report them" }));
const timingsShape = shape<Timed>("WorkspaceBuildTimings")({
  provisioner_timings: list(stepShape, stepsOf),
  agent_script_timings: unreported,
  agent_connection_timings: unreported,
});

async function buildOf(c: Ctx, id: string): Promise<BuildRow> {
  const visible = visibleOwner(c, workspaceOwnerSql(workspaceIdByBuildSql(id)), "Build");
  const { build } = await readAsUser(c, { build: findBuild(id, currentUserIdSql(c)) }, visible);
  if (build[0] === undefined) throw notFound("Build");
  return build[0];
}

export const buildPartRoutes = new Hono<Env>()
  .get(
    "/workspacebuilds/:id/resources",
    reading("A build's resources with their agents", buildShape.schema.shape.resources),
    valid("param", idParam),
    async (c) => c.json(buildShape.from(await buildOf(c, c.req.valid("param").id)).resources),
  )
  .get(
    "/workspacebuilds/:id/timings",
    reading("How long a build's steps took", timingsShape.schema),
    valid("param", idParam),
    async (c) => c.json(timingsShape.from(await buildOf(c, c.req.valid("param").id))),
  )
  .get(
    "/workspaces/:id/timings",
    reading("How long the steps of a workspace's latest build took", timingsShape.schema),
    valid("param", idParam),
    async (c) => {
      const { id } = c.req.valid("param");
      const reads = { workspace: findWorkspace(id, currentUserIdSql(c)) };
      const { workspace } = await readAsUser(c, reads, visibleOwner(c, workspaceOwnerSql(id), "Workspace"));
      if (workspace[0] === undefined) throw notFound("Workspace");
      return c.json(timingsShape.from(workspace[0]));
    },
  );
