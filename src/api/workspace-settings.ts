// Routes of a workspace's autostart and automatic updates.
import { Hono } from "hono";
import * as z from "zod";
import { setAutomaticUpdates, setAutostart } from "../workspaces/autostart/settings.ts";
import { findWorkspace, workspaceOwnerSql } from "../workspaces/builds/store/workspaces.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { lowerUuid, text } from "../http/schemas.ts";
import { visibleOwner } from "./workspaces.ts";

const idParam = z.object({ id: lowerUuid });
const change = {
  access: "session" as const,
  answers: { 204: null },
  errors: [400, 401, 403, 404, 409] as (400 | 401 | 403 | 404 | 409)[],
};

const autostartBody = z.object({
  schedule: text(256)
    .nullish()
    .transform((schedule) => schedule ?? null)
    .meta({
      description: "CRON_TZ=zone minute hour * * weekdays; null or empty: no automatic start",
    }),
});
const autoupdatesBody = z.object({
  automatic_updates: z.enum(["always", "never"], { error: "must be always or never" }),
});

const seen = (c: Ctx, id: string) =>
  readAsUser(
    c,
    { workspace: findWorkspace(id, currentUserIdSql(c)) },
    visibleOwner(c, workspaceOwnerSql(id), "Workspace"),
  );

export const workspaceSettingRoutes = new Hono<Env>()
  .put(
    "/workspaces/:id/autostart",
    endpoint({ summary: "Set a workspace's autostart schedule", ...change }),
    valid("param", idParam),
    valid("json", autostartBody),
    async (c) => {
      const { actor, workspace } = await seen(c, c.req.valid("param").id);
      const { schedule } = c.req.valid("json");
      await setAutostart(c.get("deps"), actor, workspace[0], schedule);
      return c.body(null, 204);
    },
  )
  .put(
    "/workspaces/:id/autoupdates",
    endpoint({
      summary: "Set whether autostart uses the active version",
      ...change,
    }),
    valid("param", idParam),
    valid("json", autoupdatesBody),
    async (c) => {
      const { actor, workspace } = await seen(c, c.req.valid("param").id);
      const { automatic_updates } = c.req.valid("json");
      await setAutomaticUpdates(c.get("deps"), actor, workspace[0], automatic_updates);
      return c.body(null, 204);
    },
  );
