// Routes of what Coder's dashboard remembers of a user: /users/{user}/preferences. Belfry's pages don't use it.
import { Hono } from "hono";
import * as z from "zod";
import { findUserPreferences, saveUserPreferences } from "../accounts/store/users.ts";
import { notFound } from "../kernel/errors.ts";
import { endpoint, valid, type Env } from "../http/endpoint.ts";
import { loadSubject } from "./preferences.ts";

const preferences = z.object({ task_notification_alert_dismissed: z.boolean() });

export const userPreferenceRoutes = new Hono<Env>()
  .get(
    "/users/:user/preferences",
    endpoint({
      summary: "Get a user's settings of Coder's dashboard",
      access: "session",
      answers: { 200: preferences },
      errors: [401, 404],
    }),
    async (c) => {
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { rows } = await c.get("deps").db.read({ rows: findUserPreferences(userId) });
      return c.json(toPreferences(rows));
    },
  )
  .put(
    "/users/:user/preferences",
    endpoint({
      summary: "Change a user's settings of Coder's dashboard",
      access: "session",
      answers: { 200: preferences },
      errors: [400, 401, 404, 415],
    }),
    valid("json", preferences),
    async (c) => {
      const { task_notification_alert_dismissed: taskNotificationAlertDismissed } = c.req.valid("json");
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { rows } = await c
        .get("deps")
        .db.write([saveUserPreferences(userId, { taskNotificationAlertDismissed })], {
          rows: findUserPreferences(userId),
        });
      return c.json(toPreferences(rows));
    },
  );

function toPreferences([row]: { taskNotificationAlertDismissed: boolean }[]): z.infer<typeof preferences> {
  if (row === undefined) throw notFound("User");
  return { task_notification_alert_dismissed: row.taskNotificationAlertDismissed };
}
