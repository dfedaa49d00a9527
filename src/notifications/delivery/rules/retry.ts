// What becomes of a message after a try.
import type { AttemptOutcome, MessageStatus } from "../../../../db/schema.ts";
import type { Outcome } from "../../channels/channel.ts";
import type { Reason } from "../../outbox/rules/reasons.ts";

export interface RetryPolicy {
  maxAttempts: number;
  /** Milliseconds before the second try; each further wait is four times as long, up to an hour. */
  interval: number;
}

export interface Decision {
  status: Extract<MessageStatus, "sent" | "temporary_failure" | "permanent_failure" | "inhibited">;
  outcome: Exclude<AttemptOutcome, "started">;
  dueAt: number | null;
  reason: Reason | null;
  detail: string;
  /** Attempts that don't count towards the limit from now on. */
  forgiven: number;
}

/** What of a message its next attempt depends on; times in epoch milliseconds. */
export interface Attempted {
  /** 1 is the first. */
  attempt: number;
  createdAt: number;
  /** From when on it must not be sent; null for never. */
  expiresAt: number | null;
}

const growth = 4;
const longestWait = 3_600_000;
const longestRetryAfter = 6 * 3_600_000;
/** For so long after its creation a message waits for an operator, or for the day's limit to end, whatever the attempts. */
const operatorTimeMs = 24 * 3_600_000;

/** `chance` is a random number from 0 to 1: waits are spread by a fifth either way, so that failures don't come back together. */
export function decideOutcome(
  outcome: Outcome,
  { attempt, createdAt, expiresAt }: Attempted,
  policy: RetryPolicy,
  now: number,
  chance: number,
): Decision {
  const { detail } = outcome;
  const ended = { dueAt: null, reason: null, detail, forgiven: 0 };
  if (outcome.kind === "sent") return { ...ended, status: "sent", outcome: "sent" };
  if (outcome.kind === "inhibited")
    return { ...ended, status: "inhibited", outcome: "permanent_failure", reason: outcome.reason };
  const failed = { ...ended, status: "permanent_failure", outcome: "temporary_failure" } as const;
  if (outcome.kind === "permanent")
    return { ...failed, outcome: "permanent_failure", reason: outcome.reason ?? null };
  const wait = Math.max(
    backoff(attempt, policy, chance),
    Math.min(outcome.retryAfter ?? 0, longestRetryAfter),
  );
  const isExhausted = attempt >= policy.maxAttempts;
  const isOurs = outcome.about === "sender" || outcome.about === "account";
  if (isExhausted && !(isOurs && now + wait < createdAt + operatorTimeMs))
    return { ...failed, reason: "attempts_exhausted" };
  if (expiresAt !== null && now + wait >= expiresAt) return { ...failed, reason: "expired" };
  const dueAt = now + Math.round(wait);
  return { ...failed, status: "temporary_failure", dueAt, forgiven: isExhausted ? 1 : 0 };
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
