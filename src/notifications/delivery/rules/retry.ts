// What happens to a message after an attempt: it is sent, retried later, or it failed.
import type { AttemptOutcome, MessageStatus } from "../../../../db/schema.ts";
import type { Outcome } from "../../channels/channel.ts";
import type { Reason } from "../../outbox/rules/reasons.ts";

export interface RetryPolicy {
  maxAttempts: number;
  /** Milliseconds before the second attempt; each further delay is four times as long, up to an hour. */
  interval: number;
}

export interface Decision {
  status: Extract<MessageStatus, "sent" | "temporary_failure" | "permanent_failure" | "inhibited">;
  outcome: Exclude<AttemptOutcome, "started">;
  dueAt: number | null;
  reason: Reason | null;
  detail: string;
  /** Attempts that no longer count towards the limit. */
  forgiven: number;
}

/** What the next attempt depends on; times in epoch milliseconds. */
export interface Attempted {
  /** 1 is the first. */
  attempt: number;
  createdAt: number;
  /** After this it must not be sent; null for no limit. */
  expiresAt: number | null;
}

const growth = 4;
const maxDelayMs = 3_600_000;
const maxRetryAfterMs = 6 * 3_600_000;
/** How long failures that an operator can fix are retried, or a provider's daily limit; the number of attempts doesn't matter. */
const operatorTimeMs = 24 * 3_600_000;

/** `chance` is random, from 0 to 1: delays vary by a fifth, so that retries are spread. */
export function decideOutcome(
  outcome: Outcome,
  { attempt, createdAt, expiresAt }: Attempted,
  policy: RetryPolicy,
  now: number,
  chance: number,
): Decision {
  const { detail } = outcome;
  const base = { dueAt: null, reason: null, detail, forgiven: 0 };
  if (outcome.kind === "sent") return { ...base, status: "sent", outcome: "sent" };
  if (outcome.kind === "inhibited")
    return { ...base, status: "inhibited", outcome: "permanent_failure", reason: outcome.reason };
  const failed = { ...base, status: "permanent_failure", outcome: "temporary_failure" } as const;
  if (outcome.kind === "permanent")
    return { ...failed, outcome: "permanent_failure", reason: outcome.reason ?? null };
  const delayMs = Math.max(
    backoffMs(attempt, policy, chance),
    Math.min(outcome.retryAfter ?? 0, maxRetryAfterMs),
  );
  const isExhausted = attempt >= policy.maxAttempts;
  const canOperatorFix = outcome.about === "sender" || outcome.about === "account";
  if (isExhausted && !(canOperatorFix && now + delayMs < createdAt + operatorTimeMs))
    return { ...failed, reason: outcome.about === "recipient" ? "recipient_refused" : "attempts_exhausted" };
  if (expiresAt !== null && now + delayMs >= expiresAt) return { ...failed, reason: "expired" };
  const dueAt = now + Math.round(delayMs);
  return { ...failed, status: "temporary_failure", dueAt, forgiven: isExhausted ? 1 : 0 };
}

/** Milliseconds until the next attempt; attempt 1 is the first. */
export function backoffMs(attempt: number, policy: RetryPolicy, chance: number): number {
  return (
    Math.min(policy.interval * growth ** (attempt - 1), Math.max(maxDelayMs, policy.interval)) *
    (0.8 + 0.4 * chance)
  );
}

/** Milliseconds of a `Retry-After` header (seconds or an HTTP date; RFC 9110, 10.2.3); undefined if it is invalid. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value.trim()) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
