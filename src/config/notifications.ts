// Variables of the delivery of notifications. Part of config.ts.
import * as z from "zod";
import {
  allChannels,
  channels,
  externalChannels,
  type ChannelSettings,
  type Method,
} from "../notifications/channels/index.ts";
import { count, duration, flag } from "./values.ts";

const externalMethods = externalChannels.map(({ id }) => id);

export const notificationVariables = {
  BELFRY_NOTIFICATIONS_METHOD: z
    .enum(externalMethods, { error: `must be ${externalMethods.join(" or ")}` })
    .optional(),
  BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: duration("10s"),
  BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: count(5, 1, 100),
  BELFRY_NOTIFICATIONS_RETRY_INTERVAL: duration("30s"),
  BELFRY_NOTIFICATIONS_FETCH_INTERVAL: duration("15s"),
  BELFRY_NOTIFICATIONS_LEASE_PERIOD: duration("2m"),
  BELFRY_NOTIFICATIONS_LEASE_COUNT: count(50, 1, 1_000),
  BELFRY_NOTIFICATIONS_MESSAGE_RETENTION: duration("30d"),
  BELFRY_NOTIFICATIONS_INBOX_RETENTION: duration("180d"),
  BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: flag(false),
  BELFRY_NOTIFICATIONS_CUSTOM_PER_MINUTE: count(600, 1, 1_000_000),
} satisfies Record<string, z.ZodType>;

/** Of all channels. */
export const channelVariables: Record<string, z.ZodType> = Object.assign(
  {},
  ...allChannels.map(({ variables }) => variables),
);

export interface NotificationsConfig {
  /** The external channel of kinds that name none; undefined when none is configured. */
  defaultMethod: Method | undefined;
  channels: ChannelSettings;
  dispatchTimeout: number;
  maxSendAttempts: number;
  retryInterval: number;
  fetchInterval: number;
  leasePeriod: number;
  leaseCount: number;
  messageRetention: number;
  inboxRetention: number;
  /** Whether receivers that are added over the API may be in private networks. */
  receiversAllowPrivate: boolean;
  /** So many people a minute get a custom notification by other channels than the inbox. */
  customPerMinute: number;
}

type Environment = z.infer<z.ZodObject<typeof notificationVariables>>;

export interface ConfigReport {
  /** Makes the configuration invalid. */
  problem: (message: string) => void;
  warn: (message: string) => void;
}

/** `env` has the channels' variables too. */
export function toNotifications(env: Environment, { problem, warn }: ConfigReport): NotificationsConfig {
  const dispatchTimeout = env.BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT;
  const leasePeriod = env.BELFRY_NOTIFICATIONS_LEASE_PERIOD;
  if (dispatchTimeout >= leasePeriod) {
    problem(
      "BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: must be shorter than BELFRY_NOTIFICATIONS_LEASE_PERIOD, or a message is sent twice",
    );
  }
  const settings = Object.fromEntries(
    allChannels.map((channel) => [channel.id, channel.toSettings(env, { dispatchTimeout, problem, warn })]),
  ) as ChannelSettings;
  for (const channel of externalChannels) {
    const own = settings[channel.id];
    const timeout = own === undefined ? 0 : channel.timeout(own);
    if (timeout >= leasePeriod && timeout > dispatchTimeout) {
      problem(
        `BELFRY_NOTIFICATIONS_LEASE_PERIOD: must be longer than the ${timeout / 1_000}s that an attempt by ${channel.label.toLowerCase()} can take, or a message is sent twice`,
      );
    }
  }
  return {
    defaultMethod: chooseDefaultMethod(env.BELFRY_NOTIFICATIONS_METHOD, settings, problem),
    channels: settings,
    dispatchTimeout,
    maxSendAttempts: env.BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS,
    retryInterval: env.BELFRY_NOTIFICATIONS_RETRY_INTERVAL,
    fetchInterval: env.BELFRY_NOTIFICATIONS_FETCH_INTERVAL,
    leasePeriod,
    leaseCount: env.BELFRY_NOTIFICATIONS_LEASE_COUNT,
    messageRetention: env.BELFRY_NOTIFICATIONS_MESSAGE_RETENTION,
    inboxRetention: env.BELFRY_NOTIFICATIONS_INBOX_RETENTION,
    receiversAllowPrivate: env.BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE,
    customPerMinute: env.BELFRY_NOTIFICATIONS_CUSTOM_PER_MINUTE,
  };
}

/** The requested one, or the first that is configured: mail before the webhook, as in Coder. */
function chooseDefaultMethod(
  asked: Method | undefined,
  settings: ChannelSettings,
  problem: (message: string) => void,
): Method | undefined {
  if (asked !== undefined && settings[asked] === undefined) {
    const { label, needs } = channels[asked];
    problem(
      `BELFRY_NOTIFICATIONS_METHOD: is ${asked}, but ${label.toLowerCase()} is not configured; set ${needs.join(" and ")}`,
    );
  }
  return asked ?? externalMethods.find((id) => settings[id] !== undefined);
}
