// Routes of builds: of a workspace by its id or name. Their logs are in build-logs.ts.
import { Hono } from "hono";
import * as z from "zod";
import { transitions } from "../../db/schema.ts";
import type { SQL } from "../../db/client.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { notFound, matchingKey } from "../kernel/errors.ts";
import { buildReads, type BuildRequest } from "../workspaces/builds/decide-build.ts";
import { createBuild, readEarlierBuild } from "../workspaces/builds/create-build.ts";
import { formatNotified, notifiedHeader } from "../workspaces/builds/rules/build-texts.ts";
import { maskIfSensitive } from "../workspaces/templates/rules/parameter-values.ts";
import {
  findBuild,
  buildIdByNumberSql,
  listBuilds,
  listDefinitions,
  listValues,
  versionIdByBuildSql,
  workspaceIdByBuildSql,
} from "../workspaces/builds/store/builds.ts";
import {
  findWorkspace,
  workspaceIdByNameSql,
  workspaceOwnerSql,
} from "../workspaces/builds/store/workspaces.ts";
import { buildShape } from "./build-shape.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { earlierRead, keyedBy, markReplayed, parseRequestKey } from "../http/idempotency.ts";
import { wholeNumber } from "../http/schemas.ts";
import { optionalId, uuid } from "../http/schemas.ts";
import { unsupported } from "../http/schemas.ts";
import { visibleOwner, parameterValues } from "./workspaces.ts";

const pageSize = 50;
const maxPageSize = 200;

const newBuildBody = z.object({
  transition: z.enum(transitions, { error: `must be one of ${transitions.join(", ")}` }),
  template_version_id: optionalId,
  template_version_preset_id: optionalId,
  rich_parameter_values: parameterValues,
  orphan: z.boolean({ error: "must be true or false" }).nullish().meta({
    description: "delete without running Terraform; resources stay; for owners and template admins",
  }),
  dry_run: unsupported("to check parameters, use POST /templateversions/{id}/dry-run"),
  state: unsupported("Belfry keeps Terraform's state; it can't be replaced"),
});
export const idParam = z.object({ id: uuid.transform((id) => id.toLowerCase()) });
const listQuery = z.object({
  limit: wholeNumber.transform((limit) => Math.min(limit ?? pageSize, maxPageSize)),
  offset: wholeNumber,
});
/** A workspace by the id in the path, or by its owner's name and its own. */
interface Place {
  workspaceId: SQL | string;
  ownerId: SQL;
}
export const byId = (id: string): Place => ({ workspaceId: id, ownerId: workspaceOwnerSql(id) });
const byName = (c: Ctx, user: string, name: string, withDeleted = false): Place => {
  const ownerId = userIdByNameSql(user, currentUserIdSql(c));
  return { workspaceId: workspaceIdByNameSql(ownerId, name, withDeleted), ownerId };
};

const create = (c: Ctx, place: Place, body: z.infer<typeof newBuildBody>) =>
  createAs(c, place, body, {
    transition: body.transition,
    versionId: body.template_version_id,
    presetId: body.template_version_preset_id,
    parameters: body.rich_parameter_values,
    orphan: body.orphan === true,
  });

/** `body`: by which a repeated request is recognized. */
export async function createAs(
  c: Ctx,
  { workspaceId, ownerId }: Place,
  body: unknown,
  request: BuildRequest,
) {
  const requestKey = parseRequestKey(c, body);
  const { actor, earlier, ...before } = await readAsUser(
    c,
    { ...buildReads(workspaceId, currentUserIdSql(c), request), ...earlierRead(c, requestKey) },
    visibleOwner(c, ownerId, "Workspace"),
  );
  const keyed = keyedBy(actor.userId, requestKey);
  const replay = matchingKey(keyed, earlier?.[0]);
  const { row, notified, replayed } = await (replay === undefined
    ? createBuild(c.get("deps"), actor, before, { ...request, keyed })
    : readEarlierBuild(c.get("deps"), replay, currentUserIdSql(c)));
  if (replayed) markReplayed(c);
  if (notified !== undefined) c.header(notifiedHeader, formatNotified(notified));
  return buildShape.from(row);
}

async function list(c: Ctx, { workspaceId, ownerId }: Place, query: z.infer<typeof listQuery>) {
  const { limit, offset } = query;
  const reads = {
    workspace: findWorkspace(workspaceId, currentUserIdSql(c), true),
    rows: listBuilds(workspaceId, currentUserIdSql(c), { limit, offset }),
  };
  const { workspace, rows } = await readAsUser(c, reads, visibleOwner(c, ownerId, "Workspace"));
  if (workspace.length === 0) throw notFound("Workspace");
  return rows.map(buildShape.from);
}

