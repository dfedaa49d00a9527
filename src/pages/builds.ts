// The page of a build: details, error and log. It updates live while the build runs.
import { Hono } from "hono";
import { html } from "./html.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { readAsUser, currentUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { visibleOwner } from "../api/workspaces.ts";
import { notFound } from "../kernel/errors.ts";
import { isActive } from "../workspaces/jobs/rules/job.ts";
import { findBuild, buildIdByNumberSql } from "../workspaces/builds/store/builds.ts";
import { countWarnings, listLastLines, type LineRow } from "../workspaces/jobs/store/outputs.ts";
import { workspaceIdByNameSql } from "../workspaces/builds/store/workspaces.ts";
import { respondWithPage, attributes, type Html } from "./layout.ts";
import { breadcrumb, countLabel, factList, moment, tag } from "./components.ts";
import { workspacesPath, buildPath, templatePath, versionPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { actionButtons, actionsOf } from "./workspace-buttons.ts";
import { workspacePathOf, buildCause, buildDuration, firstErrorId } from "./workspace-view.ts";
import type { BuildRow } from "../workspaces/builds/store/build-view.ts";

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
  const id = buildIdByNumberSql(workspaceIdByNameSql(ownerId, name, true), number);
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
    from,
    isCut,
    warnings,
  };
  const crumbs = [
    { title: "Workspaces", page: workspacesPath },
    { title: `${row.ownerName}/${row.workspace.name}`, page: workspacePathOf(row) },
  ];
  const main = html`<section>
    ${breadcrumb(crumbs, `Build ${number}`)}
    <div data-part="state">${buildHead(row)}</div>
    <div data-part="actions">${buildActions(row, actor)}</div>
    <div data-part="facts">${buildFacts(row, now)} ${buildProblem(row, log)}</div>
    ${buildLog(row, log)}
  </section>`;
  return respondWithPage(c, {
    title: `Build ${number} of ${row.ownerName}/${row.workspace.name}`,
    section: workspacesPath,
    actor,
    main,
    ...(isActive(row.build.status) ? { refresh } : {}),
  });
}

export interface LogView {
  /** Oldest first. */
  lines: readonly LineRow[];
  /** The page has the lines before this one. */
  from: number;
  /** Whether there are older ones that are not shown. */
  isCut: boolean;
  warnings: ReturnType<typeof countWarnings>["_"]["result"];
}

export const buildHead = ({ build, workspace }: BuildRow): Html =>
  html`<div class="head">
    <h1>Build ${build.number} of ${workspace.name}</h1>
    <p class="tags" data-announce="Build ${build.number} is ${build.status}">${tag(build.status)}</p>
  </div>`;

export function buildFacts(row: BuildRow, now: number): Html {
  const { build, template, organizationName } = row;
  return factList({
    Workspace: html`<a href="${workspacePathOf(row)}">${row.ownerName}/${row.workspace.name}</a>`,
    Transition: `${build.transition}, ${buildCause(row)}`,
    Template: html`<a href="${templatePath(organizationName, template.name)}">${template.name}</a>`,
    Version: html`<a href="${versionPath(organizationName, template.name, row.versionName)}"
      >${row.versionName}</a
    >`,
    Requested: moment(build.createdAt, now),
    [build.completedAt === null ? "Running for" : "Duration"]: buildDuration(row, now),
    Provisioner: build.provisionerName ?? undefined,
  });
}

/** Retry or cancel, while it is the latest build of its workspace. */
function buildActions(row: BuildRow, actor: Actor): Html | string {
  if (row.workspace.latestBuildId !== row.build.id) return "";
  const actions = actionsOf(row, actor).filter((action) => action === "retry" || action === "cancel");
  return actionButtons(row, actions);
}

const firstErrorOf = (log: LogView) => log.warnings.find(({ level }) => level === "error")?.first;

/** The error of a failed build. Links to the first error lead here if the log has none. */
export function buildProblem({ build }: BuildRow, log: LogView): Html | string {
  if (build.error === null) return "";
  const place = firstErrorOf(log) === undefined ? { id: firstErrorId } : {};
  return html`<div class="problem" role="group" aria-label="Error" ${attributes(place)}>
    <p class="output">${build.error}</p>
  </div>`;
}

const levelNames = { error: "error", warn: "warning" } as const;

export function buildLog(row: BuildRow, log: LogView): Html {
  const path = buildPath(row.ownerName, row.workspace.name, row.build.number);
  const whole = `${path}?log=all`;
  const jumps = (["error", "warn"] as const).flatMap((level) => {
    const found = log.warnings.find((one) => one.level === level);
    if (found === undefined) return [];
    const isShown = found.first < log.from || log.lines.some(({ seq }) => seq === found.first);
    const label = countLabel(found.count, levelNames[level]);
    const place = level === "error" && !isShown ? { id: firstErrorId } : {};
    const target = level === "error" ? firstErrorId : `l-${found.first}`;
    return [html`<a href="${isShown ? "" : whole}#${target}" ${attributes(place)}>${label}</a> `];
  });
  return html`<div class="head">
      <h2 id="log-title">Log</h2>
      <p class="count" data-part="jumps">${jumps}</p>
    </div>
    ${log.isCut ? html`<p class="aside">Earlier lines are hidden. <a href="${whole}">Show the full log</a></p>` : ""}
    <ol class="log" id="log" aria-labelledby="log-title">
      ${logLines(log)}
    </ol>
    <p class="aside" data-part="end">${logEnd(row, log)}</p>`;
}

function logEnd({ build }: BuildRow, { lines }: LogView): string {
  if (build.status === "pending") return "Waiting for a provisioner.";
  if (isActive(build.status)) return "Running; updates live.";
  return lines.length === 0 ? "The log is empty." : "";
}

/** A heading where the stage changes; warnings and errors show their level. */
const logLines = (log: LogView): Html[] =>
  log.lines.map((line, index) => {
    const isNew = line.stage !== "" && line.stage !== log.lines[index - 1]?.stage;
    return html`${isNew ? html`<li class="stage" data-stage="${line.stage}"><h3>${line.stage}</h3></li>` : ""}${oneLine(line, line.seq === firstErrorOf(log))}`;
  });

function oneLine({ seq, at, level, output }: LineRow, isFirstError: boolean): Html {
  const levelLabel =
    level === "warn" || level === "error" ? html`<strong>${levelNames[level]}</strong> ` : "";
  return html`<li id="l-${seq}" ${attributes({ "data-level": level === "info" ? undefined : level })}>
    <time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(11, 19)}</time>
    <span${attributes({ id: isFirstError ? firstErrorId : undefined })}>${levelLabel}${output}</span>
  </li>`;
}
