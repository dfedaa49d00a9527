// belfry notifications templates channel, severity, default, disable and enable: what owners choose about a kind for everybody.
import { minSeverities } from "../../../db/rules/values.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { requireOneOf } from "../inputs.ts";
import { defineCommand } from "../rules/command.ts";
import { findTemplate } from "./templates.ts";

export const channel = defineCommand({
  name: "channel",
  summary: "Set which channels a kind uses in addition to the inbox (owner role only)",
  args: "NAME CHANNEL…",
  fields: { method: "CHANNEL", channels: "CHANNEL" },
  minArgs: 2,
  maxArgs: 4,
  details: [
    "CHANNEL is smtp, webhook, inbox for no other channel, or default for the deployment's default channel.",
  ],
  examples: [
    "belfry notifications templates channel task-idle webhook",
    "belfry notifications templates channel task-idle smtp webhook",
    "belfry notifications templates channel task-idle default",
  ],
  options: {},
  async run(context, { args: [word = "", method = "", ...more] }) {
    // The server knows the channels.
    if (more.length > 0) return change(context, word, { channels: [method, ...more] as "inbox"[] });
    const client = context.client();
    const { id, name } = await findTemplate(client, word);
    const param = { id };
    // The server knows the channels.
    const json = { method: method as "inbox" };
    const answer =
      method === "default"
        ? await client.ask((routes) => routes.notifications.templates[":id"].method.$delete({ param }))
        : await client.ask((routes) => routes.notifications.templates[":id"].method.$put({ param, json }));
    context.log(answer?.message ?? `"${name}" already has this channel.`);
  },
});

const defaults: Record<string, boolean | null> = { on: true, off: false, reset: null };

export const setDefault = defineCommand({
  name: "default",
  summary: "Set whether a kind is on for users who have not chosen (owner role only)",
  args: "NAME on|off|reset",
  minArgs: 2,
  details: ["reset: the default of this release of Belfry."],
  examples: ["belfry notifications templates default workspace-created on"],
  options: {},
  async run(context, { args: [word = "", wanted = ""] }) {
    if (!Object.hasOwn(defaults, wanted))
      throw new Failure(exit.usage, `DEFAULT: "${wanted}" is invalid, use on, off or reset`);
    await change(context, word, { enabled_by_default: defaults[wanted]! });
  },
});

const severities = [...minSeverities, "reset"] as const;

export const setSeverity = defineCommand({
  name: "severity",
  summary: "Set the severity of a kind for everybody (owner role only)",
  args: "NAME LEVEL",
  minArgs: 2,
  details: [
    "LEVEL is info, warning, critical, or reset for Belfry's default. It decides about icons, browser notifications, quiet",
    "hours, receivers and rules.",
  ],
  examples: ["belfry notifications templates severity workspace-autobuild-failed critical"],
  options: {},
  async run(context, { args: [word = "", wanted = ""] }) {
    const severity = requireOneOf("LEVEL", wanted, severities);
    await change(context, word, { severity: severity === "reset" ? null : severity });
  },
});

export const disable = defineCommand({
  name: "disable",
  summary: "Disable a kind for everybody, in every channel (owner role only)",
  args: "NAME",
  minArgs: 1,
  details: [
    "Pending notifications of this kind are discarded. Enable it again: belfry notifications templates enable NAME",
  ],
  examples: ["belfry notifications templates disable task-working"],
  options: {},
  run: (context, { args: [word = ""] }) => change(context, word, { disabled: true }),
});

export const enable = defineCommand({
  name: "enable",
  summary: "Re-enable a kind that was disabled for everybody (owner role only)",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry notifications templates enable task-working"],
  options: {},
  run: (context, { args: [word = ""] }) => change(context, word, { disabled: false }),
});

async function change(
  context: Context,
  word: string,
  json: {
    enabled_by_default?: boolean | null;
    disabled?: boolean;
    severity?: "info" | "warning" | "critical" | null;
    channels?: "inbox"[];
  },
): Promise<void> {
  const client = context.client();
  const { id } = await findTemplate(client, word);
  const { message } = await client.ask((routes) =>
    routes.notifications.templates[":id"].choices.$put({ param: { id }, json }),
  );
  context.log(message);
}
