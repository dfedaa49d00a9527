// Parts of the prebuilds page: what a reconciliation would do now, preset by preset with the reason; and the last failed builds of a preset with their errors.
import { html } from "./html.ts";
import {
  describeAction,
  planCounts,
  type ShownAction,
  type ShownFailure,
  type ShownPool,
} from "../prebuilds/reconcile/rules/pool-messages.ts";
import { countLabel, moment } from "./components.ts";
import type { Html } from "./layout.ts";
import { buildPath, poolsPath } from "./rules/links.ts";
import { firstErrorId } from "./workspace-view.ts";

/** The owner of unclaimed prebuilt workspaces. */
export const prebuildsOwner = "prebuilds";

/** Changes nothing: it is the plan that the next run begins with. */
export function dryRun(pools: readonly ShownPool[], actions: readonly ShownAction[], paused: boolean): Html {
  const would = wouldDo(planCounts(actions));
  const lines = pools.flatMap((pool) =>
    actions
      .filter(({ preset_id }) => preset_id === pool.id)
      .map(
        (action) =>
          html`<li>
            <strong>${pool.template_name} / ${pool.name}:</strong> ${describeAction(action)}
            (${action.reason})
          </li>`,
      ),
  );
  return html`<div class="ask" id="dry-run">
    <h2>Dry run</h2>
    <p>${paused ? "Reconciliation is paused. When resumed, it" : "The next run"} would ${would}.</p>
    ${
      lines.length === 0
        ? ""
        : html`<ul>
            ${lines}
          </ul>`
    }
    <a class="button" href="${poolsPath}">Close</a>
  </div>`;
}

function wouldDo({ create, delete: deleted, cancel }: ReturnType<typeof planCounts>): string {
  const changed = [
    ...(create === 0 ? [] : [`create ${create}`]),
    ...(deleted === 0 ? [] : [`delete ${deleted}`]),
  ].join(" and ");
  const parts = [
    ...(changed === "" ? [] : [`${changed} prebuilt ${create + deleted === 1 ? "workspace" : "workspaces"}`]),
    ...(cancel === 0 ? [] : [`cancel ${countLabel(cancel, "build")}`]),
  ];
  return parts.length === 0 ? "change nothing" : parts.join(", and ");
}

/** Those among the latest builds of the preset, also from before it recovered. */
export function lastErrors(failures: readonly ShownFailure[], now: number): Html {
  return html`<ul class="more" role="list">
    ${failures.map(
      ({ workspace, build_number, error, created_at }) =>
        html`<li class="bad">
          <a href="${buildPath(prebuildsOwner, workspace, build_number)}#${firstErrorId}"
            >${workspace}, build ${build_number}</a
          >
          ${moment(Date.parse(created_at), now)}: <span class="output">${error}</span>
        </li>`,
    )}
  </ul>`;
}

/** Shows or hides them; both are links that can be shared. */
export const lastErrorsLink = ({ id, last_failures: failures }: ShownPool, isOpen: boolean): Html | string =>
  failures.length === 0
    ? ""
    : html`<p class="answer plain">
        <a href="${isOpen ? poolsPath : `${poolsPath}?errors=${id}`}#pool-${id}"
          >${isOpen ? "Hide last errors" : `Last errors (${failures.length})`}</a
        >
      </p>`;

/** Ready and running always; other counts where they aren't 0. */
export function poolCounts({ desired, running, eligible, starting, stopping, deleting }: ShownPool): string {
  const others = { starting, stopping, deleting };
  return [
    `${eligible} of ${desired} ready`,
    `${running} running`,
    ...Object.entries(others)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what}`),
  ].join(", ");
}
