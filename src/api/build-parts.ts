// Routes that Coder's clients ask for beside a build: its resources, and how long its steps took.
import { Hono } from "hono";
import * as z from "zod";
import { notFound } from "../kernel/errors.ts";
import type { BuildRow } from "../workspaces/builds/store/build-view.ts";
import { findBuild, workspaceOfBuild } from "../workspaces/builds/store/builds.ts";
import { findWorkspace, ownerOf } from "../workspaces/builds/store/workspaces.ts";
import { buildSchema, toBuild } from "./build-shape.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { lowerUuid, time, toTime } from "../http/schemas.ts";
import { visibleOwner } from "./visible.ts";

const idParam = z.object({ id: lowerUuid });
const reading = <Answer extends z.ZodType>(summary: string, answer: Answer) =>
  endpoint({ summary, access: "session", answers: { 200: answer }, errors: [400, 401, 404] });

const timingsSchema = z
  .object({
    provisioner_timings: z.array(
      z.object({
        job_id: z.string(),
        started_at: time,
        ended_at: time,
        stage: z.enum(["plan", "apply"]),
        source: z.string(),
        action: z.string(),
        resource: z.string(),
      }),
    ),
    agent_script_timings: z.array(z.never()).meta({ description: "empty: agents don't report them" }),
    agent_connection_timings: z.array(z.never()).meta({ description: "empty: agents don't report them" }),
  })
  .meta({ id: "WorkspaceBuildTimings" });

/** The plan, from the job's start, and what follows until its end. */
function toTimings({ build }: Pick<BuildRow, "build">): z.infer<typeof timingsSchema> {
  const { startedAt, planReceivedAt, completedAt } = build;
  const step = (stage: "plan" | "apply", from: number | null, to: number | null) =>
    from === null || to === null
      ? []
      : [
          {
            job_id: build.id,
            started_at: toTime(from),
            ended_at: toTime(to),
            stage,
            source: "terraform",
            action: build.transition,
            resource: "",
          },
        ];
  return {
    provisioner_timings: [
      ...step("plan", startedAt, planReceivedAt),
      ...step("apply", planReceivedAt, completedAt),
    ],
    agent_script_timings: [],
    agent_connection_timings: [],
  };
}

async function buildOf(c: Ctx, id: string): Promise<BuildRow> {
  const visible = visibleOwner(c, ownerOf(workspaceOfBuild(id)), "Build");
  const { build } = await readAsUser(c, { build: findBuild(id, currentUserIdSql(c)) }, visible);
  if (build[0] === undefined) throw notFound("Build");
  return build[0];
}

export const buildPartRoutes = new Hono<Env>()
  .get(
    "/workspacebuilds/:id/resources",
    reading("A build's resources with their agents", buildSchema.shape.resources),
    valid("param", idParam),
    async (c) => c.json(toBuild(await buildOf(c, c.req.valid("param").id)).resources),
  )
  .get(
    "/workspacebuilds/:id/timings",
    reading("How long a build's steps took", timingsSchema),
    valid("param", idParam),
    async (c) => c.json(toTimings(await buildOf(c, c.req.valid("param").id))),
  )
  .get(
    "/workspaces/:id/timings",
    reading("How long the steps of a workspace's latest build took", timingsSchema),
    valid("param", idParam),
    async (c) => {
      const { id } = c.req.valid("param");
      const reads = { workspace: findWorkspace(id, currentUserIdSql(c)) };
      const { workspace } = await readAsUser(c, reads, visibleOwner(c, ownerOf(id), "Workspace"));
      if (workspace[0] === undefined) throw notFound("Workspace");
      return c.json(toTimings(workspace[0]));
    },
  );
