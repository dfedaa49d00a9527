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
import {
  isPoolShown,
  describeAction,
  failuresByError,
  maxNamed,
  resumeCommand,
  poolStatusLabel,
  type ShownAction,
  type ShownFailure,
  type ShownPool,
} from "../prebuilds/reconcile/rules/pool-messages.ts";
import { cutPage, dryRun, lastErrors, lastErrorsLink, poolCounts, prebuildsOwner } from "./prebuild-plan.ts";
import { firstErrorId } from "./workspace-view.ts";
import { respondWithPage, attributes, type Html } from "./layout.ts";
import { countLabel, listSize, moment, pages, readListFilter } from "./components.ts";
import { readForm } from "./form.ts";
import { ownPath, poolsPath, buildPath, versionPath, workspacePath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { exactTime } from "../../public/relative-time.js";
import { approximateDuration } from "./rules/labels.ts";

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
      <p class="count">${hasNext || choice.offset > 0 ? "" : countLabel(shown.length, "preset")}</p>
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
    <p class="aside">
      In a terminal: <code>belfry prebuilds plan</code>.
      <a href="/docs/administration/templates/prebuilds">How prebuilt workspaces work</a>
    </p>
  </section>`;
  return respondWithPage(c, { title, section: poolsPath, actor, main, refresh });
}

const controls = (paused: boolean): Html =>
  paused
    ? action("unpause", "Resume reconciliation")
    : html`${action("reconcile", "Reconcile now")} ${action("pause", "Pause reconciliation")}`;

const action = (name: string, label: string): Html =>
  html`<form method="post" action="${poolsPath}/${name}">
    <button class="button" type="submit">${label}</button>
  </form>`;

type Pool = ShownPool & { organization_name: string };

export const pausedNote = (): Html =>
  html`<div class="state" ${attributes({ "data-paused": true })}>
    <p>
      <strong>Reconciliation is paused.</strong> Belfry creates and deletes no prebuilt workspaces; ready ones
      can be claimed.
    </p>
  </div>`;

interface View {
  now: number;
  /** Whether there are buttons. */
  manages: boolean;
  /** The preset whose last errors are shown. */
  errorsOf?: string | undefined;
  /** Of the page. */
  offset: number;
}

export function poolList(pools: readonly Pool[], actions: readonly ShownAction[], view: View): Html {
  if (pools.length === 0)
    return html`<div class="empty">
      <p>
        No preset has prebuilds. Configure <code>prebuilds</code> in the template's <code>belfry.json</code>:
      </p>
      <pre><code>"presets": [{ "name": "small", "prebuilds": { "instances": 2 } }]</code></pre>
    </div>`;
  return html`<ul class="items" role="list">
    ${pools.map((pool) => onePool(pool, actions, view))}
  </ul>`;
}

function onePool(pool: Pool, actions: readonly ShownAction[], view: View): Html {
  const { organization_name, template_name, template_version_name: version, name } = pool;
  const { label, kind, streak } = poolStatusLabel(pool);
  return html`<li class="row pool" id="pool-${pool.id}" data-pool="${template_name}/${name}">
    <h2>
      <a href="${versionPath(organization_name, template_name, version)}">${template_name} / ${name}</a>
    </h2>
    <p class="tags">
      <span class="tag" ${attributes({ "data-kind": kind === "between" ? undefined : kind })}
        >${[label, streak].filter(Boolean).join(", ")}</span
      >
    </p>
    <p>${poolCounts(pool)}</p>
    <p class="seen">${version}</p>
    ${details(pool, actions, view)} ${lastErrorsLink(pool, view.errorsOf === pool.id, view.offset)}
    ${view.errorsOf === pool.id ? lastErrors(pool.last_failures, view.now) : ""}
  </li>`;
}

function details(pool: Pool, actions: readonly ShownAction[], { now, manages }: View): Html | string {
  const lines = [
    ...notReady(pool),
    ...failuresByError(pool).map(([error, alike]) => failure(error, alike, now)),
    ...actions.filter(({ preset_id }) => preset_id === pool.id).map((action) => nextAction(action, now)),
    ...(manages ? resumeHint(pool, now) : []),
  ];
  return lines.length === 0
    ? ""
    : html`<ul class="more" role="list">
        ${lines}
      </ul>`;
}

function notReady({ active, not_eligible: all }: Pool): Html[] {
  if (!active) return [];
  const rest = all.length - maxNamed;
  return [
    ...all
      .slice(0, maxNamed)
      .map(
        ({ workspace, why }) =>
          html`<li>
            <a href="${workspacePath(prebuildsOwner, workspace)}">${workspace}</a> is not ready: ${why}
          </li>`,
      ),
    ...(rest > 0 ? [html`<li>${rest} more are not ready</li>`] : []),
  ];
}

function failure(error: string, alike: readonly ShownFailure[], now: number): Html {
  const { workspace, build_number, created_at } = alike[0]!;
  const link = html`<a href="${buildPath(prebuildsOwner, workspace, build_number)}#${firstErrorId}"
    >${workspace}</a
  >`;
  const who = alike.length === 1 ? link : html`${alike.length} failed builds, the latest of ${link}`;
  return html`<li class="bad">
    ${who}${alike.length === 1 ? " failed" : ""} ${moment(Date.parse(created_at), now)}:
    <span class="output">${error}</span>
  </li>`;
}

function nextAction(action: ShownAction, now: number): Html {
  const until =
    action.until === null
      ? ""
      : html` until <time datetime="${action.until}">${exactTime(Date.parse(action.until), "UTC")}</time>, in
          ${approximateDuration(Math.max(0, Date.parse(action.until) - now))}`;
  return html`<li>Next run: ${describeAction(action)}${until} (${action.reason})</li>`;
}

function resumeHint(pool: Pool, now: number): Html[] {
  const command = resumeCommand(pool);
  if (command === undefined) return [];
  const since =
    pool.status_since === null
      ? ""
      : html`Belfry stopped creating prebuilt workspaces ${moment(Date.parse(pool.status_since), now)}. `;
  return [
    html`<li>
      ${since}Fix the template and push a new version. If the cause is elsewhere, fix it, then resume here or
      with
      <code>${command}</code>
      ${action(`presets/${pool.id}/resume`, "Resume prebuilds")}
    </li>`,
  ];
}
