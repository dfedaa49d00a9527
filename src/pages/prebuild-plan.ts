// Parts of the prebuilds page: what a reconciliation would do now, preset by preset with the reason; a page of pools and
// their counts; and the last failed builds of a preset with their errors.
import { html } from "./html.ts";
import {
  describeAction,
  planCounts,
  type ShownAction,
  type ShownFailure,
  type ShownPool,
} from "../prebuilds/reconcile/rules/pool-messages.ts";
import type { PoolReport } from "../prebuilds/reconcile/report.ts";
import { countLabel, listSize, moment } from "./components.ts";
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
export function lastErrorsLink(
  { id, last_failures: failures }: ShownPool,
  isOpen: boolean,
  offset: number,
): Html | string {
  if (failures.length === 0) return "";
  const query = new URLSearchParams({
    ...(offset > 0 ? { offset: String(offset) } : {}),
    ...(isOpen ? {} : { errors: id }),
  });
  return html`<p class="answer plain">
    <a href="${query.size === 0 ? poolsPath : `${poolsPath}?${query}`}#pool-${id}"
      >${isOpen ? "Hide last errors" : `Last errors (${failures.length})`}</a
    >
  </p>`;
}

/** By their templates' names, as `pageOfPresets` reads them; what is one too many is on the next page. */
export function cutPage(pools: readonly PoolReport[]): { shown: PoolReport[]; hasNext: boolean } {
  const inOrder = pools.toSorted((a, b) =>
    compareTexts(a.pool.templateName.toLowerCase(), b.pool.templateName.toLowerCase()),
  );
  const [current, former] = [
    inOrder.filter(({ pool }) => pool.usesActiveVersion && !pool.isDeleted),
    inOrder.filter(({ pool }) => !pool.usesActiveVersion || pool.isDeleted),
  ];
  return { shown: [...current.slice(0, listSize), ...former], hasNext: current.length > listSize };
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** How many there are, or which of them are on the page. */
export const shownLabel = (count: number, offset: number, hasNext: boolean): string => {
  if (!hasNext && offset === 0) return countLabel(count, "preset");
  return count === 0 ? "" : `presets ${offset + 1}–${offset + count}`;
};

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
