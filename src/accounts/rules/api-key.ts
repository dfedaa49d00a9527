// API keys, `<10 characters>-<22 characters>`: the id, then the secret (131 bits). The id is an HMAC of the secret under a
// server key, so a forged key is rejected without a read, and the form stays the one that Coder's clients know.
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { hmacKey } from "../../kernel/rules/hmac-key.ts";

export interface Credential {
  keyId: string;
  /** SHA-256 of the secret, hex. */
  secretHash: string;
  /** Whether a server key signed its id. Keys from releases before signed keys are not. */
  isSigned: boolean;
}

/** Undefined for text that isn't shaped like a key. */
export function parseCredential(text: string, keys: readonly Uint8Array[] = []): Credential | undefined {
  const match = /^([A-Za-z0-9]{10})-([A-Za-z0-9]{22})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, keyId = "", secret = ""] = match;
  const secretHash = hashSecret(secret);
  return { keyId, secretHash, isSigned: isKeySigned(keyId, secret, keys) };
}

export function hashSecret(secret: string): string {
  return hash("sha256", secret, "hex");
}

/** In constant time. */
export function equalHashes(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Labels of the server's keys (HKDF): a provisioner's key proves nothing as a person's. */
export const keyPurposes = { api: "api key", provisioner: "provisioner key" } as const;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const idLength = 10;
const idCount = 62n ** BigInt(idLength);
/** Numbers divide ten times as fast as BigInts, and hold half of the digits exactly. */
const half = 62 ** (idLength / 2);

/** The id that belongs to a secret: 10 of 62 characters, 59 bits; it reveals nothing of the secret. */
export function keyIdForSecret(signingKey: Uint8Array, secret: string): string {
  const hmac = createHmac("sha256", hmacKey(signingKey)).update(secret).digest("hex");
  const number = BigInt(`0x${hmac}`) % idCount;
  let id = "";
  for (let rest of [Number(number % BigInt(half)), Number(number / BigInt(half))])
    for (let digit = 0; digit < idLength / 2; digit += 1) {
      id += alphabet[rest % 62];
      rest = Math.floor(rest / 62);
    }
  return id;
}

/** Whether one of these signing keys derives this id from the secret; in constant time. */
export const isKeySigned = (keyId: string, secret: string, keys: readonly Uint8Array[]): boolean =>
  keys.some((key) => timingSafeEqual(Buffer.from(keyIdForSecret(key, secret)), Buffer.from(keyId)));

/** Until when keys may be in use that the server's keys did not sign: epoch milliseconds, for each purpose. */
export type UnsignedUntil = Record<keyof typeof keyPurposes, number>;

/** Unknown: look up each key. */
export const unknownUntil: UnsignedUntil = {
  api: Number.MAX_SAFE_INTEGER,
  provisioner: Number.MAX_SAFE_INTEGER,
};

/** `stored`: JSON, as the tick keeps it. */
export const parseUnsignedUntil = (stored: string | undefined): UnsignedUntil =>
  stored === undefined ? unknownUntil : (JSON.parse(stored) as UnsignedUntil);

/** Where names stand in paths, `tokenconfig` is the settings of tokens. */
export const tokenNamePattern = /^(?!tokenconfig$)[a-zA-Z0-9]([a-zA-Z0-9._-]{0,62}[a-zA-Z0-9])?$/;
export const tokenNameRule =
  'must have 1 to 64 letters, digits and . _ - between them, and not be "tokenconfig"';

export type LifetimeVerdict = { ok: true; seconds: number } | { ok: false; problem: string };

const defaultLifetimeMs = 7 * 86_400_000;

/** 0 and undefined request the default of a week. */
export function validateLifetime(requestedMs: number | undefined, maxMs: number): LifetimeVerdict {
  if (requestedMs === undefined || requestedMs === 0)
    return { ok: true, seconds: toSeconds(Math.min(defaultLifetimeMs, maxMs)) };
  if (!(requestedMs >= 1_000))
    return { ok: false, problem: "must be at least one second, in nanoseconds (1 h is 3600000000000)" };
  if (requestedMs > maxMs)
    return {
      ok: false,
      problem: `must be at most ${toHours(maxMs)} h (BELFRY_MAX_TOKEN_LIFETIME)`,
    };
  return { ok: true, seconds: toSeconds(requestedMs) };
}

const toSeconds = (milliseconds: number) => Math.max(1, Math.floor(milliseconds / 1_000));
const toHours = (milliseconds: number) => Math.round((milliseconds / 3_600_000) * 100) / 100;
