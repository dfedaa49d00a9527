// Rate limits: two windows by count, the older one weighted by what is left of it; the store computes the same in SQL.
// Failed sign-ins from a known device (OWASP device cookies) are counted apart from others; the cookie itself grants nothing.
import { createHmac, timingSafeEqual } from "node:crypto";
import { canonicalEmail } from "./profile.ts";

export interface LimitPolicy {
  /** As in the response headers. */
  name: string;
  /** Within `windowMs`. */
  maxRequests: number;
  windowMs: number;
  /** Requests without a wait. Each further one waits twice as long as the one before, starting at a second. Default: `maxRequests`. */
  maxBurst?: number;
}

/** All sign-in requests of one network. */
export const networkLimit: LimitPolicy = { name: "sign-in", maxRequests: 60, windowMs: 60_000 };
/** Wrong passwords for one email address, whether or not an account has it. */
export const accountFailureLimit: LimitPolicy = {
  name: "failed-sign-in",
  maxRequests: 10,
  windowMs: 900_000,
  maxBurst: 5,
};

export interface LimitRow {
  window: number;
  current: number;
  previous: number;
  admittedBy: string;
  admittedAt: number;
}

/** The wait before a request that follows `count` others. */
export function waitAfterMs(count: number, { maxBurst, maxRequests }: LimitPolicy): number {
  return count < (maxBurst ?? maxRequests) ? 0 : 1_000 * 2 ** (count - (maxBurst ?? maxRequests));
}

/** The weighted count times the window, in whole numbers, as the database computes it. */
export function weightedCount(
  row: Omit<LimitRow, "admittedBy" | "admittedAt">,
  window: number,
  now: number,
): number {
  const here = Math.floor(now / window);
  const left = row.window > here ? window : window - (now % window);
  if (row.window >= here) return row.current * window + row.previous * left;
  return row.window === here - 1 ? row.current * left : 0;
}

export function isAllowed(row: LimitRow, policy: LimitPolicy, now: number): boolean {
  const weight = weightedCount(row, policy.windowMs, now);
  const wait = waitAfterMs(Math.floor(weight / policy.windowMs), policy);
  // Another instance's clock can be ahead. Without a wait that doesn't matter.
  return weight <= (policy.maxRequests - 1) * policy.windowMs && (wait === 0 || now >= row.admittedAt + wait);
}

/** Time until a request is allowed, if there are no others until then. */
export function msUntilAllowed(row: LimitRow, policy: LimitPolicy, now: number): number {
  if (isAllowed(row, policy, now)) return 0;
  // Monotonic: what is allowed at a time is allowed from then on.
  let [early, late] = [0, 2 * policy.windowMs + waitAfterMs(policy.maxRequests - 1, policy)];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (isAllowed(row, policy, now + middle)) late = middle;
    else early = middle;
  }
  return late;
}

/** Purpose of the server key. */
export const devicePurpose = "known devices";

const shape = /^([A-Za-z0-9_-]{10,64})\.([A-Za-z0-9_-]{43})$/;

const proofOf = (key: Uint8Array, email: string, id: string): Buffer =>
  createHmac("sha256", key)
    .update(`${id}\n${canonicalEmail(email)}`)
    .digest();

export const deviceMark = (key: Uint8Array, email: string, id: string): string =>
  `${id}.${proofOf(key, email, id).toString("base64url")}`;

/** The device id of a mark that one of these keys signed for this address. */
export function deviceIdOf(
  mark: string | undefined,
  email: string,
  keys: readonly Uint8Array[],
): string | undefined {
  const [, id, proof] = shape.exec(mark ?? "") ?? [];
  if (id === undefined) return undefined;
  const given = Buffer.from(proof!, "base64url");
  return keys.some((key) => timingSafeEqual(proofOf(key, email, id), given)) ? id : undefined;
}
