// Routes of workspaces: creating one, the list, and getting one. Nothing of a workspace is read for a user who is not
// allowed to see it. Builds are in builds.ts.
import * as z from "zod";
import type { SQL } from "../../db/client.ts";
import { ownerVisibleSql } from "../workspaces/builds/store/build-view.ts";
import {
  currentUserIdSql,
  type Ctx,
  type Limits,
  endpoint,
  readAsUser,
  valid,
  type Env,
  visibleIf,
} from "../http/endpoint.ts";
import { Hono } from "hono";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { findOrganization } from "../accounts/store/deployment.ts";
import { notFound, matchingKey } from "../kernel/errors.ts";
import { claimOrCreate, readPreviousResult } from "../prebuilds/claim/claim.ts";
import { workspaceReads } from "../workspaces/builds/create-workspace.ts";
import { parseAutostart } from "../workspaces/autostart/rules/autostart.ts";
import { parseWorkspaceSearch } from "../workspaces/builds/rules/search.ts";
import {
  countWorkspaces,
  findWorkspace,
  workspaceIdByNameSql,
  workspaceOwnerSql,
  listWorkspaces,
} from "../workspaces/builds/store/workspaces.ts";
import { earlierRead, keyedBy, markReplayed, parseRequestKey } from "../http/idempotency.ts";
import { listCount, listLimit, toListCount, wholeNumber } from "../http/schemas.ts";
import { optionalId, searchText, text, uuid } from "../http/schemas.ts";
import { loadUserWith } from "./user-shape.ts";
import { unsupported } from "../http/schemas.ts";
import { workspaceShape } from "./workspace-shape.ts";

/** For `readAsUser`: who may not see that owner's workspaces gets a 404 of `name`. */
export const visibleOwner = (c: Ctx, ownerId: SQL, name: string): Limits =>
  visibleIf(ownerVisibleSql(currentUserIdSql(c), ownerId), name);

export const parameterValues = z
  .array(z.object({ name: text(256), value: text(65_536) }))
  .max(500)
  .nullish()
  .transform((values) => values ?? []);

