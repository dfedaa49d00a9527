// The notification settings page: each user enables and disables kinds of notification. Unsubscribe links without a token
// lead here and ask for confirmation.
import { Hono } from "hono";
import { html } from "./html.ts";
import {
  readAsUser,
  currentUserIdSql,
  authorizedUserIdSql,
  writeAsUser,
  type Ctx,
  type Env,
} from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { isAlwaysOn, findKind } from "../notifications/kinds/kinds.ts";
import {
  listKindPreferences,
  setPreferences,
  type KindPreference,
} from "../notifications/preferences/store/preferences.ts";
import { readFields } from "./form.ts";
import { respondWithPage, attributes, type Html } from "./layout.ts";
import { notificationSettingsPath, ownPath } from "./rules/links.ts";
import { settingsTabs } from "./components.ts";
import { signedIn } from "./session.ts";
import { timeZoneSection } from "./time-zone.ts";
import { findTimeZone } from "../accounts/store/time-zone.ts";
import type { NotificationsConfig } from "../config/config.ts";
import type { Channel } from "../notifications/channels/channel.ts";
import { findChannel, planChannels, type Method } from "../notifications/channels/index.ts";
import { findOwnActions } from "../notifications/preferences/store/own-actions.ts";
import { ownActionsSetting } from "./own-actions.ts";
import { chooseChannels } from "../notifications/outbox/rules/delivery-plan.ts";

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const notificationSettingsPages = new Hono<Env>()
  .get(notificationSettingsPath, signedIn, (c) => showSettings(c))
  .post(notificationSettingsPath, signedIn, async (c) => {
    const { to, disabled } = await readPreferences(c);
    const { choices } = await writeAsUser(
      c,
      [setPreferences(authorizedUserIdSql(c), disabled, c.get("deps").now())],
      {
        choices: listKindPreferences(currentUserIdSql(c)),
      },
    );
    const known = new Set(choices.map(({ id }) => id));
    if (Object.keys(disabled).some((id) => !known.has(id))) throw notFound("Kind of notification");
    return c.redirect(to, 303);
  });

/** A field for each kind that is to change, `on` or `off` by its id; the others stay. */
async function readPreferences(c: Ctx): Promise<{ to: string; disabled: Record<string, boolean> }> {
  const { to, ...switches } = await readFields(c);
  const disabled: Record<string, boolean> = {};
  for (const [id, value] of Object.entries(switches)) {
    if (!uuidShape.test(id) || (value !== "on" && value !== "off"))
      throw new ApiError(400, "Unknown form field. Reload the page and try again.");
    if (value === "off" && isAlwaysOn(id))
      throw new ApiError(400, "This kind of notification can't be disabled.");
    disabled[id] = value === "off";
  }
  return { to: ownPath(typeof to === "string" ? to : undefined) ?? notificationSettingsPath, disabled };
}

async function showSettings(c: Ctx) {
  const { notifications } = c.get("deps").config;
  const { actor, choices, ownActions, zone } = await readAsUser(c, {
    choices: listKindPreferences(currentUserIdSql(c)),
    ownActions: findOwnActions(currentUserIdSql(c)),
    zone: findTimeZone(currentUserIdSql(c)),
  });
  const facts: SettingsView = { choices, notifications, email: actor.email };
  const main = html`<section>
    <div class="head"><h1>Notification settings</h1></div>
    ${settingsTabs(notificationSettingsPath)}
    <p class="lead">Choose which notifications you get. Changes are saved immediately.</p>
    ${confirmation(facts, c.req.query("disabled"), c.req.query("saved"))} ${kindGroups(facts)}
    ${ownActionsSetting(ownActions[0]?.notify === true)} ${timeZoneSection(zone[0]?.timeZone ?? null)}
    <p class="spoken" id="announcer" role="status"></p>
  </section>`;
  return respondWithPage(c, {
    title: "Notification settings",
    actor,
    scripts: ["switches.js", "zone.js"],
    main,
  });
}

export interface SettingsView {
  choices: readonly KindPreference[];
  notifications: NotificationsConfig;
  /** The user's email address; may be empty. */
  email: string;
}

export const isEnabled = ({
  id,
  disabled,
  enabledByDefault,
}: Pick<KindPreference, "id" | "disabled" | "enabledByDefault">): boolean =>
  isAlwaysOn(id) || (disabled === null ? enabledByDefault : !disabled);

/** One form for each toggle: it works without scripts. */
function toggleForm(choices: readonly KindPreference[], on: boolean, to: string, button: Html): Html {
  return html`<form class="switching" method="post" action="${notificationSettingsPath}">
    ${choices.map(({ id }) => html`<input type="hidden" name="${id}" value="${on ? "on" : "off"}" />`)}
    <input type="hidden" name="to" value="${to}" />
    ${button}
  </form>`;
}

