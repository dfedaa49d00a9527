// HTML of rules: the list in its order, the forms, and one rule. The deployment's and one's own look alike.
import { channelName } from "../notifications/channels/index.ts";
import type { ViewedRule } from "../notifications/routing/view.ts";
import { countLabel, factList, tag } from "./components.ts";
import { fields, problem } from "./form.ts";
import { givenOfRule, ruleFields, type Failed, type Scope } from "./rule-form.ts";
import { attributes, html } from "./html.ts";
import type { Html } from "./layout.ts";
import { question } from "./question.ts";
import { ownRulesPath } from "./rules/links.ts";

export const rulePath = ({ base }: Scope, name: string): string => `${base}/${encodeURIComponent(name)}`;

/** What it does, in words. */
export function effectOf({ actions, receivers, escalateTo, continues }: ViewedRule): string {
  const { suppress, channels, delayMs, digest, escalate } = actions;
  const only = (what: string, names: readonly string[]) =>
    `${what}: ${names.length === 0 ? "none" : names.join(", ")}`;
  const words = [
    ...(suppress === true ? ["notify nobody"] : []),
    ...(channels === undefined ? [] : [only("channels", channels.map(channelName))]),
    ...(receivers === null ? [] : [only("receivers", receivers)]),
    ...(delayMs === undefined ? [] : [`delayed by ${describeDelay(delayMs)}`]),
    ...(digest === undefined ? [] : [`emails in the ${digest} digest`]),
    ...(escalate === undefined
      ? []
      : [`escalates after ${describeDelay(escalate.afterMs)} to ${escalateTo!.join(", ")}`]),
    ...(continues ? ["the rules after it are asked, too"] : []),
  ];
  const text = words.join("; ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** In the largest unit that is whole. */
function describeDelay(ms: number): string {
  const unit = units.find(([, length]) => ms % length === 0);
  return unit === undefined ? countLabel(ms / 1_000, "second") : countLabel(ms / unit[1], unit[0]);
}

export const ruleList = (scope: Scope, rules: readonly ViewedRule[], manages: boolean): Html =>
  rules.length === 0
    ? html`<div class="empty"><p>No rules yet.</p></div>`
    : html`<ol class="items people rules" role="list">
        ${rules.map((rule, at) => listed(scope, rule, { at, last: rules.length - 1, manages }))}
      </ol>`;

const listed = (
  scope: Scope,
  rule: ViewedRule,
  { at, last, manages }: { at: number; last: number; manages: boolean },
): Html =>
  html`<li class="person">
    <h2>${at + 1}. <a href="${rulePath(scope, rule.name)}">${rule.name}</a></h2>
    <p class="tags">${rule.isEnabled ? "" : tag("disabled")}</p>
    <div>
      <p><code>${rule.filter ?? "all events"}</code></p>
      <p>${effectOf(rule)}</p>
      ${rule.problems.map((text) => html`<p class="wrong">${text}</p>`)}
    </div>
    ${
      manages && last > 0
        ? html`<form class="seen" method="post" action="${rulePath(scope, rule.name)}/move">
            ${at === 0 ? "" : moveButton("Up", rule.name, at)}
            ${at === last ? "" : moveButton("Down", rule.name, at + 2)}
          </form>`
        : ""
    }
  </li>`;

const moveButton = (label: string, name: string, position: number): Html =>
  html`<button class="quiet" type="submit" name="position" value="${position}" aria-label="${label}: ${name}">
    ${label}
  </button>`;

export function creationForm(scope: Scope, failed: Failed | undefined): Html {
  const form = ruleFields(scope, failed?.given ?? {});
  return html`<details class="adding" ${attributes({ open: failed !== undefined })}>
    <summary class="button">Create a rule</summary>
    <form class="sheet" method="post" action="${scope.base}">
      <h2>Create a rule</h2>
      ${problem(failed?.error, form)} ${fields(form, failed?.error)}
      <button class="button primary" type="submit">Create rule</button>
    </form>
  </details>`;
}

export function changeForm(scope: Scope, rule: ViewedRule, failed: Failed | undefined): Html {
  const form = ruleFields(scope, failed?.given ?? givenOfRule(rule));
  return html`<form class="sheet" method="post" action="${rulePath(scope, rule.name)}/change">
    <h2>Change</h2>
    ${problem(failed?.error, form)} ${fields(form, failed?.error)}
    <button class="button primary" type="submit">Save</button>
  </form>`;
}

export const ruleFacts = (rule: ViewedRule): Html =>
  factList({
    Events: html`<code>${rule.filter ?? "all events"}</code>`,
    Effect: effectOf(rule),
    Problem: rule.problems.length === 0 ? undefined : rule.problems.join(" "),
  });

/** Its buttons, or the question that one of them asks. */
export function ruleControls(scope: Scope, rule: ViewedRule, asked: string | undefined): Html {
  const page = rulePath(scope, rule.name);
  if (asked === "delete")
    return question({
      title: `Delete the rule ${rule.name}?`,
      text: "Notifications are delivered as if it had never been there. This can't be undone.",
      action: `${page}/delete`,
      label: "Delete rule",
      back: page,
      isFinal: true,
    });
  return html`<div class="acts controls">
    <form method="post" action="${page}/${rule.isEnabled ? "disable" : "enable"}">
      <button class="button" type="submit">${rule.isEnabled ? "Disable" : "Enable"}</button>
    </form>
    <a class="button" href="${page}?ask=delete">Delete</a>
  </div>`;
}

export const rulesAside = html`<p class="aside">
  <a href="/docs/administration/monitoring/notifications/rules">How rules work, and what they can ask for</a>
</p>`;

/** On the page of notification settings. */
export const ownRulesSection = (rules: readonly { isEnabled: boolean }[]): Html =>
  html`<section class="group" aria-labelledby="rules">
    <div class="bar"><h2 id="rules">Rules</h2></div>
    <p class="lead">
      Rules choose channels, delay or suppress notifications by what they are about. You have
      <a href="${ownRulesPath}">${countLabel(rules.length, "rule")}</a>.
    </p>
  </section>`;
