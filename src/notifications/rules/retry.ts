// What becomes of a message after a try.
import type { AttemptOutcome, MessageStatus } from "../../../db/schema.ts";
import type { Reason } from "./route.ts";

/** What a channel says of one try. */
export type Outcome =
  | { kind: "sent"; detail: string }
  /** Worth another try; `retryAfter` in milliseconds if the receiver named a time. */
  | { kind: "temporary"; detail: string; retryAfter?: number }
  /** Another try would end the same; `gone` when the receiver wants nothing more at all. */
  | { kind: "permanent"; detail: string; reason?: Reason; gone?: boolean }
  /** Not to be sent any more. */
  | { kind: "inhibited"; detail: string; reason: Reason };

export interface RetryPolicy {
  maxAttempts: number;
  /** Milliseconds before the second try; each further wait is four times as long, up to an hour. */
  interval: number;
}

export interface Settlement {
  status: Extract<MessageStatus, "sent" | "temporary_failure" | "permanent_failure" | "inhibited">;
  outcome: Exclude<AttemptOutcome, "started">;
  dueAt: number | null;
  reason: Reason | null;
  detail: string;
}

const growth = 4;
const longestWait = 3_600_000;
const longestRetryAfter = 6 * 3_600_000;

/** `chance` is a random number from 0 to 1: waits are spread by a fifth either way, so that failures don't come back together. */
export function settle(
  outcome: Outcome,
  attempt: number,
  policy: RetryPolicy,
  now: number,
  chance: number,
  /** From when on it must not be sent; null for never. */
  expiresAt: number | null = null,
): Settlement {
  const { detail } = outcome;
  if (outcome.kind === "sent") return { status: "sent", outcome: "sent", dueAt: null, reason: null, detail };
  if (outcome.kind === "inhibited") {
    return { status: "inhibited", outcome: "permanent_failure", dueAt: null, reason: outcome.reason, detail };
  }
  if (outcome.kind === "permanent") {
    return {
      status: "permanent_failure",
      outcome: "permanent_failure",
      dueAt: null,
      reason: outcome.reason ?? null,
      detail,
    };
  }
  if (attempt >= policy.maxAttempts) {
    return {
      status: "permanent_failure",
      outcome: "temporary_failure",
      dueAt: null,
      reason: "attempts_exhausted",
      detail,
    };
  }
  const wait = Math.max(
    backoff(attempt, policy, chance),
    Math.min(outcome.retryAfter ?? 0, longestRetryAfter),
  );
  if (expiresAt !== null && now + wait >= expiresAt) {
    return {
      status: "permanent_failure",
      outcome: "temporary_failure",
      dueAt: null,
      reason: "expired",
      detail,
    };
  }
  return {
    status: "temporary_failure",
    outcome: "temporary_failure",
    dueAt: now + Math.round(wait),
    reason: null,
    detail,
  };
}

/** Milliseconds to wait after the given attempt (1 is the first). */
export function backoff(attempt: number, policy: RetryPolicy, chance: number): number {
  return (
    Math.min(policy.interval * growth ** (attempt - 1), Math.max(longestWait, policy.interval)) *
    (0.8 + 0.4 * chance)
  );
}

/** Milliseconds of a `Retry-After` field (seconds or an HTTP date; RFC 9110, 10.2.3); undefined for nonsense. */
export function parseRetryAfter(field: string | null, now: number): number | undefined {
  if (field === null) return undefined;
  if (/^\d+$/.test(field.trim())) return Number(field.trim()) * 1_000;
  const date = Date.parse(field);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
