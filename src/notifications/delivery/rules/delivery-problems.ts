// What keeps notifications from arriving, as every inbox shows it: a pause, an overdue tick, failing channels and receivers.
import { failing, type Health } from "./channel-health.ts";

export type DeliveryProblem =
  | { kind: "paused"; since: number }
  /** `since`: when the last tick ran. */
  | { kind: "overdue"; since: number }
  | { kind: "failing"; since: number; methods: string[] }
  | ({ kind: "receiver" } & FailingReceiver);

export interface FailingReceiver {
  name: string;
  /** Its latest success; null: it has never accepted anything. */
  succeededAt: number | null;
}

export interface DeliveryState {
  /** When the pause began; null while nothing is paused. */
  pausedAt: number | null;
  /** When the last tick ran; null before the first. */
  tickAt: number | null;
  /** Of the configured channels. */
  health: readonly Health[];
  /** Those that fail. */
  receivers: readonly FailingReceiver[];
}

/** Ticks may be this many intervals late. */
const lateAfter = 3;

/** `interval`: milliseconds between two ticks. */
export const isTickLate = (tickAt: number, now: number, interval: number): boolean =>
  now - tickAt > lateAfter * interval;

export function deliveryProblems(
  { pausedAt, tickAt, health, receivers }: DeliveryState,
  now: number,
  interval: number,
): DeliveryProblem[] {
  const problems: DeliveryProblem[] = [];
  if (pausedAt !== null) problems.push({ kind: "paused", since: pausedAt });
  if (tickAt !== null && isTickLate(tickAt, now, interval)) problems.push({ kind: "overdue", since: tickAt });
  const bad = failing(health, now);
  if (bad.length > 0) {
    const since = Math.min(...bad.map(({ failingSince }) => failingSince));
    problems.push({ kind: "failing", since, methods: bad.map(({ method }) => method) });
  }
  return [...problems, ...receivers.map((one) => ({ kind: "receiver", ...one }) as const)];
}
