// Editing a notification template: a form with a preview. The text is validated as the API does; publishing stores it as a new
// version and activates it.
import { Hono } from "hono";
import { html } from "./html.ts";
import type { Action } from "../../db/schema.ts";
import { noteOfTemplate, onlyOwners, toReader } from "../api/notification-changes.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { kindTitle } from "../notifications/kinds/kinds.ts";
import type { TemplateText } from "../notifications/texts/rules/render.ts";
import {
  activateVersion,
  addVersion,
  requireTemplate,
  textReads,
  versionsOf,
  type TextAnswers,
} from "../notifications/texts/templates.ts";
import { breadcrumb } from "./components.ts";
import { readFields } from "./form.ts";
import { attributes, respondWithPage, type Html } from "./layout.ts";
import { eventChoice, previewPane, renderDraft, textOf, type EventChoice } from "./notification-text.ts";
import { deliveryPath, notificationTemplatePath, notificationTemplatesPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

/** Rows of the form; an empty one is no button. */
const maxButtons = 4;

export const notificationTemplateEditPages = new Hono<Env>()
  .get(`${path}/:id/edit`, signedIn, async (c) => {
    const { actor, ...read } = await readAsUser(c, textReads(c.req.param("id")), { requires: onlyOwners });
    requireTemplate(read);
    const versions = versionsOf(read);
    const wanted = versions.find(({ number }) => number === Number(c.req.query("version")));
    const text = textOf(wanted ?? versions.find(({ active }) => active)!);
    return showForm(c, actor, read, { text, choice: eventChoice(read, c.req.query("event")) });
  })
  .post(`${path}/:id/edit`, signedIn, async (c) => {
    const id = c.req.param("id");
    const sent = await readFields(c);
    const { actor, ...read } = await readAsUser(c, textReads(id), { requires: onlyOwners });
    requireTemplate(read);
    const draft = { text: textFrom(sent), choice: eventChoice(read, textField(sent, "event")) };
    const act = textField(sent, "act");
    // Nothing was asked that could fail.
    if (act !== "save" && act !== "publish") return showForm(c, actor, read, draft);
    const note = noteOfTemplate(c, actor, id);
    const deps = c.get("deps");
    try {
      const { version } = await addVersion(deps, toReader(actor), read, draft.text, note);
      if (act === "save")
        return c.redirect(`${notificationTemplatePath(id)}?version=${version.number}&done=saved`, 303);
      const versions = [version, ...read.versions];
      await activateVersion(deps, { ...read, versions }, version.number, note);
      return c.redirect(`${notificationTemplatePath(id)}?done=published`, 303);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
      return showForm(c, actor, read, draft, 400);
    }
  });

const textField = (sent: Record<string, unknown>, name: string): string => {
  const value = sent[name];
  // Browsers send the line ends of networks.
  return typeof value === "string" ? value.replaceAll("\r\n", "\n") : "";
};

function textFrom(sent: Record<string, unknown>): TemplateText {
  const buttons = Object.keys(sent).flatMap((name) => /^label-(\d{1,2})$/.exec(name)?.[1] ?? []);
  const actions = buttons
    .toSorted((a, b) => Number(a) - Number(b))
    .map((index): Action => ({
      label: textField(sent, `label-${index}`).trim(),
      url: textField(sent, `url-${index}`).trim(),
    }))
    .filter(({ label, url }) => label !== "" || url !== "");
  return { title: textField(sent, "title").trim(), body: textField(sent, "body").trimEnd(), actions };
}

interface Draft {
  text: TemplateText;
  choice: EventChoice;
}

function showForm(c: Ctx, actor: Actor, read: TextAnswers, draft: Draft, status = 200) {
  const { id, ...template } = requireTemplate(read);
  const name = kindTitle(id, template.name);
  const shown = renderDraft(c.get("deps"), actor, read, draft);
  const error = shown instanceof ApiError ? shown : undefined;
  const now = c.get("deps").now();
  const crumbs = [
    { title: "Delivery", page: deliveryPath },
    { title: "Notification templates", page: path },
    { title: name, page: notificationTemplatePath(id) },
  ];
  const main = html`<section>
    ${breadcrumb(crumbs, "Edit")}
    <div class="head"><h1>Edit ${name}</h1></div>
    <div class="editing">
      <form class="sheet" id="text" method="post" action="${notificationTemplatePath(id)}/edit">
        ${textFields(draft.text, error)}
        <div class="field">${draft.choice.field(now)}</div>
        <div class="acts">
          <button class="button" type="submit" name="act" value="preview">Preview</button>
          <button class="button" type="submit" name="act" value="save">Save draft version</button>
          <button class="button primary" type="submit" name="act" value="publish">Save and activate</button>
          <a class="quiet" href="${notificationTemplatePath(id)}">Cancel</a>
        </div>
      </form>
      <div class="beside">
        <h2>Preview</h2>
        ${previewPane(shown)} ${variables(read)}
      </div>
    </div>
  </section>`;
  const page = { title: `Edit ${name}`, section: path, actor, main };
  return respondWithPage(c, { ...page, scripts: ["preview.js"], shape: "wide" }, status);
}

const variables = ({ sample }: Pick<TextAnswers, "sample">): Html =>
  html`<p class="aside">
    Variables: ${labelsOf(sample[0]!.sample).map((label) => html`<code>labels.${label}</code> `)}
    <code>user.name</code> <code>base_url</code>.
    <a href="/docs/administration/monitoring/notifications/templates">Template syntax</a>
  </p>`;

const labelsOf = (sample: string): string[] =>
  Object.keys((JSON.parse(sample) as { labels: Record<string, string> }).labels);

function textFields({ title, body, actions }: TemplateText, error: ApiError | undefined): Html {
  const rows = Array.from({ length: Math.max(maxButtons, actions.length) }, (_, at) => at);
  return html`${area({ name: "title", field: "title_template", label: "Title", value: title, rows: 2 }, error)}
    ${area({ name: "body", field: "body_template", label: "Body, in Markdown", value: body, rows: 16 }, error)}
    <fieldset class="buttons">
      <legend>Buttons</legend>
      ${problemsAt("actions", error)}
      ${rows.map(
        (at) =>
          html`<div class="pair">
            ${line({ name: `label-${at}`, field: `actions.${at}.label`, label: `Label of button ${at + 1}`, value: actions[at]?.label ?? "" }, error)}
            ${line({ name: `url-${at}`, field: `actions.${at}.url`, label: `Link of button ${at + 1}`, value: actions[at]?.url ?? "" }, error)}
          </div>`,
      )}
    </fieldset>`;
}

interface TextField {
  name: string;
  /** As in the API's errors. */
  field: string;
  label: string;
  value: string;
}

const detailsOf = (field: string, error: ApiError | undefined) =>
  (error?.validations ?? []).filter((one) => one.field === field).map(({ detail }) => detail);

const problemsAt = (field: string, error: ApiError | undefined): Html[] =>
  detailsOf(field, error).map((detail) => html`<p class="wrong" id="${field}-error">${detail}</p>`);

const stateOf = ({ name, field }: TextField, error: ApiError | undefined) => {
  const isWrong = detailsOf(field, error).length > 0;
  return attributes({
    id: name,
    name,
    spellcheck: "false",
    autocomplete: "off",
    "aria-invalid": isWrong ? "true" : undefined,
    "aria-describedby": isWrong ? `${field}-error` : undefined,
  });
};

const area = (one: TextField & { rows: number }, error: ApiError | undefined): Html =>
  html`<div class="field">
    <label for="${one.name}">${one.label}</label>
    <textarea${stateOf(one, error)} rows="${one.rows}">
${one.value}</textarea>
    ${problemsAt(one.field, error)}
  </div>`;

const line = (one: TextField, error: ApiError | undefined): Html =>
  html`<div class="field">
    <label for="${one.name}">${one.label}</label>
    <input type="text" ${stateOf(one, error)} value="${one.value}" autocapitalize="none" />
    ${problemsAt(one.field, error)}
  </div>`;
