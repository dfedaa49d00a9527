// The list of pools on the prebuilds page: each with its counts, what isn't ready, its failures and what the next run does.
import { html } from "./html.ts";
import {
  describeAction,
  failuresByError,
  maxNamed,
  resumeCommand,
  poolStatusLabel,
  type ShownAction,
  type ShownFailure,
  type ShownPool,
} from "../prebuilds/reconcile/rules/pool-messages.ts";
import { lastErrors, lastErrorsLink, poolCounts, prebuildsOwner } from "./prebuild-plan.ts";
import { firstErrorId } from "./workspace-view.ts";
import { attributes, type Html } from "./layout.ts";
import { emptyPage, moment } from "./components.ts";
import { poolsPath, buildPath, versionPath, workspacePath } from "./rules/links.ts";
import { exactTime } from "../../public/relative-time.js";
import { approximateDuration } from "./rules/labels.ts";

/** A button of the page. */
export const poolAction = (name: string, label: string): Html =>
  html`<form method="post" action="${poolsPath}/${name}">
    <button class="button" type="submit">${label}</button>
  </form>`;

type Pool = ShownPool & { organization_name: string };

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
  if (pools.length === 0 && view.offset > 0) return emptyPage;
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
      ${poolAction(`presets/${pool.id}/resume`, "Resume prebuilds")}
    </li>`,
  ];
}
