// Names of provisioner keys, and when their use is noted: rarely, because provisioners poll all the time.
import { problemWithVersionName } from "../../templates/rules/names.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Milliseconds between two notes of the use of a key, from one address and from changing ones. */
export const useIntervalMs = { sameAddress: hourMs, otherAddress: minuteMs };
/** Milliseconds for which the audit log needs no second entry for one key and address. */
export const auditIntervalMs = 24 * hourMs;

export interface KeyUse {
  lastUsedAt: number | null;
  lastUsedAddress: string | null;
}

export function isUseDue(
  { lastUsedAt, lastUsedAddress }: KeyUse,
  address: string | null,
  now: number,
): boolean {
  if (lastUsedAt === null) return true;
  const interval = lastUsedAddress === address ? useIntervalMs.sameAddress : useIntervalMs.otherAddress;
  return now - lastUsedAt >= interval;
}

/** A key is named like a template version. */
export const problemWithKeyName = (name: string): string | undefined => problemWithVersionName(name);