/** Asks to confirm a link with `disabled`, or reports what was saved. */
export function confirmation(
  { choices }: SettingsView,
  asked: string | undefined,
  saved: string | undefined,
): Html | string {
  const about = asked ?? saved;
  if (about === undefined) return "";
  const choice = choices.find(({ id }) => id === about);
  if (choice === undefined)
    return html`<p class="problem" role="alert">This link names an unknown kind of notification.</p>`;
  if (isAlwaysOn(choice.id))
    return html`<p class="note" role="status">
      “${choice.name}” can't be disabled: it protects your account.
    </p>`;
  if (asked !== undefined && isEnabled(choice)) return unsubscribeQuestion(choice);
  return html`<p class="note" role="status">
    “${choice.name}” is ${isEnabled(choice) ? "enabled" : "disabled"}. You can change it below.
  </p>`;
}

function unsubscribeQuestion(choice: KindPreference): Html {
  const { id, name } = choice;
  const button = html`<button class="button primary" type="submit">Unsubscribe</button>
    <a class="button" href="${notificationSettingsPath}">Cancel</a>`;
  return html`<div class="ask">
    <h2>Unsubscribe from “${name}”?</h2>
    <p>${findKind(id)?.about ?? ""} You will no longer get these notifications through any channel.</p>
    ${toggleForm([choice], false, `${notificationSettingsPath}?saved=${id}`, button)}
  </div>`;
}

export function kindGroups(facts: SettingsView): Html {
  const groups = Map.groupBy(facts.choices, ({ group }) => group);
  return html`<div id="kinds">
    ${[...groups].map(([group, choices], index) => kindGroup(group, choices, `g-${index}`, facts))}
  </div>`;
}

function kindGroup(group: string, choices: readonly KindPreference[], id: string, facts: SettingsView): Html {
  return html`<section class="group" aria-labelledby="${id}">
    <div class="bar">
      <h2 id="${id}">${group}</h2>
      ${groupToggle(choices, id)}
    </div>
    <ul class="kinds" role="list">
      ${choices.map((choice) => kind(choice, facts))}
    </ul>
  </section>`;
}

function groupToggle(group: readonly KindPreference[], id: string): Html | string {
  const choices = group.filter((choice) => !isAlwaysOn(choice.id));
  if (choices.length < 2) return "";
  const on = !choices.some(isEnabled);
  return toggleForm(
    choices,
    on,
    `${notificationSettingsPath}#${id}`,
    html`<button class="quiet" type="submit" id="all-${id}" aria-describedby="${id}">
      ${on ? "Enable" : "Disable"} all
    </button>`,
  );
}

function kind(choice: KindPreference, facts: SettingsView): Html {
  const { id, name, disabled, enabledByDefault } = choice;
  const on = isEnabled(choice);
  const button = html`<button
    class="toggle"
    type="submit"
    role="switch"
    id="s-${id}"
    aria-labelledby="k-${id}"
    aria-describedby="a-${id}"
    ${attributes({ "aria-checked": String(on) })}
  >
    <span class="track" aria-hidden="true"></span
    ><span class="toggle-label" aria-hidden="true">${on ? "On" : "Off"}</span>
  </button>`;
  return html`<li class="kind">
    <div class="description">
      <h3 id="k-${id}">${name}</h3>
      <p id="a-${id}">
        ${findKind(id)?.about ?? ""}
        ${disabled === null && !enabledByDefault ? html`<strong>Off by default.</strong>` : ""}
      </p>
      <p class="goes">${describeDelivery(choice, facts)}</p>
    </div>
    ${
      isAlwaysOn(id)
        ? html`<p class="always">Always on</p>`
        : choice.isDisabled
          ? html`<p class="always">Disabled by an owner</p>`
          : toggleForm([choice], !on, `${notificationSettingsPath}#k-${id}`, button)
    }
  </li>`;
}

/** The channels that deliver this kind, as a sentence. */
function describeDelivery(choice: KindPreference, { notifications, email }: SettingsView): string {
  const { defaultMethod, channels: settings } = notifications;
  const channels = chooseChannels({ template: choice, defaultMethod, channels: planChannels(settings) })
    .flatMap(([method]) => findChannel(method) ?? [])
    .toSorted((a, b) => Number(b.isLocal) - Number(a.isLocal));
  const problemOf = (channel: Channel<Method>) => {
    if (settings[channel.id] === undefined) return `${channel.label.toLowerCase()} is not configured`;
    return channel.unreachable({ email }) === undefined ? undefined : "your account has no email address";
  };
  const [working, failing] = [true, false].map((works) =>
    channels.filter((channel) => (problemOf(channel) === undefined) === works),
  );
  const sentences = [
    ...(working!.length === 0
      ? []
      : [`Delivered ${working!.map(({ destination }) => destination(email)).join(" and ")}.`]),
    ...failing!.map((channel) => `Not delivered ${channel.destination(undefined)}: ${problemOf(channel)}.`),
  ];
  return sentences.length === 0 ? "Not delivered: no channel is enabled." : sentences.join(" ");
}
