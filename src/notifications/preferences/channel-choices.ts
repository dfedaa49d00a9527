// Which channels deliver a kind to a user, and which of them the user has disabled.
import type { NotificationsConfig } from "../../config/config.ts";
import type { Channel } from "../channels/channel.ts";
import { findChannel, planChannels, type Method } from "../channels/index.ts";
import { isAlwaysOn } from "../kinds/kinds.ts";
import { chooseChannels } from "../outbox/rules/by-deployment.ts";
import { isChannelDisabled } from "../outbox/rules/by-person.ts";
import type { KindPreference } from "./store/preferences.ts";

export const isEnabled = ({
  id,
  disabled,
  enabledByDefault,
}: Pick<KindPreference, "id" | "disabled" | "enabledByDefault">): boolean =>
  isAlwaysOn(id) || (disabled === null ? enabledByDefault : !disabled);

export interface ChannelChoice {
  channel: Channel<Method>;
  /** Why it can't deliver to this user. */
  problem: "not configured" | "no address" | undefined;
  isEnabled: boolean;
}

/** The channels that this deployment uses for the kind, those of Belfry itself first. */
export function channelChoices(
  choice: Pick<KindPreference, "id" | "disabled" | "enabledByDefault" | "method" | "disabledMethods">,
  { defaultMethod, channels: settings }: Pick<NotificationsConfig, "defaultMethod" | "channels">,
  email: string,
): ChannelChoice[] {
  return chooseChannels({ template: choice, defaultMethod, channels: planChannels(settings) })
    .flatMap(([method]) => findChannel(method) ?? [])
    .toSorted((a, b) => Number(b.isLocal) - Number(a.isLocal))
    .map((channel) => ({
      channel,
      problem: problemOf(channel, settings, email),
      isEnabled: isEnabled(choice) && (isAlwaysOn(choice.id) || !isChannelDisabled(choice, channel.id)),
    }));
}

function problemOf(
  channel: Channel<Method>,
  settings: NotificationsConfig["channels"],
  email: string,
): ChannelChoice["problem"] {
  if (settings[channel.id] === undefined) return "not configured";
  return channel.unreachable({ email }) === undefined ? undefined : "no address";
}

/** The channels that a user can choose between for this kind. */
export const choosableMethods = (choices: readonly ChannelChoice[]): Method[] =>
  choices.filter(({ problem }) => problem === undefined).map(({ channel }) => channel.id);
