// HTML of workspaces: a row in the list; details, agents and builds of one.
import { html } from "./html.ts";
import { exactTime } from "../../public/relative-time.js";
import { taskWork } from "../workspaces/agents/rules/task.ts";
import { workspaceStatus } from "../workspaces/jobs/rules/job.ts";
import type { AgentView, AppView, BuildRow, ResourceView } from "../workspaces/builds/store/build-view.ts";
import { describeCause, outdatedLabel } from "../workspaces/builds/rules/build-texts.ts";
import type { StatusRow } from "../workspaces/agents/store/app-statuses.ts";
import type { Html } from "./layout.ts";
import { factList, moment, outwardLink, tag } from "./components.ts";
import { exactDuration } from "./rules/labels.ts";
import { buildPath, taskPath, templatePath, versionPath, workspacePath } from "./rules/links.ts";

/** What a view needs to know of the moment and of where this Belfry is. */
export interface View {
  now: number;
  accessUrl: string;
}

export const workspaceStatusLabel = ({ build, workspace }: BuildRow): string =>
  workspace.deletedAt === null ? workspaceStatus(build.status, build.transition) : "deleted";

export const workspacePathOf = (row: BuildRow): string => workspacePath(row.ownerName, row.workspace.name);

/** The id of the first error on the page of a build. */
export const firstErrorId = "first-error";

/** A failed build opens at its first error. */
export const buildPathOf = ({ build, ownerName, workspace }: BuildRow): string =>
  buildPath(ownerName, workspace.name, build.number) + (build.status === "failed" ? `#${firstErrorId}` : "");

const firstLine = (text: string): string => text.trim().split("\n", 1)[0]!;

export function workspaceList(
  rows: readonly BuildRow[],
  filter: string,
  now: number,
  wasUnderstood: boolean,
  buttons: (row: BuildRow) => Html | string,
): Html | string {
  if (rows.length > 0)
    return html`<ul class="items" role="list">
      ${rows.map((row) => listed(row, now, buttons(row)))}
    </ul>`;
  if (!wasUnderstood) return "";
  return html`<div class="empty">
    ${
      filter === ""
        ? html`<p>No workspaces yet. Create one from a <a href="/templates">template</a>:</p>
            <pre><code>belfry workspaces create NAME --template TEMPLATE</code></pre>`
        : html`<p>No workspaces match this search.</p>`
    }
  </div>`;
}

function listed(row: BuildRow, now: number, buttons: Html | string): Html {
  const { build, template } = row;
  const outdated = build.versionId === template.activeVersionId ? "" : `, ${outdatedLabel}`;
  return html`<li class="row">
    <h2><a href="${workspacePathOf(row)}">${row.ownerName}/${row.workspace.name}</a></h2>
    <p class="tags">${tag(workspaceStatusLabel(row))}</p>
    <p>${template.name} ${row.versionName}${outdated}</p>
    <p class="seen">build ${build.number}, ${moment(build.createdAt, now)}</p>
    ${errorLine(row)} ${buttons}
  </li>`;
}

/** The first line of a failed build's error, which leads to its place in the log. */
const errorLine = (row: BuildRow): Html | string =>
  row.build.error === null
    ? ""
    : html`<p class="answer"><a href="${buildPathOf(row)}">${firstLine(row.build.error)}</a></p>`;

export const workspaceHead = (row: BuildRow): Html =>
  html`<div class="head">
    <h1>${row.workspace.name}</h1>
    <p class="tags" data-announce="${row.workspace.name} is ${workspaceStatusLabel(row)}">
      ${tag(workspaceStatusLabel(row))}
    </p>
  </div>`;

export function workspaceFacts(row: BuildRow, { now }: View): Html {
  const { build, workspace, template, organizationName } = row;
  const version = html`<a href="${versionPath(organizationName, template.name, row.versionName)}"
    >${row.versionName}</a
  >`;
  const isOutdated = build.versionId !== template.activeVersionId && workspace.deletedAt === null;
  const schedule = workspace.autostartSchedule;
  return factList({
    Owner: row.ownerName,
    Template: html`<a href="${templatePath(organizationName, template.name)}">${template.name}</a>`,
    Version: isOutdated ? html`${version} (${outdatedLabel})` : version,
    Updates: workspace.automaticUpdates === "always" ? "to the active version at each autostart" : undefined,
    Autostart:
      schedule === null
        ? undefined
        : html`<code>${schedule}</code
            >${workspace.nextStartAt === null ? "" : html`, next on ${exact(workspace.nextStartAt)}`}`,
    Task: build.hasAiTask
      ? html`<a href="${taskPath(row.ownerName, workspace.name)}">View task</a>`
      : undefined,
    Created: moment(workspace.createdAt, now),
    Deleted: workspace.deletedAt === null ? undefined : moment(workspace.deletedAt, now),
  });
}

const exact = (at: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${exactTime(at, "UTC")}</time>`;

export function agentList(row: BuildRow, statuses: readonly StatusRow[], view: View): Html | string {
  const agents = (JSON.parse(row.resources) as ResourceView[]).flatMap((resource) => resource.agents);
  if (agents.length === 0) return "";
  return html`<h2>Agents</h2>
    <ul class="items" role="list">
      ${agents.map((agent) => oneAgent(agent, statuses, view))}
    </ul>`;
}

function oneAgent(agent: AgentView, statuses: readonly StatusRow[], view: View): Html {
  const since = agent.lifecycleChangedAt;
  return html`<li class="row">
    <h3>${agent.name} <span class="for">agent</span></h3>
    <p class="tags">${tag(agent.lifecycleState)}</p>
    ${since === null ? "" : html`<p class="seen">${moment(since, view.now)}</p>`}
    ${agent.apps.map((app) =>
      oneApp(
        app,
        statuses.find(({ appId }) => appId === app.id),
        view,
      ),
    )}
  </li>`;
}

/** What an agent reports, it reports of a workspace that runs. */
const running = { status: "succeeded", transition: "start" } as const;

function oneApp(app: AppView, status: StatusRow | undefined, view: View): Html {
  const name = outwardLink(app.url, app.displayName || app.slug, view.accessUrl);
  return html`<p class="app">
    ${name}
    ${status === undefined ? "" : html`${tag(taskWork(running, status.state))} ${status.message} ${moment(status.createdAt, view.now)}`}
  </p>`;
}

export function buildList(builds: readonly BuildRow[], shown: number, view: View): Html {
  const older =
    builds.length > shown
      ? html`<p class="aside">For older builds, use <code>belfry workspaces show</code> or the API.</p>`
      : "";
  return html`<h2>Builds</h2>
    <ul class="items" role="list">
      ${builds.slice(0, shown).map((row) => oneBuild(row, view))}
    </ul>
    ${older}`;
}

function oneBuild(row: BuildRow, { now }: View): Html {
  const { build } = row;
  return html`<li class="row">
    <h3>
      <a href="${buildPathOf(row)}">Build ${build.number}</a>
      <span class="for">${build.transition}</span>
    </h3>
    <p class="tags">${tag(build.status)}</p>
    <p>${row.versionName}, ${buildCause(row)}</p>
    <p class="seen">${moment(build.createdAt, now)}</p>
    ${errorLine(row)}
  </li>`;
}

export const buildCause = ({ build, initiatorName }: BuildRow): string =>
  describeCause(build.reason, initiatorName ?? "");

/** The duration, until now for a running build; undefined before it starts. */
export function buildDuration({ build }: BuildRow, now: number): string | undefined {
  if (build.startedAt === null) return undefined;
  return exactDuration((build.completedAt ?? now) - build.startedAt);
}
