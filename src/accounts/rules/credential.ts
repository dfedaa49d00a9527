// API keys: `<10 characters>-<22 characters>`; the first part names the key, the second is the secret (131 bits).
import { createHash, timingSafeEqual } from "node:crypto";
import { isSigned } from "./signed-key.ts";

export interface Credential {
  keyId: string;
  /** SHA-256 of the secret, hex. */
  secretHash: string;
  /** Whether this server made it, by its form alone; keys from before this release are not. */
  isSigned: boolean;
}

/** Undefined for anything that isn't shaped like a key: no key, no look-up. */
export function parseCredential(
  text: string,
  signingKeys: readonly Uint8Array[] = [],
): Credential | undefined {
  const match = /^([A-Za-z0-9]{10})-([A-Za-z0-9]{22})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, keyId = "", secret = ""] = match;
  return { keyId, secretHash: hashSecret(secret), isSigned: isSigned(keyId, secret, signingKeys) };
}

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Equal, in a time that doesn't tell where they differ. */
export function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
