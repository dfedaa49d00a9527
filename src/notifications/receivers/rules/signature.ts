// Signatures of requests, as Standard Webhooks.
import { createSecretKey } from "node:crypto";
import { sign } from "../../channels/webhook/send.ts";

export const signingSecretProblem = (secret: string): string | undefined =>
  /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(secret)
    ? undefined
    : "must be whsec_ and 24 to 64 random bytes in base64; without one, Belfry creates it";

/** While secrets are exchanged, a receiver can verify it with either. None without a secret. */
export function signedHeaders(
  id: string,
  secrets: readonly string[],
  body: string,
  now: number,
): Record<string, string> {
  const signed = secrets.map((secret) =>
    sign(createSecretKey(secret.slice("whsec_".length), "base64"), id, now, body),
  );
  if (signed.length === 0) return {};
  return { ...signed[0], "webhook-signature": signed.map((one) => one["webhook-signature"]).join(" ") };
}
