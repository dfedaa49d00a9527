// belfry notifications settings and own-actions: which kinds one gets by which channel, and whether one's own actions count.
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { requireOneOf } from "../inputs.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { findTemplate } from "./templates.ts";

const me = { user: "me" };
const onOrOff = ["on", "off"] as const;

type Kinds = { id: string; name: string; channels: { method: string; enabled: boolean }[] }[];

const readKinds = (context: Context): Promise<Kinds> =>
  context.client().ask((routes) => routes.users[":user"].notifications.channels.$get({ param: me }));

export const settings = defineCommand({
  name: "settings",
  summary: "Show which kinds of notification you get through which channels, or turn one on or off",
  args: "[NAME on|off]",
  maxArgs: 2,
  details: ["NAME is a kind: belfry notifications templates list"],
  examples: [
    "belfry notifications settings",
    "belfry notifications settings task-idle off",
    "belfry notifications settings task-idle on --channel smtp",
  ],
  fields: { template_id: "NAME", method: "--channel", template_disabled_map: "NAME" },
  options: {
    channel: { type: "string", value: "CHANNEL", text: "only this channel: inbox, smtp, webhook or push" },
    ...outputOption,
  },
  async run(context, { options, args: [word, wanted] }) {
    if (word === undefined) {
      if (options.channel !== undefined) throw new Failure(exit.usage, "--channel: only with NAME");
      return show(context, await readKinds(context), options.output === "json");
    }
    if (wanted === undefined) throw new Failure(exit.usage, "on|off: missing after NAME");
    const enabled = requireOneOf("on|off", wanted, onOrOff) === "on";
    const client = context.client();
    const { id } = await findTemplate(client, word);
    const { channel } = options;
    if (channel === undefined) {
      const json = { template_disabled_map: { [id]: !enabled } };
      await client.ask((routes) => routes.users[":user"].notifications.preferences.$put({ param: me, json }));
    } else {
      const json = { template_id: id, method: channel, enabled };
      await client.ask((routes) => routes.users[":user"].notifications.channels.$put({ param: me, json }));
    }
    show(
      context,
      (await readKinds(context)).filter((kind) => kind.id === id),
      options.output === "json",
    );
  },
});

function show(context: Context, kinds: Kinds, isJson: boolean): void {
  if (isJson) return context.printJson(kinds);
  const methods = [...new Set(kinds.flatMap(({ channels }) => channels.map(({ method }) => method)))];
  const rows = kinds.map(({ name, channels }) => [
    name,
    ...methods.map((wanted) => {
      const channel = channels.find(({ method }) => method === wanted);
      return channel === undefined ? "-" : channel.enabled ? "on" : "off";
    }),
  ]);
  context.printTable(["KIND", ...methods.map((method) => method.toUpperCase())], rows);
}

export const ownActions = defineCommand({
  name: "own-actions",
  summary: "Show or set whether you are notified of your own actions",
  args: "[on|off]",
  maxArgs: 1,
  details: [
    "off: notifications of your own actions arrive in your inbox as read, and through no other channel.",
  ],
  examples: ["belfry notifications own-actions", "belfry notifications own-actions on"],
  options: {},
  async run(context, { args: [wanted] }) {
    const client = context.client();
    const notify = wanted === undefined ? undefined : requireOneOf("on|off", wanted, onOrOff) === "on";
    const own = await client.ask((routes) => {
      const route = routes.users[":user"].notifications["own-actions"];
      return notify === undefined ? route.$get({ param: me }) : route.$put({ param: me, json: { notify } });
    });
    context.print(own.notify ? "on" : "off");
  },
});
