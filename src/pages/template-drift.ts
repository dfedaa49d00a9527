// The drift section of a template's page: resources that claims replaced, and the fix.
import { Hono } from "hono";
import { html } from "./html.ts";
import { toMarkDrift } from "../api/template-drift.ts";
import { readAsUser, type Env } from "../http/endpoint.ts";
import { markDriftFixed } from "../prebuilds/drift/mark-fixed.ts";
import { findDriftPreset } from "../prebuilds/drift/store/drift.ts";
import type { DriftEntry } from "../prebuilds/drift/rules/drift-report.ts";
import type { TemplateRow } from "../workspaces/templates/store/templates.ts";
import type { Html } from "./layout.ts";
import { countLabel, moment, tag } from "./components.ts";
import { templatePath, templatesPath, versionPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const entriesShown = 20;
const resourcesShown = 10;

export const templateDriftPages = new Hono<Env>().post(
  `${templatesPath}/:organization/:template/drift/:preset/fixed`,
  signedIn,
  async (c) => {
    const { organization, template, preset: id } = c.req.param();
    const { actor, preset } = await readAsUser(c, { preset: findDriftPreset(id) }, { requires: toMarkDrift });
    await markDriftFixed(c.get("deps"), actor, preset[0]);
    return c.redirect(`${templatePath(organization, template)}#drift`, 303);
  },
);

interface DriftView {
  now: number;
  /** Whether there are buttons. */
  manages: boolean;
  /** The preset that is asked about. */
  asked: string | undefined;
}

/** Empty without claims. */
export function driftSection(
  of: TemplateRow,
  entries: readonly DriftEntry[],
  view: DriftView,
): Html | string {
  if (entries.length === 0) return "";
  return html`<h2 id="drift">Resources replaced on claim</h2>
    <p class="aside">
      Resources that Terraform destroyed and recreated when prebuilt workspaces were claimed.
      <a href="/docs/administration/templates/drift">Causes and fixes</a>
    </p>
    <ul class="items" role="list">
      ${entries.slice(0, entriesShown).map((entry) => oneEntry(of, entry, view))}
    </ul>`;
}

function oneEntry(of: TemplateRow, entry: DriftEntry, view: DriftView): Html {
  const { now } = view;
  const { version, preset, resources, remedy } = entry;
  const rest = resources.length - resourcesShown;
  return html`<li class="row">
    <h3>
      <a href="${versionPath(of.organizationName, of.name, version.name)}"
        >${version.name}${preset === null ? "" : `, ${preset.name}`}</a
      >
    </h3>
    <p class="tags">${version.isActive ? tag("active") : ""} ${driftTag(entry)}</p>
    <p>
      ${claimCounts(entry)}${entry.fixedAt === null ? "" : html`, since it was marked as fixed ${moment(entry.fixedAt, now)}`}
    </p>
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
                    <code>${resource}</code>: replaced in ${countLabel(claims, "claim")}${changedPaths(paths)}
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
    ${view.manages ? fixedForm(of, entry, view.asked) : ""}
    ${version.isActive ? remedy.notes.map((note) => html`<p class="answer plain">${note}</p>`) : ""}
  </li>`;
}

/** Asks first: what has been counted is no longer shown. */
function fixedForm(
  of: TemplateRow,
  { preset, affected }: DriftEntry,
  asked: string | undefined,
): Html | string {
  if (preset === null || affected === 0) return "";
  const page = templatePath(of.organizationName, of.name);
  if (preset.id !== asked)
    return html`<div class="entry">
      <a class="quiet" href="${page}?fixed=${preset.id}#drift">Mark as fixed</a>
    </div>`;
  return html`<form class="answer plain" method="post" action="${page}/drift/${preset.id}/fixed">
    <p>
      Mark ${preset.name} as fixed? Earlier claims no longer count. The next claim that replaces resources
      sends a new notification.
    </p>
    <button class="button primary" type="submit">Mark as fixed</button>
    <a class="button" href="${page}#drift">Cancel</a>
  </form>`;
}

const changedPaths = (paths: readonly string[]): Html | string =>
  paths.length === 0
    ? "; the plan names no attribute"
    : html`:
      ${paths.map((path, at) => html`${at === 0 ? "" : ", "}${path === "" ? "the whole resource" : html`<code>${path}</code>`}`)}
      changed`;

const driftTag = ({ claims, affected }: DriftEntry): Html | string =>
  affected > 0 ? tag("replaces resources") : claims > 0 ? tag("keeps resources") : "";

function claimCounts({ claims, affected }: DriftEntry): string {
  if (claims === 0) return "No claims yet";
  return affected === 0
    ? `${countLabel(claims, "claim")}, none replaced resources`
    : `${affected} of ${countLabel(claims, "claim")} replaced resources`;
}
