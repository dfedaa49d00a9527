// Routes of the service itself: who it is, whether it lives, whether it can work, what it speaks.
import { Hono } from "hono";
import * as z from "zod";
import { keyMatches, wrongKeyMessage } from "../accounts/key-check.ts";
import { readDeploymentId, readKeyCheck } from "../accounts/store/deployment.ts";
import type { Config } from "../config/config.ts";
import type { Deps } from "../kernel/deps.ts";
import { isTickLate } from "../notifications/delivery/rules/delivery-problems.ts";
import { readLastTick } from "../notifications/preferences/store/settings.ts";
import { version } from "../kernel/version.ts";
import { endpoint, type Env } from "../http/endpoint.ts";
import { readProbe } from "../../db/statements.ts";
import { probe } from "./probe.ts";
import { answersFromReplica } from "./replica.ts";
import { replicaWords } from "./rules/database-state.ts";

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
  database: z.enum(["ok", "not_writable", "unavailable", "no_migrations"]),
  tick: z.enum(["ok", "late", "never", "unknown"]),
  tick_age_seconds: z.number().nullable(),
  problems: z.array(z.string()).meta({ description: "What is wrong, in words" }),
  notes: z.array(z.string()).meta({ description: "What an operator should know, though it is no fault" }),
});

export const buildInfoRoutes = new Hono<Env>().get(
  "/buildinfo",
  endpoint({ summary: "Get the release", access: "anyone", answers: { 200: buildInfo }, errors: [] }),
  async (c) => {
    const { db, config, process } = c.get("deps");
    const { deploymentId } = process;
    deploymentId.value ??= (await db.read({ found: readDeploymentId() })).found[0]?.value;
    return c.json({
      version,
      external_url: "",
      dashboard_url: config.accessUrl,
      telemetry: false,
      workspace_proxy: false,
      agent_api_version: "1.0",
      provisioner_api_version: "1.0",
      upgrade_message: "",
      deployment_id: deploymentId.value ?? "",
    });
  },
);

export const healthRoutes = new Hono<Env>()
  .get(
    "/healthz",
    endpoint({
      summary: "Check that the process runs",
      access: "anyone",
      answers: { 200: z.object({ status: z.literal("ok") }) },
      errors: [],
    }),
    (c) => c.json({ status: "ok" as const }),
  )
  .get(
    "/readyz",
    endpoint({
      summary: "Check readiness: the database is writable and migrated, the last periodic run is recent",
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

async function readReadiness(deps: Deps): Promise<z.infer<typeof readiness>> {
  const { state, problem, answers } = await probe(deps, {
    lastTick: readLastTick(),
    keyCheck: readKeyCheck(),
    probe: readProbe(),
  });
  const isReplica = await remembersReplica(deps, answers?.probe);
  const tick = checkTick(deps, answers?.lastTick);
  const keyProblem = keyMatches(deps, answers?.keyCheck[0]?.value) ? null : wrongKeyMessage;
  const problems = [problem, keyProblem, tickProblems[tick.tick]].filter((words) => words != null);
  return {
    ready: problems.length === 0,
    database: state,
    ...tick,
    problems,
    notes: [...(isReplica ? [replicaWords] : []), ...notesOn(deps.config)],
  };
}

/** Most reads are in time: what was seen once counts until the process ends, with its configuration. */
async function remembersReplica(deps: Deps, written: { at: number }[] | undefined): Promise<boolean> {
  const { replica } = deps.process;
  if (deps.config.databaseUrl.startsWith("file:")) return false;
  if (!replica.isSeen && (await answersFromReplica(deps, written))) {
    replica.isSeen = true;
    deps.log.warn(replicaWords);
  }
  return replica.isSeen;
}

/** Who forgets a password can't be helped by a page then: an administrator has to. */
const notesOn = ({ notifications }: Config) =>
  notifications.channels.smtp === undefined
    ? [
        "Email is not set up (BELFRY_EMAIL_SMARTHOST, BELFRY_EMAIL_FROM): nobody gets a code for a new password.",
      ]
    : [];

type TickState = Pick<z.infer<typeof readiness>, "tick" | "tick_age_seconds">;

function checkTick({ now, config }: Deps, lastTick: { value: string }[] | undefined): TickState {
  if (lastTick === undefined) return { tick: "unknown", tick_age_seconds: null };
  if (lastTick[0] === undefined) return { tick: "never", tick_age_seconds: null };
  const tickAt = Number(lastTick[0].value);
  const age = Math.max(0, now() - tickAt);
  const isLate = isTickLate(tickAt, now(), config.notifications.fetchInterval);
  return { tick: isLate ? "late" : "ok", tick_age_seconds: Math.round(age / 1_000) };
}

/** Where the database is to blame for not knowing, that is said already. */
const tickProblems: Partial<Record<TickState["tick"], string>> = {
  late: "The periodic run is overdue: nothing is retried. Is the server, or the cron trigger, running?",
  never: "There was no periodic run yet.",
};

/** The document is made of the routes themselves, where and when is the runtime's to say. */
export const documentRoute = new Hono<Env>().get(
  "/openapi.json",
  endpoint({
    summary: "Get this API as an OpenAPI 3.1 document",
    access: "anyone",
    answers: { 200: z.record(z.string(), z.unknown()) },
    errors: [],
  }),
  async (c) => c.json(await c.get("deps").openApi()),
);
