// What Coder's clients ask for after they have pushed a template's version. Nothing is imported here: a version is ready
// when it is created, its log is empty, and its resources are known when a workspace is built.
import { Hono } from "hono";
import * as z from "zod";
import { notFound } from "../kernel/errors.ts";
import { findVersion } from "../workspaces/templates/store/versions.ts";
import { lineShape } from "./build-shape.ts";
import { asksForSocket } from "../http/credentials.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { resourceShape } from "./resource-shape.ts";
import { lowerUuid } from "../http/schemas.ts";

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
