// HTML of the notification settings: the kinds by group, each with a toggle, or with one for each of its channels.
import { html } from "./html.ts";
import type { NotificationsConfig } from "../config/config.ts";
import type { Channel } from "../notifications/channels/channel.ts";
import { aboutKind, byTitle, isAlwaysOn, kindTitle } from "../notifications/kinds/kinds.ts";
import {
  channelChoices,
  isEnabled,
  type ChannelChoice,
  type Reachable,
} from "../notifications/preferences/channel-choices.ts";
import type { KindPreference } from "../notifications/preferences/store/preferences.ts";
import { attributes, type Html } from "./layout.ts";
import { question } from "./question.ts";
import { notificationSettingsPath } from "./rules/links.ts";

export interface SettingsView extends Reachable {
  choices: readonly KindPreference[];
  notifications: NotificationsConfig;
  /** The user has a digest. */
  hasDigest: boolean;
}

/** One form for each toggle: it works without scripts. `names` are of kinds, or of a channel of one. */
export const toggleForm = (names: readonly string[], on: boolean, to: string, button: Html): Html =>
  choiceForm(names, on ? "on" : "off", to, button);

function choiceForm(names: readonly string[], value: string, to: string, button: Html): Html {
  return html`<form class="switching" method="post" action="${notificationSettingsPath}">
    ${names.map((name) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <input type="hidden" name="to" value="${to}" />
    ${button}
  </form>`;
}

/** Whether a choice of the user differs from the defaults. */
const isChanged = ({ disabled, disabledMethods, addedMethods, enabledByDefault }: KindPreference): boolean =>
  disabled !== null && (disabled === enabledByDefault || disabledMethods !== "[]" || addedMethods !== "[]");

/** Asks before it resets. */
export const resetSection = (choices: readonly KindPreference[], isAsked: boolean): Html | string =>
  isAsked
    ? question({
        title: "Reset all kinds to the defaults?",
        text: "Your choices of kinds and channels are lost. Quiet hours and mutes stay.",
        action: `${notificationSettingsPath}/reset`,
        label: "Reset",
        back: notificationSettingsPath,
        fields: {},
      })
    : choices.some(isChanged)
      ? html`<p><a href="${notificationSettingsPath}?reset">Reset to defaults</a></p>`
      : "";

export function kindGroups(facts: SettingsView): Html {
  const groups = Map.groupBy(facts.choices, ({ group }) => group);
  return html`<div id="kinds">
    ${[...groups].map(([group, choices], index) => kindGroup(group, choices.toSorted(byTitle), `g-${index}`, facts))}
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
    choices.map((choice) => choice.id),
    on,
    `${notificationSettingsPath}#${id}`,
    html`<button class="quiet" type="submit" id="all-${id}" aria-describedby="${id}">
      Turn ${on ? "on" : "off"} all
    </button>`,
  );
}

const toggle = (id: string, on: boolean, labelledBy: string, about: string): Html =>
  html`<button
    class="toggle"
    type="submit"
    role="switch"
    id="${id}"
    aria-labelledby="${labelledBy}"
    aria-describedby="${about}"
    ${attributes({ "aria-checked": String(on) })}
  >
    <span class="track" aria-hidden="true"></span
    ><span class="toggle-label" aria-hidden="true">${on ? "On" : "Off"}</span>
  </button>`;

function kind(choice: KindPreference, facts: SettingsView): Html {
  const { id, name, disabled, enabledByDefault } = choice;
  const channels = channelChoices(choice, facts.notifications, facts);
  return html`<li class="kind">
    <div class="description">
      <h3 id="k-${id}">${kindTitle(id, name)}</h3>
      <p id="a-${id}">
        ${aboutKind(id)}
        ${disabled === null && !enabledByDefault ? html`<strong>Off by default.</strong>` : ""}
      </p>
      ${isSaidBySwitches(channels) && !isAlwaysOn(id) ? "" : html`<p class="goes">${describeDelivery(channels, facts)}</p>`}
    </div>
    ${
      isAlwaysOn(id)
        ? html`<p class="always">Always on</p>`
        : choice.isDisabled
          ? html`<p class="always">Disabled for everybody</p>`
          : switches(choice, channels, facts)
    }
  </li>`;
}

const isWorking = ({ problem }: ChannelChoice) => problem === undefined;

const isSaidBySwitches = (channels: readonly ChannelChoice[]): boolean =>
  channels.length > 1 && channels.every(isWorking);

/** One for each channel where there are several, otherwise one for the kind. */
function switches(
  choice: KindPreference,
  channels: readonly ChannelChoice[],
  { hasDigest }: Pick<SettingsView, "hasDigest">,
): Html {
  const { id } = choice;
  const to = `${notificationSettingsPath}#k-${id}`;
  const working = channels.filter(isWorking);
  if (working.length < 2) {
    const on = isEnabled(choice);
    return toggleForm([id], !on, to, toggle(`s-${id}`, on, `k-${id}`, `a-${id}`));
  }
  return html`<ul class="by-channel" role="list">
    ${working.map(({ channel, isEnabled: on, isDefault, inDigest }) => {
      const label = `c-${id}-${channel.id}`;
      const button = toggle(`s-${id}-${channel.id}`, on, `${label} k-${id}`, `a-${id}`);
      return html`<li>
        <span id="${label}">${channel.label}</span>
        ${toggleForm([`${id}/${channel.id}`], !on, to, button)}
        ${on && hasDigest && channel.id === "smtp" ? digestForm(id, inDigest, to) : ""}
        ${on === isDefault ? "" : html`<span class="default">Default: ${isDefault ? "on" : "off"}</span>`}
      </li>`;
    })}
  </ul>`;
}

/** The page's button says what is: a press changes it. */
const digestForm = (id: string, inDigest: boolean, to: string): Html =>
  choiceForm(
    [`${id}/smtp`],
    inDigest ? "single" : "digest",
    to,
    html`<button
      class="quiet"
      type="submit"
      id="d-${id}"
      aria-describedby="k-${id}"
      ${attributes({ "aria-pressed": String(inDigest) })}
    >
      ${inDigest ? "In digest" : "Add to digest"}
    </button>`,
  );

const problems = {
  "not configured": ({ label }: Pick<Channel, "label">) => `${label.toLowerCase()} is not configured`,
  "no address": () => "your account has no email address",
};

/** The channels that deliver this kind, as a sentence. */
function describeDelivery(channels: readonly ChannelChoice[], { email }: SettingsView): string {
  const working = channels.filter(isWorking);
  // A kind that is disabled altogether says how it would be delivered.
  const on = working.filter((channel) => channel.isEnabled);
  const used = on.length > 0 ? on : working.filter(({ isOfDeployment }) => isOfDeployment);
  const sentences = [
    ...(used.length === 0
      ? []
      : [`Delivered ${used.map(({ channel }) => channel.destination(email)).join(" and ")}.`]),
    ...channels.flatMap(({ channel, problem }) =>
      problem === undefined
        ? []
        : [`Not delivered ${channel.destination(undefined)}: ${problems[problem](channel)}.`],
    ),
  ];
  return sentences.length === 0 ? "Not delivered: no channel is on." : sentences.join(" ");
}
