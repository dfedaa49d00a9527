// The page of a build with its log. It updates live while the build runs.
import { Hono } from "hono";
import { html } from "hono/html";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { readAsUser, currentUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { visibleOwner } from "../api/visible.ts";
import { notFound } from "../kernel/errors.ts";
import { isActive } from "../workspaces/jobs/rules/job.ts";
import { findBuild, idOfBuild } from "../workspaces/builds/store/builds.ts";
import { countWarnings, listLastLines } from "../workspaces/jobs/store/outputs.ts";
import { idOfWorkspace } from "../workspaces/builds/store/workspaces.ts";
import { buildFacts, buildHead, buildProblem, logOf, type LogView } from "./build-view.ts";
import { respondWithPage } from "./layout.ts";
import { breadcrumb } from "./parts.ts";
import { workspacesPath } from "./rules/paths.ts";
import { signedIn } from "./session.ts";
import { pathOf } from "./workspace-view.ts";

const linesShown = 2_000;
const refresh = 2;

export const buildPages = new Hono<Env>().get(
  "/:owner{@[^/]+}/:workspace/builds/:number{[1-9][0-9]{0,8}}",
  signedIn,
  (c) => {
    const { owner, workspace, number } = c.req.param();
    return showBuild(c, owner.slice(1), workspace, Number(number));
  },
);

/** `from` is the last line that the page has: a script requests later lines. */
async function showBuild(c: Ctx, owner: string, name: string, number: number) {
  const now = c.get("deps").now();
  const isWhole = c.req.query("log") === "all";
  const from = Number(/^\d{1,15}$/.exec(c.req.query("from") ?? "")?.[0] ?? 0);
  const ownerId = userIdByNameSql(owner, currentUserIdSql(c));
  const id = idOfBuild(idOfWorkspace(ownerId, name, true), number);
  const reads = {
    build: findBuild(id, currentUserIdSql(c)),
    lines: listLastLines(id, isWhole ? -1 : linesShown + 1, from),
    warnings: countWarnings(id),
  };
  const { actor, build, lines, warnings } = await readAsUser(c, reads, visibleOwner(c, ownerId, "Build"));
  const [row] = build;
  if (row === undefined) throw notFound("Build");
  const isCut = !isWhole && lines.length > linesShown;
  const log: LogView = {
    lines: (isCut ? lines.slice(0, linesShown) : lines).toReversed(),
    isCut,
    warnings,
  };
  const crumbs = [
    { title: "Workspaces", page: workspacesPath },
    { title: `${row.ownerName}/${row.workspace.name}`, page: pathOf(row) },
  ];
  const main = html`<section>
    ${breadcrumb(crumbs, `Build ${number}`)}
    <div data-part="state">${buildHead(row)} ${buildFacts(row, now)} ${buildProblem(row)}</div>
    ${logOf(row, log)}
  </section>`;
  return respondWithPage(c, {
    title: `Build ${number} of ${row.ownerName}/${row.workspace.name}`,
    place: workspacesPath,
    actor,
    main,
    ...(isActive(row.build.status) ? { refresh } : {}),
  });
}
