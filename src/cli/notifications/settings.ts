// belfry notifications settings and own-actions: which kinds one gets by which channel, and whether one's own actions count.
import { exit, Failure } from "../failure.ts";
import { requireOneOf } from "../inputs.ts";
import { changeKind, printKinds, readKinds } from "../preferences/channels.ts";
import { defineCommand, outputOption } from "../rules/command.ts";

const me = { user: "me" };
const onOrOff = ["on", "off"] as const;

export const settings = defineCommand({
  name: "settings",
  summary: "Show which kinds of notification you get through which channels, or turn one on or off",
  args: "[NAME on|off]",
  maxArgs: 2,
  details: [
    "NAME is a kind: belfry notifications templates list",
    "belfry preferences show and set do the same and more: digests, your own chats, which choices are yours, and reset.",
  ],
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
    const { channel, output } = options;
    if (word === undefined) {
      if (channel !== undefined) throw new Failure(exit.usage, "--channel: only with NAME");
      return printKinds(context, await readKinds(context), output === "json", "");
    }
    if (wanted === undefined) throw new Failure(exit.usage, "on|off: missing after NAME");
    const enabled = requireOneOf("on|off", wanted, onOrOff) === "on";
    printKinds(context, await changeKind(context, word, { enabled, channel }), output === "json", "");
  },
});

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
