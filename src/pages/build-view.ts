// HTML of a build: details, error, and its log with links to errors and warnings.
import { html } from "hono/html";
import type { BuildRow } from "../workspaces/builds/store/build-view.ts";
import type { countWarnings, LineRow } from "../workspaces/jobs/store/outputs.ts";
import { isActive } from "../workspaces/jobs/rules/job.ts";
import { attributes, type Html } from "./layout.ts";
import { countOf, facts, moment, tag } from "./parts.ts";
import { buildPath, templatePath, versionPath } from "./rules/paths.ts";
import { becauseOf, lasted, pathOf } from "./workspace-view.ts";

export interface LogView {
  /** Oldest first. */
  lines: readonly LineRow[];
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
  return facts({
    Workspace: html`<a href="${pathOf(row)}">${row.ownerName}/${row.workspace.name}</a>`,
    Transition: `${build.transition}, ${becauseOf(row)}`,
    Template: html`<a href="${templatePath(organizationName, template.name)}">${template.name}</a>`,
    Version: html`<a href="${versionPath(organizationName, template.name, row.versionName)}"
      >${row.versionName}</a
    >`,
    Requested: moment(build.createdAt, now),
    [build.completedAt === null ? "Running for" : "Duration"]: lasted(row, now),
    Provisioner: build.provisionerName ?? undefined,
  });
}

/** The error of a failed build. */
export function buildProblem({ build }: BuildRow): Html | string {
  if (build.error === null) return "";
  return html`<div class="problem" role="group" aria-label="Error">
    <p class="output">${build.error}</p>
  </div>`;
}

const levelNames = { error: "error", warn: "warning" } as const;

export function logOf(row: BuildRow, log: LogView): Html {
  const path = buildPath(row.ownerName, row.workspace.name, row.build.number);
  const whole = `${path}?log=all`;
  const jumps = (["error", "warn"] as const).flatMap((level) => {
    const found = log.warnings.find((one) => one.level === level);
    if (found === undefined) return [];
    const isShown = log.lines.some(({ seq }) => seq === found.first);
    const words = countOf(found.count, levelNames[level]);
    return [html`<a href="${isShown ? "" : whole}#l-${found.first}">${words}</a> `];
  });
  return html`<div class="head">
      <h2 id="log-title">Log</h2>
      <p class="count" data-part="jumps">${jumps}</p>
    </div>
    ${log.isCut ? html`<p class="aside">Earlier lines are hidden. <a href="${whole}">Show the full log</a></p>` : ""}
    <ol class="log" id="log" aria-labelledby="log-title">
      ${logLines(log.lines)}
    </ol>
    <p class="aside" data-part="end">${endOf(row, log)}</p>`;
}

function endOf({ build }: BuildRow, { lines }: LogView): string {
  if (build.status === "pending") return "Waiting for a provisioner.";
  if (isActive(build.status)) return "Running; updates live.";
  return lines.length === 0 ? "The log is empty." : "";
}

/** A heading where the stage changes; warnings and errors show their level. */
const logLines = (lines: readonly LineRow[]): Html[] =>
  lines.map((line, index) => {
    const isNew = line.stage !== "" && line.stage !== lines[index - 1]?.stage;
    return html`${isNew ? html`<li class="stage" data-stage="${line.stage}"><h3>${line.stage}</h3></li>` : ""}${oneLine(line)}`;
  });

function oneLine({ seq, at, level, output }: LineRow): Html {
  const word = level === "warn" || level === "error" ? html`<strong>${levelNames[level]}</strong> ` : "";
  return html`<li id="l-${seq}" ${attributes({ "data-level": level === "info" ? undefined : level })}>
    <time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(11, 19)}</time>
    <span>${word}${output}</span>
  </li>`;
}
