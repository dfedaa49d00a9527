// The part of the environment that says how notifications are delivered. Called by config.ts.
import * as z from "zod";
import { toMailConfig, type mailVariables, type MailConfig } from "./mail.ts";
import { count, duration, flag, webhookAddress, webhookSecret, type WebhookAddress } from "./values.ts";

export const notificationVariables = {
  BELFRY_NOTIFICATIONS_METHOD: z.enum(["smtp", "webhook"], { error: "must be smtp or webhook" }).optional(),
  BELFRY_NOTIFICATIONS_INBOX_ENABLED: flag(true),
  BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: webhookAddress.optional(),
  BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: webhookSecret.optional(),
  BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: duration("10s"),
  BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: count(5, 1, 100),
  BELFRY_NOTIFICATIONS_RETRY_INTERVAL: duration("30s"),
  BELFRY_NOTIFICATIONS_FETCH_INTERVAL: duration("15s"),
  BELFRY_NOTIFICATIONS_LEASE_PERIOD: duration("2m"),
  BELFRY_NOTIFICATIONS_LEASE_COUNT: count(50, 1, 1_000),
  BELFRY_NOTIFICATIONS_MESSAGE_RETENTION: duration("30d"),
  BELFRY_NOTIFICATIONS_INBOX_RETENTION: duration("180d"),
} satisfies Record<string, z.ZodType>;

export interface NotificationsConfig {
  /** Where messages go besides the inbox; undefined when neither mail nor a webhook is set up. */
  defaultMethod: "smtp" | "webhook" | undefined;
  inboxEnabled: boolean;
  webhook: (WebhookAddress & { secret: string | undefined }) | undefined;
  mail: MailConfig | undefined;
  dispatchTimeout: number;
  maxSendAttempts: number;
  retryInterval: number;
  fetchInterval: number;
  leasePeriod: number;
  leaseCount: number;
  messageRetention: number;
  inboxRetention: number;
}

type Environment = z.infer<z.ZodObject<typeof notificationVariables & typeof mailVariables>>;

export function toNotifications(env: Environment, problem: (message: string) => void): NotificationsConfig {
  const dispatchTimeout = env.BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT;
  const leasePeriod = env.BELFRY_NOTIFICATIONS_LEASE_PERIOD;
  if (dispatchTimeout >= leasePeriod) {
    problem(
      "BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: must be shorter than BELFRY_NOTIFICATIONS_LEASE_PERIOD, or a message is sent twice",
    );
  }
  const address = env.BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT;
  const webhook =
    address === undefined ? undefined : { ...address, secret: env.BELFRY_NOTIFICATIONS_WEBHOOK_SECRET };
  const mail = toMailConfig(env, dispatchTimeout, problem);
  if (mail !== undefined && mail.timeout >= leasePeriod) {
    problem(
      `BELFRY_NOTIFICATIONS_LEASE_PERIOD: must be longer than the ${mail.timeout / 1_000}s that a mail may take, or it is sent twice`,
    );
  }
  return {
    defaultMethod: defaultMethodOf(env.BELFRY_NOTIFICATIONS_METHOD, { smtp: mail, webhook }, problem),
    inboxEnabled: env.BELFRY_NOTIFICATIONS_INBOX_ENABLED,
    webhook,
    mail,
    dispatchTimeout,
    maxSendAttempts: env.BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS,
    retryInterval: env.BELFRY_NOTIFICATIONS_RETRY_INTERVAL,
    fetchInterval: env.BELFRY_NOTIFICATIONS_FETCH_INTERVAL,
    leasePeriod,
    leaseCount: env.BELFRY_NOTIFICATIONS_LEASE_COUNT,
    messageRetention: env.BELFRY_NOTIFICATIONS_MESSAGE_RETENTION,
    inboxRetention: env.BELFRY_NOTIFICATIONS_INBOX_RETENTION,
  };
}

/** The one that is asked for, else mail (as Coder has it), else the webhook. */
function defaultMethodOf(
  asked: "smtp" | "webhook" | undefined,
  { smtp, webhook }: { smtp: unknown; webhook: unknown },
  problem: (message: string) => void,
): NotificationsConfig["defaultMethod"] {
  if (asked === "smtp" && smtp === undefined) {
    problem(
      "BELFRY_NOTIFICATIONS_METHOD: is smtp, but mail is not set up; set BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM",
    );
  }
  if (asked === "webhook" && webhook === undefined) {
    problem(
      "BELFRY_NOTIFICATIONS_METHOD: is webhook, but there is none; set BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT",
    );
  }
  return asked ?? (smtp !== undefined ? "smtp" : webhook !== undefined ? "webhook" : undefined);
}
