// The options of belfry rules create and update: which events a rule is for, and what it does.
import { parseDuration } from "../kernel/rules/duration.ts";
import { exit, Failure } from "./failure.ts";
import { formatDuration } from "./rules/time.ts";
import { channelNames, type Channel, type Rule, type RuleFields } from "./rules-of.ts";

/** What was typed for the fields of a rule. */
export const ruleFields = {
  name: "NAME",
  delay_seconds: "--delay",
  continue: "--continue",
  escalate_after_seconds: "--escalate-after",
  escalate_to: "--escalate-to",
};

export const userOption = {
  user: { type: "string", value: "USER", text: "a user's own rules (me: yours) instead of the deployment's" },
} as const;

export const actionOptions = {
  filter: { type: "string", value: "FILTER", text: 'events that it is for; "": all' },
  suppress: { type: "boolean", text: "notify nobody" },
  channels: {
    type: "string",
    value: "NAMES",
    text: `only these channels to people: ${channelNames.join(", ")}; "none", or "usual"`,
  },
  receivers: {
    type: "string",
    value: "NAMES",
    text: 'only these receivers, separated by commas; "none", or "usual"',
  },
  delay: {
    type: "string",
    value: "DURATION",
    text: 'delay by, such as 10m; the inbox isn\'t delayed; "none"',
  },
  digest: { type: "string", value: "daily|weekly", text: 'hold emails for the recipient\'s digest; "none"' },
  "escalate-after": {
    type: "string",
    value: "DURATION",
    text: 'if nobody has read it by then, such as 15m, it goes to others, too; "none"',
  },
  "escalate-to": {
    type: "string",
    value: "NAMES",
    text: 'those others: user:NAME, group:NAME, receiver:NAME, separated by commas; "none"',
  },
  continue: { type: "boolean", text: "also ask the rules after it" },
} as const;

interface ActionOptions {
  filter?: string | undefined;
  suppress?: boolean;
  channels?: string | undefined;
  receivers?: string | undefined;
  delay?: string | undefined;
  digest?: string | undefined;
  "escalate-after"?: string | undefined;
  "escalate-to"?: string | undefined;
  continue?: boolean;
}

export function readActions(options: ActionOptions): RuleFields {
  const { filter, suppress, channels, receivers, delay, digest } = options;
  const { "escalate-after": escalateAfter, "escalate-to": escalateTo } = options;
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(suppress === true ? { suppress } : {}),
    ...(channels === undefined ? {} : { channels: listOf(channels)?.map(channelOf) ?? null }),
    ...(receivers === undefined ? {} : { receivers: listOf(receivers) }),
    ...(delay === undefined ? {} : { delay_seconds: secondsOf("--delay", delay) }),
    ...(digest === undefined ? {} : { digest: digestOf(digest) }),
    ...(escalateAfter === undefined
      ? {}
      : { escalate_after_seconds: secondsOf("--escalate-after", escalateAfter) }),
    ...(escalateTo === undefined ? {} : { escalate_to: escalateTo === "none" ? null : listOf(escalateTo) }),
    ...(options.continue === true ? { continue: true } : {}),
  };
}

function listOf(text: string): string[] | null {
  if (text === "usual") return null;
  return text === "none" ? [] : text.split(",").map((name) => name.trim());
}

/** `email` is what people call it. */
function channelOf(name: string): Channel {
  const channel = channelNames.find((one) => one === (name === "email" ? "smtp" : name));
  if (channel !== undefined) return channel;
  throw new Failure(exit.usage, `--channels: unknown channel "${name}", use ${channelNames.join(", ")}`);
}

function secondsOf(option: string, text: string): number | null {
  if (text === "none") return null;
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new Failure(exit.usage, `${option}: "${text}" is not a duration, use one such as 10m`);
  return milliseconds / 1_000;
}

function digestOf(text: string): Rule["digest"] {
  if (text === "none") return null;
  if (text === "daily" || text === "weekly") return text;
  throw new Failure(exit.usage, "--digest: must be daily, weekly or none");
}

/** What a rule does, in words. */
export function describeActions(rule: Rule): string {
  const { suppress, channels, receivers, delay_seconds: delay, digest } = rule;
  const { escalate_after_seconds: after, escalate_to: to } = rule;
  const of = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(","));
  return [
    ...(suppress ? ["suppress"] : []),
    ...(channels === null ? [] : [`channels: ${of(channels)}`]),
    ...(receivers === null ? [] : [`receivers: ${of(receivers)}`]),
    ...(delay === null ? [] : [`delay: ${formatDuration(delay * 1_000)}`]),
    ...(digest === null ? [] : [`${digest} digest`]),
    ...(after === null ? [] : [`escalates after ${formatDuration(after * 1_000)} to ${to?.join(",")}`]),
    ...(rule.continue ? ["continue"] : []),
  ].join("; ");
}
