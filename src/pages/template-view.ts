// HTML of templates: a row in the list; details, versions and presets of one; one version.
import { html } from "./html.ts";
import type { parameterShape, presetShape } from "../api/preset-shape.ts";
import type { Wire } from "../http/wire.ts";
import type { TemplateRow } from "../workspaces/templates/store/templates.ts";
import type { VersionRow } from "../workspaces/templates/store/versions.ts";
import type { Html } from "./layout.ts";
import { countLabel, factList, moment, tag } from "./components.ts";
import { approximateDuration, statusKind } from "./rules/labels.ts";
import { filterPath, templatePath, versionPath } from "./rules/links.ts";

type Parameter = Wire<typeof parameterShape>;
type Preset = Wire<typeof presetShape>;

const isDeprecated = ({ deprecationMessage }: TemplateRow) => deprecationMessage !== "";

export function templateList(rows: readonly TemplateRow[]): Html {
  if (rows.length === 0)
    return html`<div class="empty">
      <p>No templates yet. A template admin pushes a folder with a <code>belfry.json</code>:</p>
      <pre><code>belfry templates push FOLDER</code></pre>
    </div>`;
  return html`<ul class="items" role="list">
    ${rows.map(
      (row) =>
        html`<li class="row">
          <h2>
            <a href="${templatePath(row.organizationName, row.name)}">${row.displayName || row.name}</a>
          </h2>
          <p class="tags">${isDeprecated(row) ? tag("deprecated") : ""}</p>
          <p>${templateUsage(row)}</p>
          <p class="seen">${row.activeVersionName}</p>
          ${row.description === "" ? "" : html`<p class="answer plain">${row.description}</p>`}
        </li>`,
    )}
  </ul>`;
}

const templateUsage = ({ name, organizationName, userCount }: TemplateRow): string =>
  `${organizationName}/${name}, used by ${countLabel(userCount, "user")}`;

export const templateHead = (row: TemplateRow): Html =>
  html`<div class="head">
      <h1>${row.displayName || row.name}</h1>
      <p class="tags">${isDeprecated(row) ? tag("deprecated") : ""}</p>
    </div>
    ${row.description === "" ? "" : html`<p class="lead">${row.description}</p>`}
    ${isDeprecated(row) ? html`<div class="problem"><p>${row.deprecationMessage}</p></div>` : ""}`;

export const templateFacts = (row: TemplateRow, now: number): Html =>
  factList({
    Name: html`<code>${row.name}</code> in organization <code>${row.organizationName}</code>`,
    "Active version": html`<a
      href="${versionPath(row.organizationName, row.name, row.activeVersionName ?? "")}"
      >${row.activeVersionName}</a
    >`,
    Workspaces: html`${countLabel(row.userCount, "user")} ·
      <a href="${filterPath(`template:${row.name}`)}">View workspaces</a>`,
    Created: html`${moment(row.createdAt, now)} by ${row.createdByName ?? "a deleted user"}`,
  });

export function versionList(
  row: TemplateRow,
  versions: readonly VersionRow[],
  shown: number,
  now: number,
): Html {
  return html`<h2>Versions</h2>
    <ul class="items" role="list">
      ${versions.slice(0, shown).map(
        (version) =>
          html`<li class="row">
            <h3>
              <a href="${versionPath(row.organizationName, row.name, version.name)}">${version.name}</a>
            </h3>
            <p class="tags">${version.id === row.activeVersionId ? tag("active") : ""}</p>
            <p>${version.message || "No message"}, by ${version.createdByName ?? "a deleted user"}</p>
            <p class="seen">${moment(version.createdAt, now)}</p>
          </li>`,
      )}
    </ul>
    ${versions.length > shown ? html`<p class="aside">Older versions are available through the API.</p>` : ""}`;
}

export function versionFacts(of: TemplateRow, row: VersionRow, now: number): Html {
  const path = templatePath(of.organizationName, of.name);
  return html`<div class="head">
      <h1>${of.name} ${row.name}</h1>
      <p class="tags">${row.id === of.activeVersionId ? tag("active") : ""}</p>
    </div>
    ${row.message === "" ? "" : html`<p class="lead">${row.message}</p>`}
    ${factList({
      Template: html`<a href="${path}">${of.displayName || of.name}</a>`,
      Organization: of.organizationName,
      "AI task": row.hasAiTask ? "Workspaces of this version run an AI task." : undefined,
      Created: html`${moment(row.createdAt, now)} by ${row.createdByName ?? "a deleted user"}`,
    })}`;
}

export function parameterList(parameters: readonly Parameter[]): Html {
  if (parameters.length === 0)
    return html`<h2>Parameters</h2>
      <p class="aside">No parameters.</p>`;
  return html`<h2>Parameters</h2>
    <ul class="items" role="list">
      ${parameters.map(
        ({ name, description, required, default_value, sensitive }) =>
          html`<li class="row">
            <h3><code>${name}</code></h3>
            <p class="tags">${required ? tag("required") : ""} ${sensitive ? tag("sensitive") : ""}</p>
            ${description === "" ? "" : html`<p class="answer plain">${description}</p>`}
            ${default_value === "" ? "" : html`<p class="answer plain">default <code>${default_value}</code></p>`}
          </li>`,
      )}
    </ul>`;
}

/** Presets with their parameters and prebuilds. */
export function presetList(presets: readonly Preset[], title: string): Html | string {
  if (presets.length === 0) return "";
  return html`<h2>${title}</h2>
    <ul class="items" role="list">
      ${presets.map(onePreset)}
    </ul>`;
}

/** As on the page of prebuilds. */
const prebuildLabels: Record<string, string> = {
  hard_limited: "stopped",
  validation_failed: "can't be created",
};

function onePreset({ name, default: isDefault, parameters, prebuilds, prebuild_status }: Preset): Html {
  return html`<li class="row">
    <h3>${name}</h3>
    <p class="tags">
      ${isDefault ? tag("default") : ""}
      ${prebuilds === null || prebuild_status === "normal" ? "" : tag(prebuildLabels[prebuild_status] ?? prebuild_status, statusKind(prebuild_status))}
    </p>
    <p class="answer plain">
      ${parameters.map(({ name, value }) => html`<code>${name}=${value}</code> `)}
      ${parameters.length === 0 ? "No parameters" : ""}
    </p>
    ${prebuilds === null ? "" : html`<p class="answer plain">${describePrebuilds(prebuilds)}</p>`}
  </li>`;
}

function describePrebuilds({
  instances,
  expiration_policy,
  scheduling,
}: NonNullable<Preset["prebuilds"]>): Html {
  const ttl = expiration_policy?.ttl ?? 0;
  const expiry = ttl > 0 ? `, replaced after ${approximateDuration(ttl * 1_000)}` : "";
  return html`Target: ${countLabel(instances, "prebuilt workspace")}${expiry}.
  ${(scheduling?.schedule ?? []).map(({ cron, instances }) => html`<br />${instances} during <code>${cron}</code> (${scheduling!.timezone})`)}`;
}
