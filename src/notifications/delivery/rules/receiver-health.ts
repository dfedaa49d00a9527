// What the attempts of a batch say of one receiver.
import type { Outcome } from "../../channels/channel.ts";
import { isAboutChannel } from "./channel-health.ts";

export interface ReceiverSummary {
  /** Since the latest success among them. */
  failures: number;
  succeededAt: number | null;
  failedAt: number | null;
  answer: string | null;
  /** Until when it asked not to be sent anything. */
  pausedUntil: number | null;
}

interface Attempted {
  outcome: Outcome;
  finishedAt: number;
}

/** A request to wait is no failure. */
const isFailure = ({ outcome }: Attempted): boolean =>
  isAboutChannel(outcome) &&
  (outcome.kind === "permanent" || (outcome.kind === "temporary" && outcome.about !== "account"));

export function summariseReceiver(results: readonly Attempted[]): ReceiverSummary {
  const latest = (some: readonly Attempted[]) =>
    some.reduce<Attempted | null>((a, b) => (a !== null && a.finishedAt > b.finishedAt ? a : b), null);
  const success = latest(results.filter(({ outcome }) => outcome.kind === "sent"));
  const failures = results.filter(isFailure);
  const failure = latest(failures);
  const pauses = results.flatMap(({ outcome, finishedAt }) => {
    const wait =
      outcome.kind === "sent" ? outcome.pause : outcome.kind === "temporary" ? outcome.retryAfter : undefined;
    return wait === undefined ? [] : [finishedAt + Math.min(wait, maxPauseMs)];
  });
  return {
    failures: failures.filter(({ finishedAt }) => finishedAt > (success?.finishedAt ?? -Infinity)).length,
    succeededAt: success?.finishedAt ?? null,
    failedAt: failure?.finishedAt ?? null,
    answer: failure?.outcome.detail ?? null,
    pausedUntil: pauses.length === 0 ? null : Math.max(...pauses),
  };
}

/** However long a receiver asks for. */
const maxPauseMs = 3_600_000;
