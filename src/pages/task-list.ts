// The list of AI tasks: which agents wait and since when, what they say, and their apps one press away.
import { Hono } from "hono";
import { html } from "./html.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { taskName, taskWork } from "../workspaces/agents/rules/task.ts";
import { listTasks, type TaskRow } from "../workspaces/agents/store/tasks.ts";
import { parseTaskSearch } from "../workspaces/builds/rules/search.ts";
import type { BuildRow, ResourceView } from "../workspaces/builds/store/build-view.ts";
import {
  emptyPage,
  listSize,
  outwardLink,
  pages,
  readListFilter,
  searchForm,
  tabs,
  tag,
  totalLabel,
} from "./components.ts";
import { problem } from "./form.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { approximateDuration } from "./rules/labels.ts";
import { taskPath, tasksPath, workspacePath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { actionButtons, actionsOf } from "./workspace-buttons.ts";
import type { View } from "./workspace-view.ts";

const refresh = 10;

export const taskListPages = new Hono<Env>().get(tasksPath, signedIn, (c) => showTasks(c));

async function showTasks(c: Ctx) {
  const { now, config } = c.get("deps");
  const choice = readListFilter(c, tasksPath);
  const verdict = parseTaskSearch(choice.filter);
  const page = { limit: listSize, offset: choice.offset };
  const search = verdict.ok ? verdict.search : {};
  const reads = listTasks(search, currentUserIdSql(c), page, "longest waiting");
  const { actor, workspaces, tasks, total } = await readAsUser(c, reads);
  const error = verdict.ok ? undefined : new ApiError(400, `Invalid search: ${verdict.problem}.`);
  const rows = verdict.ok ? workspaces : [];
  const count = verdict.ok ? total[0]!.count : 0;
  const view = { now: now(), accessUrl: config.accessUrl };
  const main = html`<section>
    <div class="head">
      <h1>Tasks</h1>
      <p class="count" data-part="count">${verdict.ok ? totalLabel(count, choice, "task") : ""}</p>
    </div>
    <div class="bar">
      ${tabs(choice, "Which tasks", filtersOf(actor))}
      ${searchForm(choice, {
        label: "Search tasks: name, owner:me, state:waiting, status:active",
        example: "parser state:waiting",
      })}
    </div>
    ${problem(error)}
    <div data-part="tasks">
      ${rows.length > 0 || !verdict.ok ? taskItems(rows, tasks, actor, view) : choice.offset > 0 ? emptyPage : noTasks(choice.filter)}
    </div>
    ${pages(choice, count)}
  </section>`;
  return respondWithPage(c, { title: "Tasks", actor, main, refresh }, error?.status);
}

const filtersOf = (actor: Actor): Record<string, string> => ({
  All: "",
  ...(hasPermission(actor, "workspaces:read-all") ? { Mine: "owner:me" } : {}),
  Waiting: "state:waiting",
  Working: "state:working",
  Complete: "state:complete",
  Failed: "state:failed",
  Stopped: "state:stopped",
});

const noTasks = (filter: string): Html =>
  html`<div class="empty">
    ${
      filter === ""
        ? html`<p>No tasks yet. Create one:</p>
            <pre><code>belfry tasks create --template TEMPLATE "Fix the bug in the parser"</code></pre>`
        : html`<p>No tasks match this search.</p>`
    }
  </div>`;

function taskItems(rows: readonly BuildRow[], tasks: readonly TaskRow[], actor: Actor, view: View): Html {
  return html`<ul class="items" role="list">
    ${rows.map((row) =>
      taskItem(
        row,
        tasks.find(({ workspaceId }) => workspaceId === row.workspace.id),
        actor,
        view,
      ),
    )}
  </ul>`;
}

function taskItem(row: BuildRow, task: TaskRow | undefined, actor: Actor, view: View): Html {
  const { ownerName, workspace, build } = row;
  const work = taskWork(build, task?.state ?? null);
  const isReported = build.status === "succeeded" && build.transition === "start";
  const since = (isReported ? task?.stateSince : undefined) ?? build.completedAt ?? build.createdAt;
  const path = taskPath(ownerName, workspace.name);
  const firstLine = taskName(task?.prompt ?? null, workspace.name).split("\n", 1)[0]!;
  const said =
    work === "failed" && build.error !== null ? build.error.trim().split("\n", 1)[0] : task?.message;
  return html`<li class="row">
    <h2><a href="${path}">${firstLine}</a></h2>
    <p class="tags">${tag(work)}</p>
    <p><a href="${workspacePath(ownerName, workspace.name)}">${ownerName}/${workspace.name}</a></p>
    <p class="seen">for ${approximateDuration(view.now - since)}</p>
    ${said ? html`<p class="answer plain">${said}</p>` : ""}
    <div class="task-acts">
      ${work === "stopped" ? "" : appLink(row, task?.appId ?? null, view)}
      ${actionButtons(
        row,
        actionsOf(row, actor).filter((action) => action === "stop" || action === "retry"),
        { look: "quiet", asking: path, to: tasksPath },
      )}
    </div>
  </li>`;
}

/** The app of the task's agent, or the only one that can be opened. */
export function appLink(row: BuildRow, appId: string | null, { accessUrl }: View): Html | string {
  const resources = JSON.parse(row.resources) as ResourceView[];
  const apps = resources.flatMap(({ agents }) => agents).flatMap((agent) => agent.apps);
  const app =
    apps.find(({ id, url }) => id === appId && url !== null) ?? apps.find(({ url }) => url !== null);
  const link =
    app === undefined ? "" : outwardLink(app.url, `Open ${app.displayName || app.slug}`, accessUrl, "button");
  return typeof link === "string" ? "" : link;
}
