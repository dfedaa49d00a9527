// How the kinds of notification look, with their switches, and the question whether to switch one off.
import { html } from "hono/html";
import type { Method } from "../../db/schema.ts";
import type { NotificationsConfig } from "../config/config.ts";
import { aboutKind } from "../notifications/kinds/rules/about.ts";
import { methodsOf } from "../notifications/outbox/rules/delivery-plan.ts";
import { isAlwaysOn } from "../notifications/kinds/rules/special-kinds.ts";
import type { Choice } from "../notifications/preferences/store/choices.ts";
import { attributes, type Html } from "./layout.ts";

export const choicesPath = "/settings/notifications";

export interface ChoicesFacts {
  choices: readonly Choice[];
  notifications: NotificationsConfig;
  /** Where this person's mail goes. */
  email: string;
}

export const isOn = ({
  id,
  disabled,
  enabledByDefault,
}: Pick<Choice, "id" | "disabled" | "enabledByDefault">): boolean =>
  isAlwaysOn(id) || (disabled === null ? enabledByDefault : !disabled);

/** One form for a switch, so that it works without scripts. */
function switchForm(choices: readonly Choice[], on: boolean, to: string, button: Html): Html {
  return html`<form class="switching" method="post" action="${choicesPath}">
    ${choices.map(({ id }) => html`<input type="hidden" name="${id}" value="${on ? "on" : "off"}" />`)}
    <input type="hidden" name="to" value="${to}" />
    ${button}
  </form>`;
}

/** What a link with `disabled` asks, and what pressing its button has done. */
export function confirmation(
  { choices }: ChoicesFacts,
  asked: string | undefined,
  saved: string | undefined,
): Html | string {
  const about = asked ?? saved;
  if (about === undefined) return "";
  const choice = choices.find(({ id }) => id === about);
  if (choice === undefined)
    return html`<p class="problem" role="alert">The link names a kind of notification that is not here.</p>`;
  if (isAlwaysOn(choice.id))
    return html`<p class="note" role="status">
      “${choice.name}” is always on: it is how you keep your account.
    </p>`;
  if (asked !== undefined && isOn(choice)) return question(choice);
  return html`<p class="note" role="status">
    “${choice.name}” is switched ${isOn(choice) ? "on" : "off"}. You can change it below at any time.
  </p>`;
}

function question(choice: Choice): Html {
  const { id, key, name } = choice;
  const button = html`<button class="button primary" type="submit">Switch off</button>
    <a class="button" href="${choicesPath}">Keep it</a>`;
  return html`<div class="ask">
    <h2>Switch off “${name}”?</h2>
    <p>
      ${aboutKind(key) ?? ""} After that nothing of this kind reaches you any more, in your inbox or
      elsewhere.
    </p>
    ${switchForm([choice], false, `${choicesPath}?saved=${id}`, button)}
  </div>`;
}

export function kinds(facts: ChoicesFacts): Html {
  const groups = Map.groupBy(facts.choices, ({ group }) => group);
  return html`<div id="kinds">
    ${[...groups].map(([group, choices], index) => kindGroup(group, choices, `g-${index}`, facts))}
  </div>`;
}

function kindGroup(group: string, choices: readonly Choice[], id: string, facts: ChoicesFacts): Html {
  return html`<section class="group" aria-labelledby="${id}">
    <div class="bar">
      <h2 id="${id}">${group}</h2>
      ${wholeGroup(choices, id)}
    </div>
    <ul class="kinds" role="list">
      ${choices.map((choice) => kind(choice, facts))}
    </ul>
  </section>`;
}

function wholeGroup(group: readonly Choice[], id: string): Html | string {
  const choices = group.filter((choice) => !isAlwaysOn(choice.id));
  if (choices.length < 2) return "";
  const on = !choices.some(isOn);
  return switchForm(
    choices,
    on,
    `${choicesPath}#${id}`,
    html`<button class="quiet" type="submit" id="all-${id}" aria-describedby="${id}">
      Switch all ${on ? "on" : "off"}
    </button>`,
  );
}

function kind(choice: Choice, facts: ChoicesFacts): Html {
  const { id, key, name, disabled, enabledByDefault } = choice;
  const on = isOn(choice);
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
    ><span class="state-word" aria-hidden="true">${on ? "On" : "Off"}</span>
  </button>`;
  return html`<li class="kind">
    <div class="words">
      <h3 id="k-${id}">${name}</h3>
      <p id="a-${id}">
        ${aboutKind(key) ?? ""}
        ${disabled === null && !enabledByDefault ? html`<strong>Off unless you switch it on.</strong>` : ""}
      </p>
      <p class="goes">${destination(choice, facts)}</p>
    </div>
    ${
      isAlwaysOn(id)
        ? html`<p class="always">Always on</p>`
        : switchForm([choice], !on, `${choicesPath}#k-${id}`, button)
    }
  </li>`;
}

/** Where it goes, in words. */
function destination(choice: Choice, { notifications, email }: ChoicesFacts): string {
  const { defaultMethod, inboxEnabled, mail, webhook } = notifications;
  const words: Record<Method, string> = {
    inbox: "to your inbox",
    smtp:
      mail === undefined
        ? "by mail, which is not set up here"
        : `by mail to ${email || "nobody: you have no address"}`,
    webhook: webhook === undefined ? "to the webhook, which is not set up here" : "to the webhook",
  };
  const ways = methodsOf({ template: choice, defaultMethod, inboxEnabled })
    .map(([method]) => method)
    .toSorted((a, b) => Number(b === "inbox") - Number(a === "inbox"));
  if (ways.length === 0) return "Goes nowhere: every way is off here.";
  return `Goes ${ways.map((method) => words[method]).join(" and ")}.`;
}
