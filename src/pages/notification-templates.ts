// The pages of notification templates: all kinds with their channels and defaults; one kind with its text, its versions and
// the differences between them. Owners edit, publish and roll back here; notification-template-edit.ts is the form.
import { Hono } from "hono";
import { html } from "./html.ts";
import { noteOfTemplate, onlyOwners } from "../api/notification-changes.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { aboutKind, byTitle, chosenSeverity, kindTitle, severityOf } from "../notifications/kinds/kinds.ts";
import { findChoices } from "../notifications/texts/store/choices.ts";
import { listTemplatesWithAuthors, type ListedTemplate } from "../notifications/texts/store/templates.ts";
import {
  activateVersion,
  requireTemplate,
  textReads,
  versionsOf,
  type Version,
} from "../notifications/texts/templates.ts";
import { channelOf, choiceForms, describeDefault } from "./notification-choices.ts";
import { breadcrumb, countLabel, factList, moment, tag } from "./components.ts";
import { readForm } from "./form.ts";
import type { Method } from "../notifications/channels/index.ts";
import { respondWithPage, type Html } from "./layout.ts";
import {
  comparison,
  eventChoice,
  previewPane,
  renderDraft,
  textOf,
  type EventChoice,
} from "./notification-text.ts";
import { deliveryPath, notificationTemplatePath, notificationTemplatesPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const listTitle = "Notification templates";
const crumbs = [{ title: "Delivery", page: deliveryPath }];

export const notificationTemplatePages = new Hono<Env>()
  .get(path, signedIn, (c) => showTemplates(c))
  .get(`${path}/:id`, signedIn, (c) => showTemplate(c, c.req.param("id")))
  .post(`${path}/:id/activate`, signedIn, async (c) => {
    const id = c.req.param("id");
    const { version } = await readForm(c, ["version"]);
    const { actor, ...read } = await readAsUser(c, textReads(id), { requires: onlyOwners });
    await activateVersion(c.get("deps"), read, Number(version), noteOfTemplate(c, actor, id));
    return c.redirect(`${notificationTemplatePath(id)}?done=activated`, 303);
  });

async function showTemplates(c: Ctx) {
  const { actor, templates } = await readAsUser(c, { templates: listTemplatesWithAuthors() });
  const { config, now: clock } = c.get("deps");
  const now = clock();
  const groups = Map.groupBy(templates, ({ group }) => group);
  const main = html`<section>
    ${breadcrumb(crumbs, listTitle)}
    <div class="head">
      <h1>${listTitle}</h1>
      <p class="count">${countLabel(templates.length, "kind")}</p>
    </div>
    ${[...groups].map(
      ([group, all]) =>
        html`<h2>${group}</h2>
          <ul class="items" role="list">
            ${all.toSorted(byTitle).map((template) => listed(template, now, config.notifications.defaultMethod))}
          </ul>`,
    )}
  </section>`;
  return respondWithPage(c, { title: listTitle, section: path, actor, main });
}

function listed(template: ListedTemplate, now: number, defaultMethod: Method | undefined): Html {
  const { id, name, method, enabledByDefault, isDisabled, version, origin, changedAt } = template;
  return html`<li class="row">
    <h3><a href="${notificationTemplatePath(id)}">${kindTitle(id, name)}</a></h3>
    <p class="tags">${isDisabled ? tag("disabled") : enabledByDefault ? "" : tag("off_by_default")}</p>
    <p>${aboutKind(id)}</p>
    <p class="seen">
      ${channelOf(id, method, defaultMethod)} · version ${version}
      ${origin === "seed" ? "" : html`by ${template.changedBy ?? "a deleted user"}, ${moment(changedAt, now)}`}
    </p>
  </li>`;
}

export const authorOf = ({ origin, createdBy }: Version): string =>
  origin === "seed" ? "Belfry" : (createdBy ?? "deleted user");

const notes: Record<string, string> = {
  activated: "This version is active. New notifications use it.",
  channel: "Channels changed.",
  severity: "Severity changed.",
  default: "Default changed.",
  disabled: "Disabled for everybody. Nobody gets this kind of notification.",
  enabled: "Enabled for everybody. New notifications of this kind are sent.",
  published: "Saved. This version is active; new notifications use it.",
  saved: "Draft saved. It is not used until you activate it.",
};

async function showTemplate(c: Ctx, id: string) {
  const { actor, ...read } = await readAsUser(c, { ...textReads(id), choices: findChoices(id) });
  const template = requireTemplate(read);
  const title = kindTitle(id, template.name);
  const { defaultMethod } = c.get("deps").config.notifications;
  const manages = hasPermission(actor, "deployment:manage");
  const now = c.get("deps").now();
  const versions = versionsOf(read);
  const active = versions.find((version) => version.active)!;
  const shown = versions.find(({ number }) => number === Number(c.req.query("version"))) ?? active;
  const choice = eventChoice(read, manages ? c.req.query("event") : undefined);
  const note = notes[c.req.query("done") ?? ""];
  const main = html`<section>
    ${breadcrumb([...crumbs, { title: listTitle, page: path }], title)}
    <div class="head">
      <h1>${title}</h1>
      ${template.isDisabled ? tag("disabled") : ""}
      ${manages ? html`<a class="button" href="${notificationTemplatePath(id)}/edit?version=${shown.number}">Edit</a>` : ""}
    </div>
    <p class="lead">${aboutKind(id)}</p>
    ${note === undefined ? "" : html`<p class="note" role="status">${note}</p>`}
    ${factList({
      Group: template.group,
      Channel: channelOf(id, template.method, defaultMethod),
      Severity: `${severityOf(read.choices[0]!)}${chosenSeverity(read.choices[0]!) === undefined ? "" : ", set by an owner"}`,
      "On by default": describeDefault(read.choices[0]!, template),
      "Active version": html`${active.number}, by ${authorOf(active)} ${moment(active.createdAt, now)}`,
    })}
    ${manages ? choiceForms(read.choices[0]!, template, c.req.query("ask"), defaultMethod) : ""}
    ${shown === active ? "" : changeTo(shown, active, { id, manages })}
    <h2>Preview of version ${shown.number}</h2>
    ${manages ? previewForm(choice, shown, now) : ""}
    ${previewPane(renderDraft(c.get("deps"), actor, read, { text: textOf(shown), choice }))}
    <h2 id="versions">Versions</h2>
    <ul class="items" role="list">
      ${versions.map((version) => oneVersion(id, version, shown, now))}
    </ul>
  </section>`;
  return respondWithPage(c, { title, section: path, actor, main });
}

/** With the differences in sight, a version is activated. */
function changeTo(shown: Version, active: Version, { id, manages }: { id: string; manages: boolean }): Html {
  const isOlder = shown.number < active.number;
  return html`<h2>Version ${active.number} (active) and version ${shown.number}</h2>
    ${comparison(textOf(active), textOf(shown), {
      old: `Version ${active.number}, active`,
      new: `Version ${shown.number}`,
    })}
    ${
      manages
        ? html`<form class="acts" method="post" action="${notificationTemplatePath(id)}/activate">
            <input type="hidden" name="version" value="${shown.number}" />
            <button class="button primary" type="submit">
              ${isOlder ? `Roll back to version ${shown.number}` : `Activate version ${shown.number}`}
            </button>
            <a class="button" href="${notificationTemplatePath(id)}">Cancel</a>
          </form>`
        : ""
    }`;
}

function previewForm(choice: EventChoice, shown: Version, now: number): Html {
  return html`<form class="inline" method="get">
    <input type="hidden" name="version" value="${shown.number}" />
    ${choice.field(now)}
    <button class="button" type="submit">Update preview</button>
  </form>`;
}

function oneVersion(id: string, version: Version, shown: Version, now: number): Html {
  const { number, active, offered } = version;
  return html`<li class="row">
    <h3>
      <a href="${notificationTemplatePath(id)}?version=${number}">Version ${number}</a>
    </h3>
    <p class="tags">
      ${active ? tag("active") : offered ? tag("new_default") : ""} ${version === shown ? tag("shown") : ""}
    </p>
    <p>${version.title}</p>
    <p class="seen">by ${authorOf(version)} ${moment(version.createdAt, now)}</p>
    ${offered ? html`<p class="answer plain">Belfry's new default text. Your edited version stays active; open this one to compare and activate it.</p>` : ""}
  </li>`;
}
