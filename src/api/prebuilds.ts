// Routes of prebuilds: pools, a reconciliation or its dry run, settings, invalidating and resuming.
import { Hono } from "hono";
import * as z from "zod";
import { ApiError } from "../kernel/errors.ts";
import {
  invalidatePrebuilds,
  auditRun,
  invalidationReads,
  resumePool,
  savePrebuildSettings,
} from "../prebuilds/reconcile/pool-control.ts";
import { reconcileAfterOthers, type ReconciliationRun } from "../prebuilds/reconcile/reconcile.ts";
import { poolReads, poolsReport, type PoolsReport } from "../prebuilds/reconcile/report.ts";
import { isPaused } from "../prebuilds/reconcile/snapshot.ts";
import { findPool, readPrebuildSettings } from "../prebuilds/reconcile/store/pool-control.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { passShape, poolShape } from "./prebuild-shape.ts";
import { lowerUuid, messageSchema } from "../http/schemas.ts";
import { shape, string } from "../http/wire.ts";

const settingsBody = z.object({ reconciliation_paused: z.boolean() });
const dryRun = z
  .enum(["true", "false"], { error: (issue) => `"${String(issue.input)}" is neither true nor false` })
  .default("false")
  .transform((text) => text === "true");
const invalidatedShape = shape<Awaited<ReturnType<typeof invalidatePrebuilds>>[number]>()({
  template_name: string((pool) => pool.templateName),
  template_version_name: string((pool) => pool.versionName),
  preset_name: string((pool) => pool.presetName),
});
const stillRunning = "A reconciliation is still running after 5 seconds; another follows it. Try again.";
const onlyAdmins = "Only owners and template admins can manage prebuilds.";

export const prebuildRoutes = new Hono<Env>()
  .get(
    "/prebuilds/settings",
    endpoint({
      summary: "Get whether reconciliation is paused",
      access: "session",
      answers: { 200: settingsBody },
      errors: [401],
    }),
    async (c) => {
      const { settings } = await readAsUser(c, { settings: readPrebuildSettings() });
      return c.json({ reconciliation_paused: isPaused(settings) });
    },
  )
  .put(
    "/prebuilds/settings",
    endpoint({
      summary: "Pause or resume reconciliation",
      access: "session",
      requires: {
        permission: "templates:manage",
        deniedMessage: "Only owners and template admins can pause prebuilds.",
      },
      answers: { 200: settingsBody, 304: null },
      errors: [400, 401, 403, 415],
    }),
    valid("json", settingsBody),
    async (c) => {
      const wanted = c.req.valid("json");
      const { actor, settings } = await readAsUser(c, { settings: readPrebuildSettings() });
      if (isPaused(settings) === wanted.reconciliation_paused && settings.length > 0)
        return c.body(null, 304);
      await savePrebuildSettings(c.get("deps"), actor, wanted);
      return c.json(wanted);
    },
  )
  .get(
    "/prebuilds/presets",
    endpoint({
      summary:
        "List the presets with prebuilds: desired and existing workspaces, why some can't be claimed, failures",
      access: "session",
      requires: {
        permission: "prebuilds:read",
        deniedMessage: "Only owners, template admins and auditors can see prebuilds.",
      },
      answers: { 200: z.array(poolShape.schema) },
      errors: [401, 403],
    }),
    async (c) => {
      const deps = c.get("deps");
      const answers = await readAsUser(c, poolReads(deps));
      return c.json(withLimit(c, await poolsReport(deps, answers)).pools.map(poolShape.from));
    },
  )
  .post(
    "/prebuilds/reconcile",
    endpoint({
      summary:
        "Run a reconciliation now, after one that is under way (for at most 5 seconds; then 409), or with `dry_run` show what one would do and why",
      access: "session",
      requires: { permission: "templates:manage", deniedMessage: onlyAdmins },
      answers: { 200: passShape.schema },
      errors: [400, 401, 403, 409],
    }),
    valid("query", z.object({ dry_run: dryRun })),
    async (c) => {
      const deps = c.get("deps");
      if (c.req.valid("query").dry_run) {
        const { actor: _actor, ...before } = await readAsUser(c, poolReads(deps));
        return c.json(toPass(c, await poolsReport(deps, before), null));
      }
      const { actor, settings } = await readAsUser(c, { settings: readPrebuildSettings() });
      if (!isPaused(settings)) await auditRun(deps, actor);
      const pass = await reconcileAfterOthers(deps);
      if (pass.outcome === "busy") throw new ApiError(409, stillRunning);
      const after = await poolsReport(deps, await deps.db.read(poolReads(deps)));
      return c.json(toPass(c, after, pass));
    },
  )
  .post(
    "/templates/:id/prebuilds/invalidate",
    endpoint({
      summary: "Invalidate the prebuilt workspaces of a template's active version",
      access: "session",
      requires: { permission: "templates:manage", deniedMessage: onlyAdmins },
      answers: { 200: z.object({ invalidated: z.array(invalidatedShape.schema) }) },
      errors: [400, 401, 403, 404],
    }),
    valid("param", z.object({ id: lowerUuid })),
    async (c) => {
      const { actor, ...before } = await readAsUser(c, invalidationReads(c.req.valid("param").id));
      const invalidated = await invalidatePrebuilds(c.get("deps"), actor, before);
      return c.json({ invalidated: invalidated.map(invalidatedShape.from) });
    },
  )
  .post(
    "/prebuilds/presets/:id/resume",
    endpoint({
      summary: "Resume a preset's prebuilds; earlier failures no longer count",
      access: "session",
      requires: { permission: "templates:manage", deniedMessage: onlyAdmins },
      answers: { 200: messageSchema },
      errors: [400, 401, 403, 404],
    }),
    valid("param", z.object({ id: lowerUuid })),
    async (c) => {
      const { actor, preset } = await readAsUser(c, { preset: findPool(c.req.valid("param").id) });
      const { name } = await resumePool(c.get("deps"), actor, preset[0]);
      return c.json({ message: `Prebuilds of preset "${name}" resumed.` });
    },
  );

const toPass = (c: Ctx, report: PoolsReport, pass: ReconciliationRun | null) =>
  passShape.from({ ...withLimit(c, report), pass });

const withLimit = (c: Ctx, { pools, ...report }: PoolsReport) => {
  const { failureHardLimit: failureLimit } = c.get("deps").config.prebuilds;
  return { ...report, pools: pools.map((pool) => ({ ...pool, failureLimit })) };
};
