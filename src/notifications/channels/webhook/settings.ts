// The webhook's variables.
import type * as z from "zod";
import { webhookAddress, webhookSecret, type WebhookAddress } from "../../../config/values.ts";
import type { SettingsContext } from "../channel.ts";

export const webhookVariables = {
  BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: webhookAddress.optional(),
  BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: webhookSecret.optional(),
} satisfies Record<string, z.ZodType>;

export interface WebhookSettings extends WebhookAddress {
  /** `whsec_…` */
  secret: string | undefined;
  /** Milliseconds for a try. */
  timeout: number;
}

export function toWebhookSettings(
  env: z.infer<z.ZodObject<typeof webhookVariables>>,
  { dispatchTimeout }: Pick<SettingsContext, "dispatchTimeout">,
): WebhookSettings | undefined {
  const { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: address, BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: secret } = env;
  return address === undefined ? undefined : { ...address, secret, timeout: dispatchTimeout };
}
