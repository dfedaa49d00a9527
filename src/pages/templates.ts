// The list of templates, and the pages of one template and one version.
import { Hono } from "hono";
import { html } from "./html.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { toParameter, toPresets } from "../api/preset-shape.ts";
import { notFound } from "../kernel/errors.ts";
import { driftOf, driftReads } from "../prebuilds/drift/drift.ts";
import {
  listPresetParameters,
  listPresets,
  listPresetSchedules,
  findVersionByName,
  versionIdByNameSql,
  listLatestVersions,
  listParameters,
} from "../workspaces/templates/store/versions.ts";
import {
  activeVersionIdSql,
  findTemplateByName,
  templateIdByNameSql,
  listTemplates,
  countTemplates,
} from "../workspaces/templates/store/templates.ts";
import type { SQL } from "../../db/client.ts";
import { driftSection } from "./template-drift.ts";
import { respondWithPage } from "./layout.ts";
import { breadcrumb, emptyPage, listSize, pages, readListFilter, totalLabel } from "./components.ts";
import { poolsPath, provisionerKeysPath, templatePath, templatesPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import {
  parameterList,
  presetList,
  templateFacts,
  templateHead,
  templateList,
  versionFacts,
  versionList,
} from "./template-view.ts";

const versionsShown = 50;

const poolsAside = () =>
  html`<p class="aside">
    Manage <a href="${poolsPath}">prebuilt workspaces</a> and
    <a href="${provisionerKeysPath}">provisioner keys</a>.
  </p>`;

export const templatePages = new Hono<Env>()
  .get(templatesPath, signedIn, async (c) => {
    const choice = readListFilter(c, templatesPath);
    const { actor, rows, total } = await readAsUser(c, {
      rows: listTemplates({ limit: listSize, offset: choice.offset }),
      total: countTemplates(choice),
    });
    const { count } = total[0]!;
    const main = html`<section>
      <div class="head">
        <h1>Templates</h1>
        <p class="count">${totalLabel(count, choice, "template")}</p>
      </div>
      ${rows.length === 0 && choice.offset > 0 ? emptyPage : templateList(rows)} ${pages(choice, count)}
      ${hasPermission(actor, "prebuilds:read") ? poolsAside() : ""}
    </section>`;
    return respondWithPage(c, { title: "Templates", actor, main });
  })
  .get(`${templatesPath}/:organization/:template`, signedIn, (c) => {
    const { organization, template } = c.req.param();
    return showTemplate(c, organization, template);
  })
  .get(`${templatesPath}/:organization/:template/versions/:version`, signedIn, (c) =>
    showVersion(c, c.req.param()),
  );

const presetReads = (versionId: SQL) => ({
  presets: listPresets(versionId),
  values: listPresetParameters(versionId),
  schedules: listPresetSchedules(versionId),
  parameters: listParameters(versionId),
});

async function showTemplate(c: Ctx, organization: string, name: string) {
  const now = c.get("deps").now();
  const id = templateIdByNameSql(organization, name);
  const { actor, template, versions, ...active } = await readAsUser(c, {
    template: findTemplateByName(organization, name),
    versions: listLatestVersions(id, versionsShown + 1),
    ...driftReads(id),
    ...presetReads(activeVersionIdSql(id)),
  });
  const [row] = template;
  if (row === undefined) throw notFound("Template");
  const main = html`<section>
    ${breadcrumb([{ title: "Templates", page: templatesPath }], row.name)} ${templateHead(row)}
    ${templateFacts(row, now)} ${presetList(toPresets(active), "Presets")}
    ${hasPermission(actor, "prebuilds:read") ? driftSection(row, driftOf(active), { now, manages: hasPermission(actor, "templates:manage"), asked: c.req.query("fixed") }) : ""}
    ${versionList(row, versions, versionsShown, now)}
  </section>`;
  return respondWithPage(c, { title: row.name, section: templatesPath, actor, main });
}

async function showVersion(c: Ctx, names: { organization: string; template: string; version: string }) {
  const id = templateIdByNameSql(names.organization, names.template);
  const { actor, template, version, ...inside } = await readAsUser(c, {
    template: findTemplateByName(names.organization, names.template),
    version: findVersionByName(id, names.version),
    ...presetReads(versionIdByNameSql(id, names.version)),
  });
  const [of] = template;
  const [row] = version;
  if (of === undefined || row === undefined) throw notFound("Template version");
  const crumbs = [
    { title: "Templates", page: templatesPath },
    { title: of.name, page: templatePath(of.organizationName, of.name) },
  ];
  const main = html`<section>
    ${breadcrumb(crumbs, row.name)} ${versionFacts(of, row, c.get("deps").now())}
    ${parameterList(inside.parameters.map(toParameter))} ${presetList(toPresets(inside), "Presets")}
  </section>`;
  return respondWithPage(c, { title: `${of.name} ${row.name}`, section: templatesPath, actor, main });
}
