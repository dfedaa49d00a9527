// One-time passcodes, `XXXX-NNNNNNNN`: letters that name the request, and the digits that HOTP (RFC 4226) makes of a secret
// of the user and a counter that moves with each.
import { createHmac, timingSafeEqual } from "node:crypto";
import { HOTP, Secret } from "otpauth/bare";
import { unmistakable } from "./setup-code.ts";
import { plainCode } from "./typed-code.ts";

/** Milliseconds that one lives. */
export const passcodeLife = 20 * 60_000;
/** Of one account at once; whoever asks for more gets none, so that nobody can replace somebody's. */
export const mostPasscodes = 3;
/** With the letters of one; then it is over. */
export const mostTries = 5;

const selectorLength = 4;
const digitCount = 8;

export interface Passcode {
  selector: string;
  digits: string;
}

/** `chance(n)` gives a whole number from 0 to n - 1. */
export const makeSelector = (chance: (below: number) => number): string =>
  Array.from({ length: selectorLength }, () => unmistakable[chance(unmistakable.length)]!).join("");

export const passcodeText = ({ selector, digits }: Passcode): string => `${selector}-${digits}`;

/** As people type or paste it. Undefined for what can't be one. */
export function parsePasscode(text: string): Passcode | undefined {
  const [, selector, digits] = /^([A-Z0-9]{4})([0-9]{8})$/.exec(plainCode(text)) ?? [];
  return selector === undefined || digits === undefined ? undefined : { selector, digits };
}

export const digitsOf = (secret: Uint8Array, counter: number): string =>
  HOTP.generate({
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
    counter,
    digits: digitCount,
    hmac: (_algorithm, key, message) => createHmac("sha1", key).update(message).digest(),
  });

/** In a time that doesn't tell which digit is wrong. */
export const sameDigits = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
