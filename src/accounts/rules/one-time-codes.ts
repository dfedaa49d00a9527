// One-time codes that people type: the setup code (four groups of four characters), which local callers don't need, and
// passcodes (`XXXX-NNNNNNNN`: a selector, and the HOTP (RFC 4226) digits of a user's secret and counter).
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { HOTP, Secret } from "otpauth/bare";

/** Letters and digits that nobody takes for one another. */
export const unambiguousCharacters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const groups = 4;
const groupLength = 4;

/** `chance(n)` gives a whole number from 0 to n - 1. */
export function createSetupCode(chance: (below: number) => number): string {
  const letters = Array.from(
    { length: groups * groupLength },
    () => unambiguousCharacters[chance(unambiguousCharacters.length)]!,
  );
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(""),
  ).join("-");
}

/** SHA-256, hex, of the code as people type or paste it. */
export function hashSetupCode(code: string): string {
  return createHash("sha256").update(normalizeCode(code)).digest("hex");
}

/** Milliseconds that one lives. */
export const passcodeLifetimeMs = 20 * 60_000;
/** Valid codes of one account; further requests get none, so nobody can replace another one's code. */
export const maxPasscodes = 3;
/** With the letters of one; then it is over. */
export const maxPasscodeAttempts = 5;

const selectorLength = 4;
const digitCount = 8;

export interface Passcode {
  selector: string;
  digits: string;
}

/** `chance(n)` gives a whole number from 0 to n - 1. */
export const createSelector = (chance: (below: number) => number): string =>
  Array.from(
    { length: selectorLength },
    () => unambiguousCharacters[chance(unambiguousCharacters.length)]!,
  ).join("");

export const formatPasscode = ({ selector, digits }: Passcode): string => `${selector}-${digits}`;

/** As people type or paste it. Undefined for what can't be one. */
export function parsePasscode(text: string): Passcode | undefined {
  const [, selector, digits] = /^([A-Z0-9]{4})([0-9]{8})$/.exec(normalizeCode(text)) ?? [];
  return selector === undefined || digits === undefined ? undefined : { selector, digits };
}

export const hotpDigits = (secret: Uint8Array, counter: number): string =>
  HOTP.generate({
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
    counter,
    digits: digitCount,
    hmac: (_algorithm, key, message) => createHmac("sha1", key).update(message).digest(),
  });

/** In a time that doesn't tell which digit is wrong. */
export const equalDigits = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));

/** Capital letters and digits only: full-width ones as ASCII; blanks, hyphens of any kind, quotes and stops don't count. */
export const normalizeCode = (text: string): string =>
  text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[\s\p{Cf}\p{Pd}\p{Pi}\p{Pf}\u2212\u00AD"'`´.,;:<>()[\]]/gu, "");

export interface Caller {
  /** The address of the client's socket. */
  address: string | null;
  /** The Host header. */
  host: string;
  /** Whether a proxy says that it passed the request on. */
  forwarded: boolean;
}

/** All three must say so: a proxy on this machine also connects from loopback, a rebound name also leads to it. */
export function isLocalCaller({ address, host, forwarded }: Caller): boolean {
  return !forwarded && address !== null && isLoopbackAddress(address) && isLoopbackHost(host);
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, "");
  return plain === "::1" || /^127(\.\d{1,3}){3}$/.test(plain);
}

function isLoopbackHost(host: string): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(host.trim().toLowerCase())?.[1] ?? "";
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return isLoopbackAddress(name.replace(/^\[|\]$/g, ""));
}
