// The prebuilds page, read-only: the pools of prebuilt workspaces, their failures, and the actions of the next run.
import { Hono } from "hono";
import { html } from "hono/html";
import { actionShape, poolShape } from "../api/prebuild-shape.ts";
import { readAsUser, type Env } from "../http/endpoint.ts";
import { poolReads, poolsReport } from "../prebuilds/reconcile/report.ts";
import { isPresent } from "../prebuilds/reconcile/rules/pool-messages.ts";
import { respondWithPage } from "./layout.ts";
import { breadcrumb, countOf } from "./parts.ts";
import { pausedNote, poolList } from "./pools-view.ts";
import { poolsPath, templatesPath } from "./rules/paths.ts";
import { signedIn } from "./session.ts";

const title = "Prebuilt workspaces";
const refresh = 5;

export const poolPages = new Hono<Env>().get(poolsPath, signedIn, async (c) => {
  const deps = c.get("deps");
  const { actor, ...answers } = await readAsUser(c, poolReads(deps), {
    requires: {
      permission: "templates:manage",
      deniedMessage: "Only owners and template admins can view prebuilds.",
    },
  });
  const { paused, plan, pools } = poolsReport(deps, answers);
  const actions = plan.actions.map((action) => actionShape.from({ action, done: null }));
  const shown = pools
    .map((pool) => poolShape.from({ ...pool, failureLimit: deps.config.prebuilds.failureHardLimit }))
    .filter((pool) => isPresent(pool, actions))
    .toSorted((a, b) => Number(b.active) - Number(a.active));
  const main = html`<section>
    ${breadcrumb([{ title: "Templates", page: templatesPath }], title)}
    <div class="head">
      <h1>${title}</h1>
      <p class="count">${countOf(shown.length, "pool")}</p>
    </div>
    <div data-part="pools">${paused ? pausedNote() : ""} ${poolList(shown, actions, deps.now())}</div>
    <p class="aside">
      See <a href="/docs/administration/templates/prebuilds">Prebuilt workspaces</a> in the documentation. In
      a terminal, run <code>belfry prebuilds plan</code>
    </p>
  </section>`;
  return respondWithPage(c, { title, place: templatesPath, actor, main, refresh });
});
