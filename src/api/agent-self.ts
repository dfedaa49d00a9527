// Routes of agents: what runs in a workspace says how it is. They bring the token of their workspace.
import { Hono } from "hono";
import * as z from "zod";
import { appStates, lifecycleStates } from "../../db/schema.ts";
import { reportLifecycle } from "../workspaces/agents/agents.ts";
import { reportAppStatus } from "../workspaces/agents/report-app-status.ts";
import { endpoint, valid, type Env } from "../http/endpoint.ts";
import { filledText, text } from "../http/schemas.ts";

const lifecycleBody = z.object({
  state: z.enum(lifecycleStates, { error: `must be one of ${lifecycleStates.join(", ")}` }),
  changed_at: z.iso
    .datetime({ offset: true, error: "must be a time as RFC 3339 writes it" })
    .nullish()
    // Go's way of saying nothing is the year 1.
    .transform((time) => (time == null || time.startsWith("0001-") ? undefined : Date.parse(time)))
    .meta({ description: "default: now" }),
});

const maxMessageBytes = 160;

/** Coder's `icon` and `needs_user_attention` are taken and say nothing, as there. */
const statusBody = z.object({
  app_slug: filledText(64),
  state: z.enum(appStates, { error: `must be one of ${appStates.join(", ")}` }),
  message: text(maxMessageBytes)
    .nullish()
    .transform((message) => message ?? ""),
  uri: text(2_048)
    .nullish()
    .transform((uri) => uri ?? ""),
});

export const agentRoutes = new Hono<Env>()
  .post(
    "/workspaceagents/me/report-lifecycle",
    endpoint({
      summary: "Report an agent's lifecycle state",
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
  )
  .patch(
    "/workspaceagents/me/app-status",
    endpoint({
      summary: "Report an app's status; the owner of an AI task is notified of changes",
      access: "agent",
      answers: { 200: z.null() },
      errors: [400, 401, 409],
    }),
    valid("json", statusBody),
    async (c) => {
      const { app_slug: slug, ...report } = c.req.valid("json");
      await reportAppStatus(c.get("deps"), c.get("agentToken"), { slug, ...report });
      return c.json(null);
    },
  );
