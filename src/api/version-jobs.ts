// The jobs that Coder's clients expect of a template's version: its import, and dry runs of it. Nothing runs: a version is
// ready when it is created, and a dry run, which is named like its version, validates parameters.
import * as z from "zod";
import { Hono } from "hono";
import { notFound } from "../kernel/errors.ts";
import { findVersion, type VersionRow } from "../workspaces/templates/store/versions.ts";
import { lineShape } from "./build-shape.ts";
import { asksForSocket } from "../http/credentials.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { resourceShape } from "./resource-shape.ts";
import { lowerUuid, text, timeSchema } from "../http/schemas.ts";
import { decideParameters } from "../workspaces/builds/decide-build.ts";
import { listDefinitions } from "../workspaces/builds/store/builds.ts";
import { importJobShape } from "./template-shape.ts";
import { parameterValues } from "./workspaces.ts";
import { variables } from "../http/schemas.ts";

const idParam = z.object({ id: lowerUuid });
const reading = <Answer extends z.ZodType>(summary: string, answer: Answer) => ({
  summary,
  access: "session" as const,
  answers: { 200: answer },
  errors: [400, 401, 404] as (400 | 401 | 404)[],
});

async function requireVersion(c: Ctx, id: string): Promise<void> {
  const { version } = await readAsUser(c, { version: findVersion(id) });
  if (version[0] === undefined) throw notFound("Template version");
}

export const versionImportRoutes = new Hono<Env>()
  .get(
    "/templateversions/:id/logs",
    endpoint({
      ...reading(
        "The log of a version's import, which is empty; over a WebSocket it ends at once",
        z.array(lineShape.schema),
      ),
      answers: { 101: lineShape.schema, 200: z.array(lineShape.schema) },
    }),
    valid("param", idParam),
    async (c) => {
      await requireVersion(c, c.req.valid("param").id);
      return asksForSocket(c) ? c.get("deps").openSocket((socket) => socket.close(1000, "")) : c.json([]);
    },
  )
  .get(
    "/templateversions/:id/resources",
    endpoint(reading("A version's resources: none are known before a build", z.array(resourceShape.schema))),
    valid("param", idParam),
    async (c) => {
      await requireVersion(c, c.req.valid("param").id);
      return c.json([]);
    },
  )
  .get(
    "/templateversions/:id/variables",
    endpoint(reading("A version's variables: none are managed by Belfry", z.array(z.never()))),
    valid("param", idParam),
    async (c) => {
      await requireVersion(c, c.req.valid("param").id);
      return c.json([]);
    },
  );

const jobParam = z.object({ id: lowerUuid, job: lowerUuid });
const newBody = z.object({
  workspace_name: text(1_024).nullish(),
  rich_parameter_values: parameterValues,
  user_variable_values: variables,
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
    valid("param", idParam),
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
      const before = { definitions, previous: parameters, preset: [], presetValues: [] };
      decideParameters(before, id, { presetId: undefined, parameters });
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
