// belfry preferences show, set and reset: which kinds one gets by which channel.
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { requireOneOf } from "../inputs.ts";
import { findTemplate } from "../notifications/templates.ts";
import { defineCommand, outputOption } from "../rules/command.ts";

const param = { user: "me" };

interface Channel {
  method: string;
  label: string;
  enabled: boolean;
  default: boolean;
  digest: boolean;
}
type Kinds = { id: string; name: string; channels: Channel[] }[];

export const readKinds = (context: Context): Promise<Kinds> =>
  context.client().ask((routes) => routes.users[":user"].notifications.channels.$get({ param }));

export const show = defineCommand({
  name: "show",
  summary: "Show which kinds of notification you get through which channels",
  args: "[KIND]",
  maxArgs: 1,
  details: [
    "on* and off* are your own choice; the others are the deployment's defaults. - means that a channel can't deliver a kind.",
    "belfry notifications settings shows the same without the stars.",
  ],
  examples: ["belfry preferences show", "belfry preferences show task-idle --output json"],
  options: outputOption,
  async run(context, { options, args: [word] }) {
    const kinds = await readKinds(context);
    const only = word === undefined ? undefined : (await findTemplate(context.client(), word)).id;
    printKinds(
      context,
      kinds.filter(({ id }) => only === undefined || id === only),
      options.output === "json",
    );
  },
});

export const set = defineCommand({
  name: "set",
  summary: "Turn a kind of notification on or off, or its emails into a digest",
  args: "KIND on|off|digest",
  minArgs: 2,
  details: [
    "KIND: belfry notifications templates list",
    "Without --channel, off turns it off through all channels, and on restores the channels that it had.",
    "Turning off the last channel turns off the kind.",
    "digest: emails come with your digest: belfry preferences digest --help",
    "belfry notifications settings NAME on|off does the same, without digests.",
  ],
  examples: [
    "belfry preferences set task-idle off",
    "belfry preferences set task-idle on --channel inbox",
    "belfry preferences set workspace-created off --channel smtp",
    "belfry preferences set workspace-created digest",
  ],
  fields: { template_id: "KIND", method: "--channel", template_disabled_map: "KIND" },
  options: {
    channel: {
      type: "string",
      value: "CHANNEL",
      text: "only this channel: inbox, smtp (email), webhook, push (browser) or a chat of yours",
    },
    ...outputOption,
  },
  async run(context, { options, args: [word, wanted] }) {
    const state = requireOneOf("on|off|digest", wanted!, ["on", "off", "digest"]);
    const channel = options.channel ?? (state === "digest" ? "smtp" : undefined);
    if (state === "digest" && channel !== "smtp")
      throw new Failure(exit.usage, "--channel: only smtp can be a digest");
    const enabled = state !== "off";
    const digest = channel === "smtp" && enabled ? { digest: state === "digest" } : {};
    const kinds = await changeKind(context, word!, { enabled, channel, ...digest });
    printKinds(context, kinds, options.output === "json");
  },
});

/** By all channels or one. Returns the kind as it is then. */
export async function changeKind(
  context: Context,
  word: string,
  { channel, ...change }: { enabled: boolean; channel: string | undefined; digest?: boolean },
): Promise<Kinds> {
  const client = context.client();
  const { id } = await findTemplate(client, word);
  if (channel === undefined) {
    const json = { template_disabled_map: { [id]: !change.enabled } };
    await client.ask((routes) => routes.users[":user"].notifications.preferences.$put({ param, json }));
  } else {
    const json = { template_id: id, method: await methodOf(context, channel), ...change };
    await client.ask((routes) => routes.users[":user"].notifications.channels.$put({ param, json }));
  }
  return (await readKinds(context)).filter((kind) => kind.id === id);
}

/** A chat of one's own is named as it was added. */
async function methodOf(context: Context, channel: string): Promise<string> {
  const all = (await readKinds(context)).flatMap(({ channels }) => channels);
  return (
    all.find(({ method, label }) => method.startsWith("receiver:") && label === channel)?.method ?? channel
  );
}

export const reset = defineCommand({
  name: "reset",
  summary: "Reset kinds of notification to the deployment's defaults",
  args: "[KIND…]",
  maxArgs: Infinity,
  details: ["Quiet hours and mutes stay."],
  examples: ["belfry preferences reset task-idle", "belfry preferences reset --all"],
  fields: { template_id: "KIND" },
  options: { all: { type: "boolean", text: "all kinds" }, ...outputOption },
  async run(context, { options, args }) {
    if (options.all === args.length > 0) throw new Failure(exit.usage, "Use either KIND or --all.");
    const client = context.client();
    const ids = await Promise.all(args.map(async (word) => (await findTemplate(client, word)).id));
    const queries = options.all ? [{}] : ids.map((template_id) => ({ template_id }));
    for (const query of queries)
      await client.ask((routes) => routes.users[":user"].notifications.channels.$delete({ param, query }));
    const kinds = await readKinds(context);
    printKinds(
      context,
      kinds.filter(({ id }) => options.all || ids.includes(id)),
      options.output === "json",
    );
  },
});

/** `mark`: of what isn't the deployment's default. */
export function printKinds(context: Context, kinds: Kinds, isJson: boolean, mark = "*"): void {
  if (isJson) return context.printJson(kinds);
  const labels = new Map(
    kinds.flatMap(({ channels }) => channels.map(({ method, label }) => [method, label])),
  );
  const rows = kinds.map(({ name, channels }) => [
    name,
    ...[...labels.keys()].map((method) =>
      stateOf(
        channels.find((channel) => channel.method === method),
        mark,
      ),
    ),
  ]);
  context.printTable(["KIND", ...[...labels.values()].map((label) => label.toUpperCase())], rows);
}

const stateOf = (channel: Channel | undefined, mark: string): string =>
  channel === undefined
    ? "-"
    : `${channel.enabled ? (channel.digest ? "digest" : "on") : "off"}${channel.enabled === channel.default ? "" : mark}`;