export const visibleBuild = (c: Ctx, id: string) =>
  visibleOwner(c, workspaceOwnerSql(workspaceIdByBuildSql(id)), "Build");

export const creation = {
  access: "session" as const,
  repeatable: true,
  answers: { 201: buildShape.schema },
  errors: [400, 401, 403, 404, 409] as (400 | 401 | 403 | 404 | 409)[],
};
const listing = {
  access: "session" as const,
  answers: { 200: z.array(buildShape.schema) },
  errors: [400, 401, 404] as (400 | 401 | 404)[],
};

export const buildRoutes = new Hono<Env>()
  .post(
    "/workspaces/:id/builds",
    endpoint({
      summary:
        "Create a build: start, stop or delete a workspace; the header Belfry-Notified says who is notified of a new version",
      ...creation,
    }),
    valid("param", idParam),
    valid("json", newBuildBody),
    async (c) => c.json(await create(c, byId(c.req.valid("param").id), c.req.valid("json")), 201),
  )
  .post(
    "/users/:user/workspace/:name/builds",
    endpoint({ summary: "Create a build by the workspace's name", ...creation }),
    valid("json", newBuildBody),
    async (c) => {
      const place = byName(c, c.req.param("user"), c.req.param("name"));
      return c.json(await create(c, place, c.req.valid("json")), 201);
    },
  )
  .get(
    "/workspaces/:id/builds",
    endpoint({ summary: "List a workspace's builds, newest first", ...listing }),
    valid("param", idParam),
    valid("query", listQuery),
    async (c) => c.json(await list(c, byId(c.req.valid("param").id), c.req.valid("query"))),
  )
  .get(
    "/users/:user/workspace/:name/builds",
    endpoint({ summary: "List a workspace's builds by its name, newest first", ...listing }),
    valid("query", listQuery),
    async (c) => {
      const place = byName(c, c.req.param("user"), c.req.param("name"), true);
      return c.json(await list(c, place, c.req.valid("query")));
    },
  )
  .get(
    "/users/:user/workspace/:name/builds/:number",
    endpoint({
      summary: "Get a workspace's build by its number, also of a deleted workspace",
      access: "session",
      answers: { 200: buildShape.schema },
      errors: [400, 401, 404],
    }),
    valid("param", z.object({ number: z.string().regex(/^[1-9]\d{0,8}$/, "must be a build's number") })),
    async (c) => {
      const ownerId = userIdByNameSql(c.req.param("user"), currentUserIdSql(c));
      const workspaceId = workspaceIdByNameSql(ownerId, c.req.param("name"), true);
      const id = buildIdByNumberSql(workspaceId, Number(c.req.valid("param").number));
      const reads = { build: findBuild(id, currentUserIdSql(c)) };
      const { build } = await readAsUser(c, reads, visibleOwner(c, ownerId, "Build"));
      if (build[0] === undefined) throw notFound("Build");
      return c.json(buildShape.from(build[0]));
    },
  )
  .get(
    "/workspacebuilds/:id/parameters",
    endpoint({
      summary: "List a build's parameters; sensitive values are masked",
      access: "session",
      answers: { 200: z.array(z.object({ name: z.string(), value: z.string() })) },
      errors: [400, 401, 404],
    }),
    valid("param", idParam),
    async (c) => {
      const { id } = c.req.valid("param");
      const reads = {
        build: findBuild(id, currentUserIdSql(c)),
        values: listValues(id),
        definitions: listDefinitions(versionIdByBuildSql(id)),
      };
      const { build, values, definitions } = await readAsUser(c, reads, visibleBuild(c, id));
      if (build[0] === undefined) throw notFound("Build");
      return c.json(
        values.map(({ name, value }) => ({ name, value: maskIfSensitive(name, value, definitions) })),
      );
    },
  )
  .get(
    "/workspacebuilds/:id",
    endpoint({
      summary: "Get a build with its job, resources and agents",
      access: "session",
      answers: { 200: buildShape.schema },
      errors: [400, 401, 404],
    }),
    valid("param", idParam),
    async (c) => {
      const { id } = c.req.valid("param");
      const reads = { build: findBuild(id, currentUserIdSql(c)) };
      const { build } = await readAsUser(c, reads, visibleBuild(c, id));
      if (build[0] === undefined) throw notFound("Build");
      return c.json(buildShape.from(build[0]));
    },
  );
