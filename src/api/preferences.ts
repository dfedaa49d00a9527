// Routes of a user's preferences as Coder has them: which kinds they get, the channels of the deployment, the dashboard's settings.
import * as z from "zod";
import { Hono } from "hono";
import { findUserPreferences, saveUserPreferences, findUser } from "../accounts/store/users.ts";
import { notFound, invalid } from "../kernel/errors.ts";
import { endpoint, valid, type Env, readAsUser, currentUserIdSql, type Ctx } from "../http/endpoint.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { canManageUser } from "../accounts/rules/permissions.ts";
import type { SiteRole } from "../../db/schema.ts";
import { externalChannels } from "../notifications/channels/index.ts";
import { isAlwaysOn, kindTitle } from "../notifications/kinds/kinds.ts";
import {
  listKnownTemplates,
  listPreferences,
  setPreferences,
} from "../notifications/preferences/store/preferences.ts";
import { uuid } from "../http/schemas.ts";
import { boolean, shape, string, time } from "../http/wire.ts";

const dashboardSettings = z.object({ task_notification_alert_dismissed: z.boolean() });

export const userPreferenceRoutes = new Hono<Env>()
  .get(
    "/users/:user/preferences",
    endpoint({
      summary: "Get a user's settings of Coder's dashboard",
      access: "session",
      answers: { 200: dashboardSettings },
      errors: [401, 404],
    }),
    async (c) => {
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { rows } = await c.get("deps").db.read({ rows: findUserPreferences(userId) });
      return c.json(toDashboardSettings(rows));
    },
  )
  .put(
    "/users/:user/preferences",
    endpoint({
      summary: "Change a user's settings of Coder's dashboard",
      access: "session",
      answers: { 200: dashboardSettings },
      errors: [400, 401, 404, 415],
    }),
    valid("json", dashboardSettings),
    async (c) => {
      const { task_notification_alert_dismissed: taskNotificationAlertDismissed } = c.req.valid("json");
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { rows } = await c
        .get("deps")
        .db.write([saveUserPreferences(userId, { taskNotificationAlertDismissed })], {
          rows: findUserPreferences(userId),
        });
      return c.json(toDashboardSettings(rows));
    },
  );

function toDashboardSettings([row]: { taskNotificationAlertDismissed: boolean }[]): z.infer<
  typeof dashboardSettings
> {
  if (row === undefined) throw notFound("User");
  return { task_notification_alert_dismissed: row.taskNotificationAlertDismissed };
}

const preferenceShape = shape<{ templateId: string; disabled: boolean; updatedAt: number }>()({
  id: string((row) => row.templateId),
  disabled: boolean((row) => row.disabled),
  updated_at: time((row) => row.updatedAt),
});
const preferences = z
  .array(preferenceShape.schema)
  .nullable()
  .meta({ description: "null without preferences" });
const body = z.object({ template_disabled_map: z.record(uuid, z.boolean()) });

/** Ids that were sent and not saved: Coder has kinds of notifications that Belfry lacks. */
const unknownKindsHeader = "belfry-unknown-kinds";

const methodsSchema = z.object({
  available: z.array(z.string()),
  default: z.string(),
  channels: z
    .array(
      z.object({
        method: z.string(),
        label: z.string(),
        configured: z.boolean(),
        variables: z
          .array(z.string())
          .meta({ description: "Environment variables of the server that configure this channel" }),
      }),
    )
    .meta({ description: "All channels besides the inbox" }),
});

export const preferenceRoutes = new Hono<Env>()
  .get(
    "/users/:user/notifications/preferences",
    endpoint({
      summary: "Get the kinds that a user has enabled or disabled",
      access: "session",
      answers: { 200: preferences },
      errors: [401, 404],
    }),
    async (c) => {
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { rows } = await c.get("deps").db.read({ rows: listPreferences(userId) });
      return c.json(toPreferences(rows));
    },
  )
  .put(
    "/users/:user/notifications/preferences",
    endpoint({
      summary:
        "Turn kinds of notification on or off for a user; the header Belfry-Unknown-Kinds names ids that were not saved",
      access: "session",
      answers: { 200: preferences },
      errors: [400, 401, 404, 415],
    }),
    valid("json", body),
    async (c) => {
      const { template_disabled_map: wanted } = c.req.valid("json");
      const { userId } = await loadSubject(c, c.req.param("user"));
      const ids = Object.keys(wanted).filter((id) => wanted[id] === true && isAlwaysOn(id));
      const stubborn = ids.map((id) => `“${kindTitle(id, id)}”`);
      if (stubborn.length > 0)
        throw invalid("template_disabled_map", `${stubborn.join(", ")} can't be turned off`);
      const { db, now } = c.get("deps");
      const { known } = await db.read({ known: listKnownTemplates(Object.keys(wanted)) });
      const unknown = Object.keys(wanted).filter((id) => !known.some((row) => row.id === id));
      if (unknown.length === Object.keys(wanted).length && unknown.length > 0)
        throw invalid("template_disabled_map", `unknown notification template ${unknown.join(", ")}`);
      if (unknown.length > 0) c.header(unknownKindsHeader, unknown.join(", "));
      const ours = Object.fromEntries(Object.entries(wanted).filter(([id]) => !unknown.includes(id)));
      const { rows } = await db.write([setPreferences(userId, ours, now())], {
        rows: listPreferences(userId),
      });
      return c.json(toPreferences(rows));
    },
  )
  .get(
    "/notifications/dispatch-methods",
    endpoint({
      summary: "List channels: available, default, and how to configure them",
      access: "session",
      answers: { 200: methodsSchema },
      errors: [401],
    }),
    async (c) => {
      await readAsUser(c, {});
      const { channels, defaultMethod } = c.get("deps").config.notifications;
      return c.json({
        // Clients of Coder expect both, and one as the default, whether they are configured or not.
        available: externalChannels.map(({ id }) => id),
        default: defaultMethod ?? "smtp",
        channels: externalChannels.map(({ id, label, needs }) => ({
          method: id,
          label,
          configured: channels[id] !== undefined,
          variables: [...needs],
        })),
      });
    },
  );

/** The user that the path names, if the caller may see and change their preferences. */
export async function loadSubject(
  c: Ctx,
  name: string,
): Promise<{ actor: Actor; userId: string; email: string }> {
  const { actor, subject } = await readAsUser(c, { subject: findUser(name, currentUserIdSql(c)) });
  const user = subject[0];
  if (user === undefined) throw notFound("User");
  if (user.id !== actor.userId && !canManageUser(actor, { roles: JSON.parse(user.roles) as SiteRole[] }))
    throw notFound("User");
  return { actor, userId: user.id, email: user.email };
}

const toPreferences = (rows: Parameters<typeof preferenceShape.from>[0][]) =>
  rows.length === 0 ? null : rows.map(preferenceShape.from);
