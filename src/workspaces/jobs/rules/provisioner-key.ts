// Names of provisioner keys, and when their use is noted: rarely, because provisioners poll all the time.
import { problemWithVersionName } from "../../templates/rules/names.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Milliseconds between two notes of the use of a key, from one address and from changing ones. */
export const useIntervals = { sameAddress: hour, otherAddress: minute };
/** Milliseconds for which the audit log needs no second entry for one key and address. */
export const auditInterval = 24 * hour;

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
  const interval = lastUsedAddress === address ? useIntervals.sameAddress : useIntervals.otherAddress;
  return now - lastUsedAt >= interval;
}

/** A key is named like a template version. */
export const problemWithKeyName = (name: string): string | undefined => problemWithVersionName(name);
