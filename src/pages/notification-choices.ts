// What owners choose about a kind of notification for everybody, on the page of its template: its channel, whether it is on by
// default, and whether anybody gets it, which asks first.
import { Hono } from "hono";
import { html } from "./html.ts";
import { minSeverities } from "../../db/schema.ts";
import { toMethods } from "../api/notification-choices.ts";
import { noteOfTemplate, onlyOwners } from "../api/notification-changes.ts";
import { readAsUser, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { channelLabel, channelName, kindMethods, type Method } from "../notifications/channels/index.ts";
import {
  chosenSeverity,
  findKind,
  isAlwaysOn,
  isOnlyByMail,
  kindTitle,
  severityOf,
} from "../notifications/kinds/kinds.ts";
import { methodsOf } from "../notifications/kinds/methods.ts";
import { changeChoices, type ChosenKind, type KindChoices } from "../notifications/texts/choices.ts";
import { findChoices } from "../notifications/texts/store/choices.ts";
import type { TemplateRow } from "../notifications/texts/store/templates.ts";
import { readForm } from "./form.ts";
import { attributes, type Html } from "./layout.ts";
import { question } from "./question.ts";
import { notificationTemplatePath, notificationTemplatesPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

export const notificationChoicePages = new Hono<Env>()
  .post(`${path}/:id/channel`, signedIn, async (c) => {
    const id = c.req.param("id");
    const { method } = await readForm(c, ["method"]);
    const { actor, kind } = await readAsUser(c, { kind: findChoices(id) }, { requires: onlyOwners });
    const change = { method: toMethods(readMethods(method)) };
    await changeChoices(c.get("deps"), kind, change, noteOfTemplate(c, actor, id));
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
  "severity-release": { change: { severity: null }, done: "severity" },
  ...Object.fromEntries(
    minSeverities.map((severity) => [`severity-${severity}`, { change: { severity }, done: "severity" }]),
  ),
};

/** Null for the default channel. */
function readMethods(text: string): string[] | null {
  if (text === "") return null;
  const methods = text.split(",");
  if (methods.some((method) => !kindMethods.some((one) => one === method)))
    throw new ApiError(400, "Unknown channel. Reload the page and try again.");
  return methods;
}

export const channelOf = (id: string, method: string | null, defaultMethod: Method | undefined): string =>
  isOnlyByMail(id)
    ? "Email only"
    : method === null
      ? `${defaultMethod === undefined ? "Inbox only" : channelLabel(defaultMethod)} (default)`
      : labelsOf(method);

const labelsOf = (method: string): string =>
  methodsOf(method)!
    .map((one) => channelLabel(one as Method))
    .join(" and ");

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
  return html`${channelForm(kind.id, template.method, defaultMethod)} ${severityForm(kind)}
  ${isAlwaysOn(kind.id) ? "" : html`${defaultForm(kind)} ${disableForm(kind)}`}`;
}

function severityForm(kind: ChosenKind): Html | string {
  if (isOnlyByMail(kind.id)) return "";
  const chosen = chosenSeverity(kind);
  const option = (value: string, label: string) =>
    html`<option value="severity-${value}" ${attributes({ selected: value === (chosen ?? "release") })}>
      ${label}
    </option>`;
  return html`<form class="inline" method="post" action="${notificationTemplatePath(kind.id)}/choices">
    <label for="severity">Severity</label>
    <select id="severity" name="choice">
      ${option("release", `Belfry's default (${severityOf({ id: kind.id })})`)}
      ${minSeverities.map((severity) => option(severity, `${severity.slice(0, 1).toUpperCase()}${severity.slice(1)}`))}
    </select>
    <button class="button" type="submit">Save severity</button>
  </form>`;
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

const external = kindMethods.filter((method) => method !== "inbox");

/** The inbox alone, and every set of the others. */
const channelSets: readonly string[] = [
  "inbox",
  ...Array.from({ length: 2 ** external.length - 1 }, (_, index) =>
    external.filter((_method, place) => ((index + 1) >> place) % 2 === 1).join(","),
  ),
];

function channelForm(id: string, chosen: string | null, defaultMethod: Method | undefined): Html | string {
  if (isOnlyByMail(id)) return "";
  const option = (value: string, label: string) =>
    html`<option value="${value}" ${value === (chosen ?? "") ? html` selected` : ""}>${label}</option>`;
  return html`<form class="inline" method="post" action="${notificationTemplatePath(id)}/channel">
    <label for="method">Channels besides the inbox</label>
    <select id="method" name="method">
      ${option("", `Default (${defaultMethod === undefined ? "inbox only" : channelName(defaultMethod)})`)}
      ${channelSets.map((methods) => option(methods, methods === "inbox" ? "None (inbox only)" : labelsOf(methods)))}
    </select>
    <button class="button" type="submit">Save channel</button>
  </form>`;
}
