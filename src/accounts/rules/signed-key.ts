// Keys carry their own proof: the part that names a key is an HMAC of its secret under a key of the server's. A made-up
// one is refused by arithmetic alone, and the form stays the one that Coder's clients know.
import { createHmac, timingSafeEqual } from "node:crypto";

/** Labels of the server's keys (HKDF): a provisioner's key proves nothing as a person's. */
export const keyPurposes = { api: "api key", provisioner: "provisioner key" } as const;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const idLength = 10;

/** The id that belongs to a secret: 10 of 62 characters, 59 bits; it tells nothing of the secret. */
export function keyIdOf(signingKey: Uint8Array, secret: string): string {
  let number = BigInt(`0x${createHmac("sha256", signingKey).update(secret).digest("hex")}`);
  let id = "";
  while (id.length < idLength) {
    id += alphabet[Number(number % 62n)];
    number /= 62n;
  }
  return id;
}

/** Whether one of these signing keys made the id of this secret; in a time that tells nothing. */
export const isSigned = (keyId: string, secret: string, signingKeys: readonly Uint8Array[]): boolean =>
  signingKeys.some((key) => timingSafeEqual(Buffer.from(keyIdOf(key, secret)), Buffer.from(keyId)));

/** Until when keys may be in use that the server's keys did not sign: epoch milliseconds, for each purpose. */
export type UnsignedUntil = Record<keyof typeof keyPurposes, number>;

/** Nothing is known: look each one up. */
export const unknownUntil: UnsignedUntil = {
  api: Number.MAX_SAFE_INTEGER,
  provisioner: Number.MAX_SAFE_INTEGER,
};

/** `stored`: JSON, as the tick keeps it. */
export const parseUnsignedUntil = (stored: string | undefined): UnsignedUntil =>
  stored === undefined ? unknownUntil : (JSON.parse(stored) as UnsignedUntil);
