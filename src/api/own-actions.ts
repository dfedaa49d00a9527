// Routes of a user's choice whether what they did themselves is news to them.
import { Hono } from "hono";
import * as z from "zod";
import { endpoint, valid, type Env } from "../http/endpoint.ts";
import { findOwnActions, setOwnActions } from "../notifications/preferences/store/own-actions.ts";
import { loadSubject } from "./preferences.ts";

const body = z.strictObject({
  notify: z.boolean().meta({
    description: "false: what the user did themselves is read in their inbox and not sent by other channels",
  }),
});

export const ownActionRoutes = new Hono<Env>()
  .get(
    "/users/:user/notifications/own-actions",
    endpoint({
      summary: "Get whether a user is notified of what they did themselves",
      access: "session",
      answers: { 200: body },
      errors: [401, 404],
    }),
    async (c) => {
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { rows } = await c.get("deps").db.read({ rows: findOwnActions(userId) });
      return c.json({ notify: rows[0]?.notify === true });
    },
  )
  .put(
    "/users/:user/notifications/own-actions",
    endpoint({
      summary: "Change whether a user is notified of what they did themselves",
      access: "session",
      answers: { 200: body },
      errors: [400, 401, 404, 415],
    }),
    valid("json", body),
    async (c) => {
      const { notify } = c.req.valid("json");
      const { userId } = await loadSubject(c, c.req.param("user"));
      await c.get("deps").db.write([setOwnActions(userId, notify)], {});
      return c.json({ notify });
    },
  );
