// The circuit breaker of a receiver: after some failures in a row nothing is sent for a while, then one message to try it. And
// how far apart messages to a receiver are.
import type { ReceiverFormat } from "../../../../db/schema.ts";

/** So many failures in a row, and it counts as failing. */
export const maxFailures = 5;

export const isFailing = (failures: number): boolean => failures >= maxFailures;

/** The pause after the failure that makes it count as failing; each further one doubles it, up to so many times. */
export const firstPauseMs = 30_000;
export const maxDoublings = 5;

/** While the message that tries it is being sent. */
export const trialMs = 30_000;

/** Milliseconds from one message to the next, as the product asks for. */
export const spacingMs: Readonly<Record<ReceiverFormat, number>> = {
  coder: 0,
  // One a second for each address.
  slack: 1_000,
  // Four a second for each address.
  teams: 250,
  // Five in two seconds for each address.
  discord: 400,
  // A burst of 60, then one in five seconds: what is beyond is answered with 429.
  ntfy: 0,
  pagerduty: 0,
  alertmanager: 0,
  json: 0,
};

export const receiverStatuses = ["disabled", "failing", "paused", "working", "unused"] as const;
export type ReceiverStatus = (typeof receiverStatuses)[number];

/** `paused`: it asked for it. A message's spacing is no pause. */
export function receiverStatus(
  receiver: { isEnabled: boolean; failures: number; resumeAt: number | null; succeededAt: number | null },
  now: number,
): ReceiverStatus {
  if (!receiver.isEnabled) return "disabled";
  if (isFailing(receiver.failures)) return "failing";
  if ((receiver.resumeAt ?? 0) > now + longestSpacingMs) return "paused";
  return receiver.succeededAt === null ? "unused" : "working";
}

const longestSpacingMs = Math.max(...Object.values(spacingMs));
