// The drift section of a template's page: resources that claims replaced, and the fix.
import { html } from "./html.ts";
import type { DriftEntry } from "../prebuilds/drift/rules/drift-report.ts";
import type { TemplateRow } from "../workspaces/templates/store/templates.ts";
import type { Html } from "./layout.ts";
import { countLabel, moment, tag } from "./components.ts";
import { versionPath } from "./rules/links.ts";

const entriesShown = 20;
const resourcesShown = 10;

/** Empty without claims. */
export function driftSection(of: TemplateRow, entries: readonly DriftEntry[], now: number): Html | string {
  if (entries.length === 0) return "";
  return html`<h2 id="drift">Drift on claims</h2>
    <p class="aside">
      Resources that were destroyed and recreated when a prebuilt workspace was claimed.
      <a href="/docs/administration/templates/drift">Causes and fixes</a>
    </p>
    <ul class="items" role="list">
      ${entries.slice(0, entriesShown).map((entry) => oneEntry(of, entry, now))}
    </ul>`;
}

function oneEntry(of: TemplateRow, entry: DriftEntry, now: number): Html {
  const { version, preset, resources, remedy } = entry;
  const rest = resources.length - resourcesShown;
  return html`<li class="row">
    <h3>
      <a href="${versionPath(of.organizationName, of.name, version.name)}"
        >${version.name}${preset === null ? "" : `, ${preset.name}`}</a
      >
    </h3>
    <p class="tags">${version.isActive ? tag("active") : ""} ${driftTag(entry)}</p>
    <p>${claimCounts(entry)}</p>
    <p class="seen">${entry.affectedAt === null ? "" : moment(entry.affectedAt, now)}</p>
    ${
      resources.length === 0
        ? ""
        : html`<ul class="answer plain">
            ${resources
              .slice(0, resourcesShown)
              .map(
                ({ resource, paths, claims }) =>
                  html`<li>
                    <code>${resource}</code>: replaced in ${countLabel(claims, "claim")} because of
                    ${changedPaths(paths)}
                  </li>`,
              )}
            ${rest > 0 ? html`<li>and ${rest} more</li>` : ""}
          </ul>`
    }
    ${
      !version.isActive || remedy.snippet === ""
        ? ""
        : html`<div class="answer plain">
            <p>
              To keep these resources, add the <code>lifecycle</code> block to the existing resource, then
              push a new version:
            </p>
            <pre tabindex="0" role="group" aria-label="Code"><code>${remedy.snippet}</code></pre>
          </div>`
    }
    ${version.isActive ? remedy.notes.map((note) => html`<p class="answer plain">${note}</p>`) : ""}
  </li>`;
}

const changedPaths = (paths: readonly string[]): Html | string =>
  paths.length === 0
    ? "no attribute that the plan names"
    : html`${paths.map((path, at) => html`${at === 0 ? "" : ", "}<code>${path || "the whole resource"}</code>`)}`;

const driftTag = ({ claims, affected }: DriftEntry): Html | string =>
  affected > 0 ? tag("drifts") : claims > 0 ? tag("no_drift") : "";

function claimCounts({ claims, affected }: DriftEntry): string {
  if (claims === 0) return "No claims yet";
  return affected === 0
    ? `${countLabel(claims, "claim")}, none replaced resources`
    : `${affected} of ${countLabel(claims, "claim")} replaced resources`;
}
