// The form of a rule: its fields, and what they have of a rule that there is.
import type { ApiError } from "../kernel/errors.ts";
import { toTypedDuration } from "../kernel/rules/duration.ts";
import { methods } from "../notifications/channels/index.ts";
import type { ViewedRule } from "../notifications/routing/view.ts";
import type { Field } from "./form.ts";

/** Whose rules a page shows. */
export interface Scope {
  /** The path of the list. */
  base: string;
  title: string;
  lead: string;
  isOwn: boolean;
}

export const fieldNames = [
  "name",
  "filter",
  "suppress",
  "channels",
  "receivers",
  "delay_seconds",
  "digest",
  "escalate_after_seconds",
  "escalate_to",
  "continue",
] as const;
/** What was typed. */
export type Given = Partial<Record<(typeof fieldNames)[number], string>>;

export interface Failed {
  error: ApiError;
  given: Given;
}

const plain = { autocomplete: "off", optional: true } as const;

export const ruleFields = (scope: Scope, given: Given): Field[] => [
  ...whichFields(given),
  ...howFields(scope, given),
  ...whenFields(given),
  ...(scope.isOwn ? [] : escalationFields(given)),
  afterField(given),
];

/** `all`: what it is without a filter. */
export const eventsField = (value: string | undefined, all: string): Field => ({
  ...plain,
  name: "filter",
  label: "Events",
  type: "lines",
  value,
  hint: `For example: severity >= warning and template in ("docker", "gpu-*"). If empty: ${all}.`,
});

const whichFields = (given: Given): Field[] => [
  {
    ...plain,
    name: "name",
    label: "Name",
    type: "text",
    optional: false,
    value: given.name,
    hint: "Lowercase letters, digits and hyphens, for example gpu-failures.",
  },
  eventsField(given.filter, "all events"),
];

const howFields = ({ isOwn }: Scope, given: Given): Field[] => [
  {
    ...plain,
    optional: false,
    name: "suppress",
    label: "Effect",
    type: "select",
    value: given.suppress,
    options: [
      { value: "no", label: "Deliver as follows" },
      { value: "yes", label: isOwn ? "Suppress: don't notify me" : "Suppress: notify nobody" },
    ],
  },
  {
    ...plain,
    name: "channels",
    label: "Channels",
    type: "text",
    value: given.channels,
    hint: `Only these, separated by commas: ${methods.map(nameOfMethod).join(", ")}; or none. If empty: as usual.`,
  },
  ...(isOwn
    ? []
    : [
        {
          ...plain,
          name: "receivers",
          label: "Receivers",
          type: "text",
          value: given.receivers,
          hint: "Only these, separated by commas; or none. If empty: each by its own filter.",
        } as const,
      ]),
];

const whenFields = (given: Given): Field[] => [
  {
    ...plain,
    name: "delay_seconds",
    label: "Delay",
    type: "text",
    value: given.delay_seconds,
    hint: "For example 10m, of everything except the inbox. What is resolved by then is not sent.",
  },
  {
    ...plain,
    optional: false,
    name: "digest",
    label: "Email digest",
    type: "select",
    value: given.digest,
    options: [
      { value: "", label: "As usual" },
      { value: "daily", label: "Daily" },
      { value: "weekly", label: "Weekly" },
    ],
  },
];

const escalationFields = (given: Given): Field[] => [
  {
    ...plain,
    name: "escalate_after_seconds",
    label: "Escalate after",
    type: "text",
    value: given.escalate_after_seconds,
    hint: "If nobody has read it by then, it goes to others, too. For example 15m, at least 1m. If empty: never.",
  },
  {
    ...plain,
    name: "escalate_to",
    label: "Escalate to",
    type: "text",
    value: given.escalate_to,
    hint: "Separated by commas, for example: user:mia, group:sre, receiver:pager.",
  },
];

const afterField = (given: Given): Field => ({
  ...plain,
  optional: false,
  name: "continue",
  label: "Rules after it",
  type: "select",
  value: given.continue,
  options: [
    { value: "no", label: "Don't ask them" },
    { value: "yes", label: "Ask them, too" },
  ],
});

/** `email` is what people call it. */
const nameOfMethod = (method: string): string => (method === "smtp" ? "email" : method);
export const methodOf = (name: string): string => (name === "email" ? "smtp" : name);

export function givenOfRule(rule: ViewedRule): Given {
  const { suppress, channels, delayMs, digest, escalate } = rule.actions;
  const list = (names: readonly string[] | null | undefined) =>
    names == null ? "" : names.length === 0 ? "none" : names.join(", ");
  return {
    name: rule.name,
    filter: rule.filter ?? "",
    suppress: suppress === true ? "yes" : "no",
    channels: list(channels?.map(nameOfMethod)),
    receivers: list(rule.receivers),
    delay_seconds: delayMs === undefined ? "" : toTypedDuration(delayMs),
    digest: digest ?? "",
    escalate_after_seconds: escalate === undefined ? "" : toTypedDuration(escalate.afterMs),
    escalate_to: list(rule.escalateTo),
    continue: rule.continues ? "yes" : "no",
  };
}
