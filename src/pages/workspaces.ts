// The list of workspaces, with the filters that links use, and the page of one workspace.
import { Hono } from "hono";
import { html } from "./html.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { readAsUser, currentUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { visibleOwner } from "../api/workspaces.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { isActive } from "../workspaces/jobs/rules/job.ts";
import { buildReads } from "../workspaces/builds/decide-build.ts";
import { transitionOf, type WorkspaceAction } from "../workspaces/builds/rules/workspace-actions.ts";
import { parseWorkspaceSearch } from "../workspaces/builds/rules/search.ts";
import type { BuildRow } from "../workspaces/builds/store/build-view.ts";
import { listLatestStatuses } from "../workspaces/agents/store/app-statuses.ts";
import { listBuilds } from "../workspaces/builds/store/builds.ts";
import {
  countWorkspaces,
  findWorkspace,
  workspaceIdByNameSql,
  listWorkspaces,
} from "../workspaces/builds/store/workspaces.ts";
import {
  breadcrumb,
  emptyPage,
  listSize,
  pages,
  readListFilter,
  searchForm,
  tabs,
  totalLabel,
  type ListFilter,
} from "./components.ts";
import { problem } from "./form.ts";
import { parameterDraft, type ParameterDraft } from "./parameters-form.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { ownPath, workspacesPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { actionButtons, actionsOf, askedQuestion, takesParameters } from "./workspace-buttons.ts";
import {
  agentList,
  buildList,
  buildPathOf,
  workspaceFacts,
  workspaceHead,
  workspaceList,
} from "./workspace-view.ts";

const buildsShown = 20;
const refresh = 5;

export const workspacePages = new Hono<Env>()
  .get(workspacesPath, signedIn, (c) => showList(c))
  .get("/:owner{@[^/]+}/:workspace", signedIn, (c) => {
    const { owner, workspace } = c.req.param();
    const [asked, to] = [c.req.query("ask"), ownPath(c.req.query("to")) ?? undefined];
    return showWorkspace(c, { owner: owner.slice(1), name: workspace }, { asked, to });
  });

async function showList(c: Ctx) {
  const choice = readListFilter(c, workspacesPath);
  const verdict = parseWorkspaceSearch(choice.filter);
  const search = verdict.ok ? verdict.search : {};
  const { actor, rows, total } = await readAsUser(c, {
    rows: listWorkspaces(search, currentUserIdSql(c), { limit: listSize, offset: choice.offset }),
    total: countWorkspaces(search, currentUserIdSql(c), choice),
  });
  const error = verdict.ok ? undefined : new ApiError(400, `Invalid search: ${verdict.problem}.`);
  const found = verdict.ok ? rows : [];
  const count = verdict.ok ? total[0]!.count : 0;
  const mine: Record<string, string> = hasPermission(actor, "workspaces:read-all")
    ? { Mine: "owner:me" }
    : {};
  const here = c.req.path + new URL(c.req.url).search;
  const buttons = (row: BuildRow) => actionButtons(row, actionsOf(row, actor), { look: "quiet", to: here });
  const main = html`<section>
    <div class="head">
      <h1>Workspaces</h1>
      <p class="count">${verdict.ok ? counted(count, choice) : ""}</p>
    </div>
    <div class="bar">
      ${tabs(choice, "Which workspaces", { All: "", ...mine, Running: "status:running", Failed: "status:failed" })}
      ${searchForm(choice, {
        label: "Search workspaces: name, owner:me, template:docker, status:running",
        example: "web status:failed",
      })}
    </div>
    ${problem(error)}
    ${
      rows.length === 0 && choice.offset > 0
        ? emptyPage
        : workspaceList(found, choice.filter, c.get("deps").now(), verdict.ok, buttons)
    }
    ${pages(choice, count)}
  </section>`;
  return respondWithPage(c, { title: "Workspaces", actor, main }, error?.status);
}

function counted(count: number, choice: ListFilter): string {
  const label = totalLabel(count, choice, "workspace");
  const filter = choice.filter.trim();
  return filter === "" ? label : `${label} matching ${filter}`;
}