export const workspaceName = z.string().regex(/^(?=.{1,32}$)[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/, {
  error: "must be 1 to 32 letters, digits and single hyphens, and begin and end with a letter or digit",
});

const newWorkspaceBody = z
  .object({
    name: workspaceName,
    template_id: optionalId,
    template_version_id: optionalId,
    template_version_preset_id: optionalId,
    rich_parameter_values: parameterValues,
    automatic_updates: z
      .enum(["always", "never", ""], { error: "must be always or never" })
      .nullish()
      .transform((value) => value || ("never" as const)),
    autostart_schedule: text(256)
      .nullish()
      .transform((schedule, context) => {
        const wanted = schedule?.trim() || null;
        const verdict = wanted === null ? undefined : parseAutostart(wanted);
        if (verdict?.ok === false) context.addIssue({ code: "custom", message: verdict.problem });
        return wanted;
      })
      .meta({ description: "CRON_TZ=zone minute hour * * weekdays: when it starts automatically" }),
    ttl_ms: unsupported("workspaces don't stop automatically"),
  })
  .refine((body) => (body.template_id ?? body.template_version_id) !== undefined, {
    path: ["template_id"],
    error: "name a template, or a version of one by template_version_id",
  });
type NewWorkspaceBody = z.infer<typeof newWorkspaceBody>;

const listQuery = z.object({
  q: searchText(parseWorkspaceSearch),
  limit: listLimit,
  offset: wholeNumber,
});
const oneQuery = z.object({ include_deleted: z.enum(["true", "false", ""]).optional() });

export const managers = {
  permission: "workspaces:manage-others",
  deniedMessage: "Only owners can create workspaces for other users.",
} as const;

async function create(c: Ctx, user: string, body: NewWorkspaceBody, organization?: string) {
  const request = {
    name: body.name,
    templateId: body.template_id,
    versionId: body.template_version_id,
    presetId: body.template_version_preset_id,
    parameters: body.rich_parameter_values,
    automaticUpdates: body.automatic_updates,
    autostartSchedule: body.autostart_schedule,
  };
  const deps = c.get("deps");
  const requestKey = parseRequestKey(c, body);
  const reads = {
    ...workspaceReads(request),
    organizations: findOrganization(organization ?? ""),
    ...earlierRead(c, requestKey),
  };
  const { actor, target, organizations, earlier, ...before } = await loadUserWith(c, user, reads, managers);
  if (organization !== undefined && organizations.length === 0) throw notFound("Organization");
  const keyed = keyedBy(actor.userId, requestKey);
  const replay = matchingKey(keyed, earlier?.[0]);
  const { row, replayed } = await (replay === undefined
    ? claimOrCreate(deps, actor, target, before, { ...request, keyed })
    : readPreviousResult(deps, replay));
  if (replayed) markReplayed(c);
  return workspaceShape.from(row);
}

export const workspaceRoutes = new Hono<Env>()
  .post(
    "/users/:user/workspaces",
    endpoint({
      summary: "Create a workspace and start it",
      access: "session",
      repeatable: true,
      answers: { 201: workspaceShape.schema },
      errors: [400, 401, 403, 404, 409],
    }),
    valid("json", newWorkspaceBody),
    async (c) => c.json(await create(c, c.req.param("user"), c.req.valid("json")), 201),
  )
  .post(
    "/organizations/:organization/members/:user/workspaces",
    endpoint({
      summary: "Create a workspace, in the form of Coder's older clients",
      access: "session",
      repeatable: true,
      answers: { 201: workspaceShape.schema },
      errors: [400, 401, 403, 404, 409],
    }),
    valid("json", newWorkspaceBody),
    async (c) => {
      const { user, organization } = c.req.param();
      return c.json(await create(c, user, c.req.valid("json"), organization), 201);
    },
  )
  .get(
    "/workspaces",
    endpoint({
      summary: "List workspaces by name; q takes owner:me, template:x, name:y, status:running",
      access: "session",
      answers: { 200: z.object({ workspaces: z.array(workspaceShape.schema), count: listCount }) },
      errors: [400, 401],
    }),
    valid("query", listQuery),
    async (c) => {
      const { q, limit, offset } = c.req.valid("query");
      const self = currentUserIdSql(c);
      const { rows, total } = await readAsUser(c, {
        rows: listWorkspaces(q, self, { limit, offset }),
        total: countWorkspaces(q, self, { offset }),
      });
      return c.json({ workspaces: rows.map(workspaceShape.from), count: toListCount(total, { offset }) });
    },
  )
  .get(
    "/workspaces/:id",
    endpoint({
      summary: "Get a workspace with its latest build; a deleted one with include_deleted=true",
      access: "session",
      answers: { 200: workspaceShape.schema },
      errors: [400, 401, 404],
    }),
    valid("param", z.object({ id: uuid })),
    valid("query", oneQuery),
    async (c) => {
      const withDeleted = c.req.valid("query").include_deleted === "true";
      const id = c.req.valid("param").id.toLowerCase();
      const { workspace } = await readAsUser(
        c,
        { workspace: findWorkspace(id, currentUserIdSql(c), withDeleted) },
        visibleOwner(c, workspaceOwnerSql(id), "Workspace"),
      );
      if (workspace[0] === undefined) throw notFound("Workspace");
      return c.json(workspaceShape.from(workspace[0]));
    },
  )
  .get(
    "/users/:user/workspace/:name",
    endpoint({
      summary: "Get a user's workspace by name; a deleted one with include_deleted=true",
      access: "session",
      answers: { 200: workspaceShape.schema },
      errors: [400, 401, 404],
    }),
    valid("query", oneQuery),
    async (c) => {
      const withDeleted = c.req.valid("query").include_deleted === "true";
      const self = currentUserIdSql(c);
      const owner = userIdByNameSql(c.req.param("user"), self);
      const id = workspaceIdByNameSql(owner, c.req.param("name"), withDeleted);
      const { workspace } = await readAsUser(
        c,
        { workspace: findWorkspace(id, self, withDeleted) },
        visibleOwner(c, owner, "Workspace"),
      );
      if (workspace[0] === undefined) throw notFound("Workspace");
      return c.json(workspaceShape.from(workspace[0]));
    },
  );
