// API keys: `<10 characters>-<22 characters>`; the first part names the key, the second is the secret (131 bits).
import { createHash, timingSafeEqual } from "node:crypto";

export interface Credential {
  keyId: string;
  /** SHA-256 of the secret, hex. */
  secretHash: string;
}

/** Undefined for anything that isn't shaped like a key: no key, no look-up. */
export function parseCredential(text: string): Credential | undefined {
  const match = /^([A-Za-z0-9]{10})-([A-Za-z0-9]{22})$/.exec(text.trim());
  return match === null ? undefined : { keyId: match[1]!, secretHash: hashSecret(match[2]!) };
}

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Equal, in a time that doesn't tell where they differ. */
export function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