interface Shown {
  /** The action that its page asks about. */
  asked?: string | undefined;
  /** What was filled in for it. */
  draft?: ParameterDraft;
  /** Where the answer leads. */
  to?: string | undefined;
  /** Why the last action was refused. */
  error?: ApiError;
  status?: number;
}

/** A build by a button: its request, and what it depends on. */
export async function readForAction(
  c: Ctx,
  row: BuildRow,
  action: Exclude<WorkspaceAction, "cancel">,
  visible: ReturnType<typeof visibleOwner>,
) {
  const request = {
    transition: transitionOf(action, row.build),
    restarts: action === "restart",
    versionId: action === "update" ? row.template.activeVersionId : undefined,
    parameters: [],
  };
  const reads = buildReads(row.workspace.id, currentUserIdSql(c), request);
  const { actor: _actor, ...before } = await readAsUser(c, reads, visible);
  return { request, before };
}

export async function showWorkspace(c: Ctx, place: { owner: string; name: string }, shown: Shown) {
  const { config, now } = c.get("deps");
  const { error } = shown;
  const ownerId = userIdByNameSql(place.owner, currentUserIdSql(c));
  const id = workspaceIdByNameSql(ownerId, place.name, true);
  const reads = {
    workspace: findWorkspace(id, currentUserIdSql(c), true),
    builds: listBuilds(id, currentUserIdSql(c), { limit: buildsShown + 1, offset: 0 }),
    statuses: listLatestStatuses(id),
  };
  const visible = visibleOwner(c, ownerId, "Workspace");
  const { actor, workspace, builds, statuses } = await readAsUser(c, reads, visible);
  const [row] = workspace;
  if (row === undefined) throw notFound("Workspace");
  const view = { now: now(), accessUrl: config.accessUrl };
  const actions = actionsOf(row, actor);
  const action = actions.find((one) => one === shown.asked);
  const question = action === undefined ? "" : await ask(c, row, action, { ...shown, visible });
  const main = html`<section>
    ${breadcrumb([{ title: "Workspaces", page: workspacesPath }], `${row.ownerName}/${row.workspace.name}`)}
    <div data-part="state">${workspaceHead(row)}</div>
    ${problem(error)} ${requestedNote(builds, c.req.query("requested"))} ${question}
    <div data-part="actions">${question === "" ? actionButtons(row, actions) : ""}</div>
    <div data-part="facts">${workspaceFacts(row, view)}</div>
    <div data-part="agents">${agentList(row, statuses, view)}</div>
    <div data-part="builds">${buildList(builds, buildsShown, view)}</div>
  </section>`;
  return respondWithPage(
    c,
    {
      title: `${row.ownerName}/${row.workspace.name}`,
      section: workspacesPath,
      actor,
      main,
      ...(question === "" && (isActive(row.build.status) || isRestarting(row)) ? { refresh } : {}),
    },
    error?.status ?? shown.status,
  );
}

/** What a button asks before it acts: whether to, and the parameters that the build needs. */
async function ask(
  c: Ctx,
  row: BuildRow,
  action: WorkspaceAction,
  { draft, to, visible }: Shown & { visible: ReturnType<typeof visibleOwner> },
): Promise<Html | string> {
  if (!takesParameters(action)) return askedQuestion(row, action, { to });
  if (draft !== undefined) return askedQuestion(row, action, { to, draft });
  const { before } = await readForAction(c, row, action, visible);
  return askedQuestion(row, action, { to, draft: parameterDraft(before, {}) });
}

/** The start that follows the stop is created in a moment. */
const isRestarting = ({ build }: BuildRow): boolean => build.restarts && build.status === "succeeded";

/** What a form has just requested. */
function requestedNote(builds: readonly BuildRow[], number: string | undefined): Html | string {
  const row = builds.find(({ build }) => String(build.number) === number);
  if (row === undefined) return "";
  return html`<p class="note" role="status">
    Requested
    <a href="${buildPathOf(row)}">build ${row.build.number}</a> (${row.build.transition}).
  </p>`;
}
