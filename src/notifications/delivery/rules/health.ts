// Whether a way works: what its latest tries say, and since when every one of them has failed.
import type { Outcome } from "../../channels/channel.ts";

/** One try that went as far as the receiver, or as far as it could. */
export interface Try {
  method: string;
  at: number;
  ok: boolean;
  /** What came back, in words. */
  answer: string;
}

/** What is kept of each way; times in epoch milliseconds. */
export interface Health {
  method: string;
  succeededAt: number | null;
  failedAt: number | null;
  /** What the latest failure brought back. */
  answer: string | null;
  /** The first failure after the latest success; null while it works. */
  failingSince: number | null;
}

/** What is wrong with one person or one message, or was never tried, says nothing about the channel. */
export function isAboutChannel(outcome: Outcome): boolean {
  if (outcome.kind === "sent") return true;
  if (outcome.kind === "inhibited") return false;
  if (outcome.about === "recipient" || outcome.about === "message") return false;
  return outcome.kind === "temporary" || !["no_address", "not_configured"].includes(outcome.reason ?? "");
}

/** What some tries, in any order, say of each way that they went by. */
export function summarise(tries: readonly Try[]): Health[] {
  return [...Map.groupBy(tries, ({ method }) => method)].map(([method, all]) => {
    const latest = (ok: boolean) =>
      all
        .filter((one) => one.ok === ok)
        .reduce<Try | null>((a, b) => (a !== null && a.at > b.at ? a : b), null);
    const [success, failure] = [latest(true), latest(false)];
    const since = all
      .filter((one) => !one.ok && one.at > (success?.at ?? -Infinity))
      .reduce<number | null>((first, { at }) => Math.min(first ?? at, at), null);
    return {
      method,
      succeededAt: success?.at ?? null,
      failedAt: failure?.at ?? null,
      answer: failure?.answer ?? null,
      failingSince: since,
    };
  });
}

const patience = 5 * 60_000;

/** The ways by which nothing has got through for five minutes although it was tried. */
export const failing = (ways: readonly Health[], now: number): (Health & { failingSince: number })[] =>
  ways.filter(
    (way): way is Health & { failingSince: number } =>
      way.failingSince !== null && now - way.failingSince >= patience,
  );
