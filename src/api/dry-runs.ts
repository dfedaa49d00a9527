// Routes of Coder's dry runs, which its command line asks for before it makes or starts a workspace. Nothing runs here:
// the parameters are checked, and the job, which is named like its version, has succeeded by then.
import { Hono } from "hono";
import * as z from "zod";
import { notFound } from "../kernel/errors.ts";
import { decideParameters } from "../workspaces/builds/decide-build.ts";
import { listDefinitions } from "../workspaces/builds/store/builds.ts";
import { findVersion, type VersionRow } from "../workspaces/templates/store/versions.ts";
import { lineShape } from "./build-shape.ts";
import { asksForSocket } from "../http/credentials.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { resourceShape } from "./resource-shape.ts";
import { lowerUuid, text, timeSchema } from "../http/schemas.ts";
import { importJobShape } from "./template-shape.ts";
import { parameterValues } from "./workspaces.ts";
import { variables } from "../http/unsupported.ts";

const versionParam = z.object({ id: lowerUuid });
const jobParam = z.object({ id: lowerUuid, job: lowerUuid });
const newBody = z.object({
  workspace_name: text(1_024).nullish(),
  rich_parameter_values: parameterValues,
  user_variable_values: variables,
});

const reading = <Answer extends z.ZodType>(summary: string, answer: Answer) => ({
  summary,
  access: "session" as const,
  answers: { 200: answer },
  errors: [400, 401, 404] as (400 | 401 | 404)[],
});

const dryRunOf = (version: VersionRow) =>
  importJobShape.from({ ...version, jobType: "template_version_dry_run" });

async function jobOf(c: Ctx, { id, job }: z.infer<typeof jobParam>) {
  const { version } = await readAsUser(c, { version: findVersion(id) });
  if (version[0] === undefined || job !== id) throw notFound("Dry run");
  return dryRunOf(version[0]);
}

export const dryRunRoutes = new Hono<Env>()
  .post(
    "/templateversions/:id/dry-run",
    endpoint({
      summary: "Validate the parameters of a new workspace",
      access: "session",
      answers: { 201: importJobShape.schema },
      errors: [400, 401, 403, 404],
    }),
    valid("param", versionParam),
    valid("json", newBody),
    async (c) => {
      const { id } = c.req.valid("param");
      const { version, definitions } = await readAsUser(c, {
        version: findVersion(id),
        definitions: listDefinitions(id),
      });
      if (version[0] === undefined) throw notFound("Template version");
      const parameters = c.req.valid("json").rich_parameter_values;
      // Of which workspace is not said: a sensitive value that comes back masked is one that it has.
      const facts = { definitions, previous: parameters, preset: [], presetValues: [] };
      decideParameters(facts, id, { presetId: undefined, parameters });
      return c.json(dryRunOf(version[0]), 201);
    },
  )
  .get(
    "/templateversions/:id/dry-run/:job",
    endpoint(reading("A dry run, which has succeeded", importJobShape.schema)),
    valid("param", jobParam),
    async (c) => c.json(await jobOf(c, c.req.valid("param"))),
  )
  .get(
    "/templateversions/:id/dry-run/:job/matched-provisioners",
    endpoint(
      reading(
        "Provisioners that a dry run needs: none",
        z.object({ count: z.number(), available: z.number(), most_recently_seen: timeSchema.nullable() }),
      ),
    ),
    valid("param", jobParam),
    async (c) => {
      await jobOf(c, c.req.valid("param"));
      return c.json({ count: 0, available: 0, most_recently_seen: null });
    },
  )
  .get(
    "/templateversions/:id/dry-run/:job/resources",
    endpoint(reading("What a dry run has found out about resources: nothing", z.array(resourceShape.schema))),
    valid("param", jobParam),
    async (c) => {
      await jobOf(c, c.req.valid("param"));
      return c.json([]);
    },
  )
  .get(
    "/templateversions/:id/dry-run/:job/logs",
    endpoint({
      ...reading("The log of a dry run, which is empty", z.array(lineShape.schema)),
      answers: { 101: lineShape.schema, 200: z.array(lineShape.schema) },
    }),
    valid("param", jobParam),
    async (c) => {
      await jobOf(c, c.req.valid("param"));
      return asksForSocket(c) ? c.get("deps").openSocket((socket) => socket.close(1000, "")) : c.json([]);
    },
  );
