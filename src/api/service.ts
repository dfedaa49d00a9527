// Routes of the service itself: who it is, whether it lives, whether it can work, what it speaks.
import { Hono } from "hono";
import * as z from "zod";
import { DatabaseError } from "../../db/errors.ts";
import { readDeploymentId } from "../accounts/store/deployment.ts";
import { readLastTick } from "../notifications/store/settings.ts";
import { version } from "../version.ts";
import { endpoint, type Env } from "./http.ts";

const buildInfo = z.object({
  version: z.string(),
  external_url: z.string(),
  dashboard_url: z.string(),
  telemetry: z.boolean(),
  workspace_proxy: z.boolean(),
  agent_api_version: z.string(),
  provisioner_api_version: z.string(),
  upgrade_message: z.string(),
  deployment_id: z.string(),
});

const readiness = z.object({
  ready: z.boolean(),
  database: z.enum(["ok", "unavailable", "no_migrations"]),
  tick: z.enum(["ok", "late", "never", "unknown"]),
  tick_age_seconds: z.number().nullable(),
});

export const buildInfoRoutes = new Hono<Env>().get(
  "/buildinfo",
  endpoint({ summary: "Which release this is", access: "anyone", answers: { 200: buildInfo }, errors: [] }),
  async (c) => {
    const { db, config } = c.get("deps");
    const { deployment } = await db.read({ deployment: readDeploymentId() });
    return c.json({
      version,
      external_url: "",
      dashboard_url: config.accessUrl,
      telemetry: false,
      workspace_proxy: false,
      agent_api_version: "1.0",
      provisioner_api_version: "1.0",
      upgrade_message: "",
      deployment_id: deployment[0]?.value ?? "",
    });
  },
);

/** Ticks may be this many intervals late before the service calls itself not ready. */
const lateAfter = 3;

export const healthRoutes = new Hono<Env>()
  .get(
    "/healthz",
    endpoint({
      summary: "Whether the process lives",
      access: "anyone",
      answers: { 200: z.object({ status: z.literal("ok") }) },
      errors: [],
    }),
    (c) => c.json({ status: "ok" as const }),
  )
  .get(
    "/readyz",
    endpoint({
      summary: "Ready: the database answers and is migrated, the last tick is recent",
      access: "anyone",
      answers: { 200: readiness },
      errors: [503],
    }),
    async (c) => {
      const state = await readReadiness(c.get("deps"));
      if (!state.ready) c.header("retry-after", "5");
      return c.json(state, state.ready ? 200 : 503);
    },
  );

async function readReadiness(deps: Env["Variables"]["deps"]): Promise<z.infer<typeof readiness>> {
  const { db, now, config } = deps;
  try {
    const { lastTick } = await db.read({ lastTick: readLastTick() });
    if (lastTick[0] === undefined)
      return { ready: false, database: "ok", tick: "never", tick_age_seconds: null };
    const age = Math.max(0, now() - Number(lastTick[0].value));
    const onTime = age <= lateAfter * config.notifications.fetchInterval;
    return {
      ready: onTime,
      database: "ok",
      tick: onTime ? "ok" : "late",
      tick_age_seconds: Math.round(age / 1_000),
    };
  } catch (error) {
    if (!(error instanceof DatabaseError) || !["unavailable", "schema"].includes(error.kind)) throw error;
    const database = error.kind === "schema" ? "no_migrations" : "unavailable";
    return { ready: false, database, tick: "unknown", tick_age_seconds: null };
  }
}

/** The document is made once it is asked for: nobody pays for it at start-up. */
export function documentRoute(makeDocument: (serverUrl: string) => unknown) {
  return new Hono<Env>().get(
    "/openapi.json",
    endpoint({
      summary: "This API as an OpenAPI 3.1 document",
      access: "anyone",
      answers: { 200: z.record(z.string(), z.unknown()) },
      errors: [],
    }),
    (c) => c.json(makeDocument(c.get("deps").config.accessUrl) as Record<string, unknown>),
  );
}
