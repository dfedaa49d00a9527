// What owners choose about a kind of notification for everybody, on the page of its template: its channel, whether it is on by
// default, and whether anybody gets it, which asks first.
import { Hono } from "hono";
import { html } from "./html.ts";
import { noteOfTemplate, onlyOwners } from "../api/notification-changes.ts";
import { readAsUser, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { channelLabel, channelName, kindMethods, type Method } from "../notifications/channels/index.ts";
import { findKind, isAlwaysOn, isOnlyByMail, kindTitle } from "../notifications/kinds/kinds.ts";
import { changeChoices, type ChosenKind, type KindChoices } from "../notifications/texts/choices.ts";
import { findChoices } from "../notifications/texts/store/choices.ts";
import type { TemplateRow } from "../notifications/texts/store/templates.ts";
import { changeMethod, templateReads } from "../notifications/texts/templates.ts";
import { readForm } from "./form.ts";
import { attributes, type Html } from "./layout.ts";
import { question } from "./question.ts";
import { notificationTemplatePath, notificationTemplatesPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

export const notificationChoicePages = new Hono<Env>()
  .post(`${path}/:id/channel`, signedIn, async (c) => {
    const id = c.req.param("id");
    const { method } = await readForm(c, ["method"]);
    const { actor, ...read } = await readAsUser(c, templateReads(id), { requires: onlyOwners });
    await changeMethod(c.get("deps"), read, readMethod(method), noteOfTemplate(c, actor, id));
    return c.redirect(`${notificationTemplatePath(id)}?done=channel`, 303);
  })
  .post(`${path}/:id/choices`, signedIn, async (c) => {
    const id = c.req.param("id");
    const { choice } = await readForm(c, ["choice"]);
    const { actor, kind } = await readAsUser(c, { kind: findChoices(id) }, { requires: onlyOwners });
    const wanted = Object.hasOwn(choices, choice) ? choices[choice] : undefined;
    if (wanted === undefined) throw new ApiError(400, "Unknown choice. Reload the page and try again.");
    await changeChoices(c.get("deps"), kind, wanted.change, noteOfTemplate(c, actor, id));
    return c.redirect(`${notificationTemplatePath(id)}?done=${wanted.done}`, 303);
  });

const choices: Record<string, { change: KindChoices; done: string }> = {
  release: { change: { defaultChoice: null }, done: "default" },
  on: { change: { defaultChoice: true }, done: "default" },
  off: { change: { defaultChoice: false }, done: "default" },
  disable: { change: { isDisabled: true }, done: "disabled" },
  enable: { change: { isDisabled: false }, done: "enabled" },
};

/** Null for the default channel. */
function readMethod(text: string): Method | null {
  if (text === "") return null;
  const method = kindMethods.find((one) => one === text);
  if (method === undefined) throw new ApiError(400, "Unknown channel. Reload the page and try again.");
  return method;
}

export const channelOf = (id: string, method: string | null, defaultMethod: Method | undefined): string =>
  isOnlyByMail(id)
    ? "Email only"
    : method === null
      ? `${defaultMethod === undefined ? "Inbox only" : channelLabel(defaultMethod)} (default)`
      : channelLabel(method);

export function describeDefault(
  { id, defaultChoice, isDisabled }: ChosenKind,
  { enabledByDefault }: Pick<TemplateRow, "enabledByDefault">,
): string {
  if (isAlwaysOn(id)) return "Always on";
  if (isDisabled) return "Disabled for everybody";
  return `${enabledByDefault ? "Yes" : "No"}${defaultChoice === null ? "" : ", set by an owner"}`;
}

export function choiceForms(
  kind: ChosenKind,
  template: TemplateRow,
  asked: string | undefined,
  defaultMethod: Method | undefined,
): Html {
  if (asked === "disable" && !kind.isDisabled && !isAlwaysOn(kind.id)) return disableQuestion(kind);
  return html`${channelForm(kind.id, template.method, defaultMethod)}
  ${isAlwaysOn(kind.id) ? "" : html`${defaultForm(kind)} ${disableForm(kind)}`}`;
}

function defaultForm({ id, defaultChoice }: ChosenKind): Html {
  const shipped = findKind(id)?.enabledByDefault === true ? "on" : "off";
  const chosen = defaultChoice === null ? "release" : defaultChoice ? "on" : "off";
  const option = (value: string, label: string) =>
    html`<option value="${value}" ${attributes({ selected: value === chosen })}>${label}</option>`;
  return html`<form class="inline" method="post" action="${notificationTemplatePath(id)}/choices">
    <label for="choice">Default for users who haven't changed this setting</label>
    <select id="choice" name="choice">
      ${option("release", `Belfry's default (${shipped})`)} ${option("on", "On")} ${option("off", "Off")}
    </select>
    <button class="button" type="submit">Save default</button>
  </form>`;
}

const disableForm = ({ id, isDisabled }: ChosenKind): Html =>
  isDisabled
    ? html`<form class="inline" method="post" action="${notificationTemplatePath(id)}/choices">
        <input type="hidden" name="choice" value="enable" />
        <button class="button primary" type="submit">Enable for everybody again</button>
      </form>`
    : html`<p>
        <a class="button" href="${notificationTemplatePath(id)}?ask=disable">Disable for everybody</a>
      </p>`;

const disableQuestion = ({ id, name }: ChosenKind): Html =>
  question({
    title: `Disable “${kindTitle(id, name)}” for everybody?`,
    text: "Nobody will get these notifications, regardless of personal settings. Pending ones are discarded.",
    action: `${notificationTemplatePath(id)}/choices`,
    label: "Disable",
    back: notificationTemplatePath(id),
    fields: { choice: "disable" },
  });

function channelForm(id: string, chosen: string | null, defaultMethod: Method | undefined): Html | string {
  if (isOnlyByMail(id)) return "";
  const option = (value: string, label: string) =>
    html`<option value="${value}" ${value === (chosen ?? "") ? html` selected` : ""}>${label}</option>`;
  return html`<form class="inline" method="post" action="${notificationTemplatePath(id)}/channel">
    <label for="method">Additional channel</label>
    <select id="method" name="method">
      ${option("", `Default (${defaultMethod === undefined ? "inbox only" : channelName(defaultMethod)})`)}
      ${kindMethods.map((method) => option(method, method === "inbox" ? "None (inbox only)" : channelLabel(method)))}
    </select>
    <button class="button" type="submit">Save channel</button>
  </form>`;
}
