// The page of an AI task: its prompt and the status updates of its agent.
import { Hono } from "hono";
import { html } from "./html.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { readAsUser, currentUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { visibleOwner } from "../api/workspaces.ts";
import { notFound } from "../kernel/errors.ts";
import { taskTitle, taskWork } from "../workspaces/agents/rules/task.ts";
import { isActive } from "../workspaces/jobs/rules/job.ts";
import {
  findTask,
  getLatestWorkspaceAppStatusesByAppID,
  findTaskApp,
  taskAppIdSql,
  type StatusRow,
} from "../workspaces/agents/store/app-statuses.ts";
import { findWorkspace, workspaceIdByNameSql } from "../workspaces/builds/store/workspaces.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { breadcrumb, factList, moment, outwardLink, tag } from "./components.ts";
import { taskPath, tasksPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { appLink } from "./task-list.ts";
import { actionButtons, actionsOf, askedQuestion } from "./workspace-buttons.ts";
import { workspacePathOf, workspaceStatusLabel, type View } from "./workspace-view.ts";

const statusesShown = 200;
const refresh = 5;

export const taskPages = new Hono<Env>().get("/tasks/:user/:workspace", signedIn, (c) => {
  const { user, workspace } = c.req.param();
  return showTask(c, user, workspace);
});

async function showTask(c: Ctx, user: string, name: string) {
  const { config, now } = c.get("deps");
  const ownerId = userIdByNameSql(user, currentUserIdSql(c));
  const id = workspaceIdByNameSql(ownerId, name, true);
  const reads = {
    workspace: findWorkspace(id, currentUserIdSql(c), true),
    task: findTask(id),
    app: findTaskApp(id),
    statuses: getLatestWorkspaceAppStatusesByAppID(taskAppIdSql(id), statusesShown),
  };
  const { actor, workspace, task, app, statuses } = await readAsUser(
    c,
    reads,
    visibleOwner(c, ownerId, "Task"),
  );
  const [row] = workspace;
  if (row === undefined || !(row.build.hasAiTask || task.length > 0)) throw notFound("Task");
  const view = { now: now(), accessUrl: config.accessUrl };
  const status = workspaceStatusLabel(row);
  const state = status === "running" ? statuses[0]?.state : undefined;
  const work = taskWork(row.build, statuses[0]?.state ?? null);
  const title = `${row.ownerName}/${row.workspace.name}`;
  const path = taskPath(row.ownerName, row.workspace.name);
  const actions = actionsOf(row, actor).filter((action) => action !== "update");
  const asked = actions.find((action) => action === c.req.query("ask"));
  const question = asked === undefined ? "" : askedQuestion(row, asked, { page: path });
  const main = html`<section>
    ${breadcrumb([{ title: "Tasks", page: tasksPath }], title)}
    <div data-part="state">
      <div class="head">
        <h1>${taskTitle(task[0]?.prompt ?? null, row.workspace.name)}</h1>
        <p class="tags" data-announce="${work}">${tag(work)}</p>
      </div>
      ${factList({ Owner: row.ownerName, Workspace: html`<a href="${workspacePathOf(row)}">${title}</a> (${status})` })}
    </div>
    ${question}
    <div class="task-acts" data-part="actions">
      ${status === "running" ? appLink(row, app[0]?.id ?? null, view) : ""}
      ${question === "" ? actionButtons(row, actions, { look: "button", asking: path, to: path }) : ""}
    </div>
    <h2>Prompt</h2>
    <p class="prompt">${task[0]?.prompt || "No prompt."}</p>
    <div data-part="statuses">${timeline(statuses, view)}</div>
  </section>`;
  const isGoingOn =
    status === "running" ? state !== "complete" && state !== "failure" : isActive(row.build.status);
  return respondWithPage(c, {
    title: taskTitle(task[0]?.prompt ?? null, row.workspace.name),
    section: tasksPath,
    actor,
    main,
    ...(isGoingOn ? { refresh } : {}),
  });
}

/** What an agent reports, it reports of a workspace that runs. */
const running = { status: "succeeded", transition: "start" } as const;

function timeline(statuses: readonly StatusRow[], view: View): Html {
  if (statuses.length === 0)
    return html`<h2>Status updates</h2>
      <p class="aside">No status updates.</p>`;
  return html`<h2>Status updates</h2>
    <ol class="items" role="list" reversed>
      ${statuses.map(
        ({ state, message, uri, createdAt }) =>
          html`<li class="row">
            <h3>${message || "No message"}</h3>
            <p class="tags">${tag(taskWork(running, state))}</p>
            <p>${outwardLink(uri, uri ?? "", view.accessUrl)}</p>
            <p class="seen">${moment(createdAt, view.now)}</p>
          </li>`,
      )}
    </ol>`;
}
