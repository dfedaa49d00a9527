// Which channels can deliver a kind to a user, which do by default, and which of them the user has chosen.
import type { NotificationsConfig } from "../../config/config.ts";
import type { Channel } from "../channels/channel.ts";
import { includesMethod } from "../channels/rules/methods.ts";
import { allChannels, planChannels, type Method } from "../channels/index.ts";
import { isAlwaysOn, isOnlyByMail } from "../kinds/kinds.ts";
import { chooseChannels } from "../outbox/rules/by-deployment.ts";
import { isUsualForOwn, parseOwnReceivers } from "../outbox/rules/own-receivers.ts";
import { canReceive } from "../receivers/rules/filter.ts";
import { ownMethod } from "../receivers/rules/own.ts";
import { isChannelDisabled } from "../outbox/rules/by-person.ts";
import type { KindPreference } from "./store/preferences.ts";

export const isEnabled = ({
  id,
  disabled,
  enabledByDefault,
}: Pick<KindPreference, "id" | "disabled" | "enabledByDefault">): boolean =>
  isAlwaysOn(id) || (disabled === null ? enabledByDefault : !disabled);

/** How a user can be reached. */
export interface Reachable {
  /** May be empty. */
  email: string;
  /** A browser of theirs gets push messages. */
  hasPush: boolean;
  /** Their confirmed chats. */
  ownReceivers: readonly { id: string; name: string }[];
}

/** `rows`: of `findReach`. */
export const toReachable = (
  email: string,
  [row]: readonly { hasPush: number; ownReceivers: string | null }[],
): Reachable => ({
  email,
  hasPush: row?.hasPush === 1,
  ownReceivers: parseOwnReceivers(row?.ownReceivers),
});

export interface ChannelChoice {
  channel: Pick<Channel, "id" | "label" | "isLocal" | "destination">;
  /** Why it can't deliver to this user. */
  problem: "not configured" | "no address" | undefined;
  isEnabled: boolean;
  /** Whether the deployment uses it for this kind. */
  isOfDeployment: boolean;
  /** What holds without a choice of the user. */
  isDefault: boolean;
  /** Of email: it comes with the user's digest, if they have one. */
  inDigest: boolean;
}

type Choosable = Pick<
  KindPreference,
  | "id"
  | "severities"
  | "disabled"
  | "enabledByDefault"
  | "method"
  | "disabledMethods"
  | "addedMethods"
  | "inDigest"
>;

/** The channels that deliver the kind, or can: those of Belfry itself first. */
export function channelChoices(
  choice: Choosable,
  { defaultMethod, channels: settings }: Pick<NotificationsConfig, "defaultMethod" | "channels">,
  { email, hasPush, ownReceivers }: Reachable,
): ChannelChoice[] {
  const planned = planChannels(settings);
  const used = chooseChannels({ template: choice, defaultMethod, channels: planned }).map(([id]) => id);
  const isUsed = ({ id, accompanies }: Channel) =>
    used.includes(id) || (hasPush && accompanies?.({ hasPush: 1 }, choice) === true);
  const canUse = ({ id, canBeAdded, accompanies }: Channel) =>
    canBeAdded === true &&
    !isOnlyByMail(choice.id) &&
    !isAlwaysOn(choice.id) &&
    planned.some((one) => one.id === id && one.isOn) &&
    (accompanies === undefined ? email !== "" : hasPush);
  const ofChannels = allChannels
    .filter((channel) => isUsed(channel) || canUse(channel))
    .toSorted((a, b) => Number(b.isLocal) - Number(a.isLocal))
    .map((channel) => {
      const isOfDeployment = isUsed(channel);
      return {
        channel,
        problem: problemOf(channel, settings, email),
        isEnabled: isChannelOn(choice, channel.id, isOfDeployment),
        isOfDeployment,
        isDefault: isOfDeployment && choice.enabledByDefault,
        inDigest: channel.id === "smtp" && choice.inDigest === true,
      };
    });
  return [...ofChannels, ...ownReceivers.flatMap((receiver) => ownChoice(choice, receiver))];
}

const isChannelOn = (choice: Choosable, method: string, isOfDeployment: boolean): boolean =>
  isEnabled(choice) &&
  (isAlwaysOn(choice.id) ||
    (!isChannelDisabled(choice, method) && (isOfDeployment || includesMethod(choice.addedMethods, method))));

/** A chat of the user's own; none of a kind that can't go there. */
function ownChoice(choice: Choosable, { id, name }: { id: string; name: string }): ChannelChoice[] {
  const method = ownMethod(id);
  const isOfDeployment = isUsualForOwn(choice);
  if (!canReceive(choice.id) || (isAlwaysOn(choice.id) && !isOfDeployment)) return [];
  return [
    {
      channel: { id: method, label: name, isLocal: false, destination: () => `to ${name}` },
      problem: undefined,
      isEnabled: isChannelOn(choice, method, isOfDeployment),
      isOfDeployment,
      isDefault: isOfDeployment && choice.enabledByDefault,
      inDigest: false,
    },
  ];
}

function problemOf(
  channel: Channel<Method>,
  settings: NotificationsConfig["channels"],
  email: string,
): ChannelChoice["problem"] {
  if (settings[channel.id] === undefined) return "not configured";
  return channel.unreachable({ email }) === undefined ? undefined : "no address";
}

/** The channels that a user can choose between for this kind, and those that are used without a choice. */
export function choosableMethods(choices: readonly ChannelChoice[]): { methods: string[]; usual: string[] } {
  const working = choices.filter(({ problem }) => problem === undefined);
  return {
    methods: working.map(({ channel }) => channel.id),
    usual: working.filter(({ isOfDeployment }) => isOfDeployment).map(({ channel }) => channel.id),
  };
}
