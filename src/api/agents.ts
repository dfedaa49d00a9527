// Routes of agents: what runs in a workspace says how it is. They bring the token of their workspace.
import { Hono } from "hono";
import * as z from "zod";
import { lifecycleStates } from "../../db/schema.ts";
import { reportLifecycle } from "../workspaces/report-lifecycle.ts";
import { endpoint, valid, type Env } from "./http.ts";

const lifecycleBody = z.object({
  state: z.enum(lifecycleStates, { error: `must be one of ${lifecycleStates.join(", ")}` }),
  changed_at: z.iso
    .datetime({ offset: true, error: "must be a time as RFC 3339 writes it" })
    .nullish()
    // Go's way of saying nothing is the year 1.
    .transform((time) => (time == null || time.startsWith("0001-") ? undefined : Date.parse(time)))
    .meta({ description: "now when it is left out" }),
});

export const agentRoutes = new Hono<Env>().post(
  "/workspaceagents/me/report-lifecycle",
  endpoint({
    summary: "An agent says that it starts, is ready, or shuts down",
    access: "agent",
    answers: { 204: null },
    errors: [400, 401, 409],
  }),
  valid("json", lifecycleBody),
  async (c) => {
    const { state, changed_at: changedAt } = c.req.valid("json");
    await reportLifecycle(c.get("deps"), c.get("agentToken"), { state, changedAt });
    return c.body(null, 204);
  },
);
