// The prebuilds page: each pool with its counts and failures, the actions of the next run, and forms to resume, pause and run.
import { Hono } from "hono";
import { html } from "./html.ts";
import { actionShape, poolShape } from "../api/prebuild-shape.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { requestRun, resumePool, savePrebuildSettings } from "../prebuilds/reconcile/pool-control.ts";
import { isPaused } from "../prebuilds/reconcile/snapshot.ts";
import { allPresets, pageOfPresets } from "../prebuilds/reconcile/store/presets.ts";
import { findPool, readPrebuildSettings } from "../prebuilds/reconcile/store/pool-control.ts";
import { poolReads, poolsReport } from "../prebuilds/reconcile/report.ts";
import { isPoolShown } from "../prebuilds/reconcile/rules/pool-messages.ts";
import { cutPage, dryRun, shownLabel } from "./prebuild-plan.ts";
import { poolAction, poolList } from "./pool-list.ts";
import { respondWithPage, attributes, type Html } from "./layout.ts";
import { listSize, pages, readListFilter } from "./components.ts";
import { readForm } from "./form.ts";
import { ownPath, poolsPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const title = "Prebuilds";
const refresh = 5;
const requires = {
  permission: "templates:manage",
  deniedMessage: "Only owners and template admins can manage prebuilds.",
} as const;
const toRead = {
  permission: "prebuilds:read",
  deniedMessage: "Only owners, template admins and auditors can see prebuilds.",
} as const;

export const poolPages = new Hono<Env>()
  .get(poolsPath, signedIn, (c) => showPools(c))
  .post(`${poolsPath}/presets/:id/resume`, signedIn, async (c) => {
    const { to } = await readForm(c, ["to"]);
    const { actor, preset } = await readAsUser(c, { preset: findPool(c.req.param("id")) }, { requires });
    await resumePool(c.get("deps"), actor, preset[0]);
    return c.redirect(ownPath(to) ?? `${poolsPath}?done=resumed`, 303);
  })
  .post(`${poolsPath}/:change{(?:pause|unpause)}`, signedIn, async (c) => {
    const isPause = c.req.param("change") === "pause";
    const { actor } = await readAsUser(c, {}, { requires });
    await savePrebuildSettings(c.get("deps"), actor, { reconciliation_paused: isPause });
    return c.redirect(`${poolsPath}?done=${isPause ? "paused" : "unpaused"}`, 303);
  })
  .post(`${poolsPath}/reconcile`, signedIn, async (c) => {
    const { actor, settings } = await readAsUser(c, { settings: readPrebuildSettings() }, { requires });
    if (isPaused(settings)) return c.redirect(`${poolsPath}?done=refused`, 303);
    await requestRun(c.get("deps"), actor);
    return c.redirect(`${poolsPath}?done=requested`, 303);
  });

const notes: Record<string, string> = {
  resumed: "Prebuilds resumed. Earlier failures no longer count.",
  paused: "Reconciliation is paused.",
  unpaused: "Reconciliation is running again.",
  requested: "Started a reconciliation.",
  refused: "Reconciliation is paused, so nothing was started. Resume it first.",
};

async function showPools(c: Ctx) {
  const deps = c.get("deps");
  const choice = readListFilter(c, poolsPath);
  const isDryRun = c.req.query("dry_run") !== undefined;
  // One more than are shown says that there is a next page. A dry run is about all of them.
  const scope = isDryRun ? allPresets : pageOfPresets({ limit: listSize + 1, offset: choice.offset });
  const { actor, ...answers } = await readAsUser(c, poolReads(deps, scope), { requires: toRead });
  const manages = hasPermission(actor, "templates:manage");
  const { paused, plan, pools } = await poolsReport(deps, answers);
  const actions = plan.actions.map((action) => actionShape.from({ action, done: null }));
  const { shown: ofPage, hasNext } = isDryRun ? { shown: pools, hasNext: false } : cutPage(pools);
  const shown = ofPage
    .map((pool) => poolShape.from({ ...pool, failureLimit: deps.config.prebuilds.failureHardLimit }))
    .filter((pool) => isPoolShown(pool, actions))
    .toSorted((a, b) => Number(b.active) - Number(a.active));
  const note = notes[c.req.query("done") ?? ""];
  const main = html`<section>
    <div class="head">
      <h1>${title}</h1>
      <p class="count">${shownLabel(shown.length, choice.offset, hasNext)}</p>
    </div>
    ${note === undefined ? "" : html`<p class="note" role="status">${note}</p>`}
    <div class="acts controls" data-part="controls">
      ${manages ? controls(paused) : ""} <a class="button" href="${poolsPath}?dry_run=1">Dry run</a>
    </div>
    <div data-part="pools">
      ${c.req.query("dry_run") === undefined ? "" : dryRun(shown, actions, paused)}
      ${paused ? pausedNote() : ""}
      ${poolList(shown, actions, { now: deps.now(), manages, errorsOf: c.req.query("errors"), offset: choice.offset })}
    </div>
    ${pages(choice, choice.offset + listSize + (hasNext ? 1 : 0))}
    ${
      hasNext || choice.offset > 0
        ? html`<p class="aside">
            This page plans its own presets only. A dry run plans all presets together, within the limit of
            queued builds.
          </p>`
        : ""
    }
    <p class="aside">
      In a terminal: <code>belfry prebuilds plan</code>.
      <a href="/docs/administration/templates/prebuilds">How prebuilt workspaces work</a>
    </p>
  </section>`;
  return respondWithPage(c, { title, section: poolsPath, actor, main, refresh });
}

const controls = (paused: boolean): Html =>
  paused
    ? poolAction("unpause", "Resume reconciliation")
    : html`${poolAction("reconcile", "Reconcile now")} ${poolAction("pause", "Pause reconciliation")}`;

const pausedNote = (): Html =>
  html`<div class="state" ${attributes({ "data-paused": true })}>
    <p>
      <strong>Reconciliation is paused.</strong> Belfry creates and deletes no prebuilt workspaces; ready ones
      can be claimed.
    </p>
  </div>`;
