// The name of where a method's messages go, for people and logs: a host, never a path or a secret.
import type { Method } from "../../../../db/schema.ts";

interface Receivers {
  webhook: { endpoint: string } | undefined;
  mail: { host: string; port: number } | undefined;
}

/** Undefined for the inbox, and for a way that is not set up. */
export function receiverOf({ webhook, mail }: Receivers, method: Method): string | undefined {
  if (method === "webhook" && webhook !== undefined) return new URL(webhook.endpoint).host;
  if (method === "smtp" && mail !== undefined)
    return `${mail.host.includes(":") ? `[${mail.host}]` : mail.host}:${mail.port}`;
  return undefined;
}
