// All channels, in display order; the first external one that is configured is the default. A new one is a folder and a line
// here.
import type { PlanChannel } from "../outbox/rules/plan.ts";
import type { Channel, SettingsOf } from "./channel.ts";
import { inbox } from "./inbox/channel.ts";
import { mail } from "./mail/channel.ts";
import { push } from "./push/channel.ts";
import { webhook } from "./webhook/channel.ts";

/** By id. */
export const channels = register({
  inbox,
  smtp: mail,
  webhook,
  push,
});

/** The id of a channel; Coder's word. */
export type Method = keyof typeof channels;

/** The settings of each; undefined if it is not configured. */
export type ChannelSettings = { [Id in Method]: SettingsOf<(typeof channels)[Id]> | undefined };

export const methods = Object.keys(channels) as [Method, ...Method[]];
/** The method of messages that go to a receiver: a row, not a channel of the environment. */
export const receiverMethod = "receiver";
/** The method of emails that wait for their recipient's digest: the digest is a message of its own. */
export const digestMethod = "digest";
/** The methods that messages can have. */
export const messageMethods = [...methods, receiverMethod, digestMethod] as const;
export type MessageMethod = (typeof messageMethods)[number];
export const allChannels: readonly Channel<Method>[] = Object.values(channels);
/** Channels that send out of Belfry, of which a deployment or a kind uses one. */
export const externalChannels = allChannels.filter(
  ({ isLocal, accompanies }) => !isLocal && accompanies === undefined,
);

/** Those that a kind can have: one that accompanies the others isn't chosen. */
export const kindMethods = allChannels
  .filter(({ accompanies }) => accompanies === undefined)
  .map(({ id }) => id) as [Method, ...Method[]];

/** Undefined for an unknown one: the database can have messages of a later release. */
export const findChannel = (method: string): Channel<Method> | undefined =>
  allChannels.find(({ id }) => id === method);

/** The name of a channel, for people. */
export const channelLabel = (method: string): string =>
  method === receiverMethod
    ? "Receiver"
    : method === digestMethod
      ? "Email digest"
      : (findChannel(method)?.label ?? method);

/** The same within a sentence. */
export const channelName = (method: string): string => channelLabel(method).toLowerCase();

/** The same of a message; one to a receiver names it. */
export const messageChannel = ({ method, receiver }: { method: string; receiver: string | null }): string =>
  receiver === null ? channelName(method) : `${channelName(method)} ${receiver}`;

/** The host that receives its messages, if it is configured. */
export function receiverOf(settings: ChannelSettings, method: string): string | undefined {
  const channel = findChannel(method);
  const own = channel === undefined ? undefined : settings[channel.id];
  return own === undefined ? undefined : channel?.receiver(own);
}

/** What planning deliveries needs to know of each channel. */
export const planChannels = (settings: ChannelSettings): PlanChannel[] =>
  allChannels.map((channel) => {
    const own = settings[channel.id];
    const { id, isLocal, accompanies, canBeAdded } = channel;
    const isConfigured = own !== undefined;
    const unreachable = (recipient: { email: string }) => channel.unreachable(recipient);
    return {
      id,
      isLocal,
      isConfigured,
      isOn: isConfigured && channel.isOn(own),
      unreachable,
      ...(accompanies === undefined ? {} : { accompanies }),
      ...(canBeAdded === undefined ? {} : { canBeAdded }),
    };
  });

/** Each channel under its own id. */
function register<T extends { [Id in keyof T]: Channel<Id & string> }>(record: T): T {
  return record;
}
