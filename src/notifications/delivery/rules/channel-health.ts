// Whether a channel works: what its latest attempts say, since when all of them failed, and whether its endpoint is gone.
import { createHash } from "node:crypto";
import type { Channel, Outcome } from "../../channels/channel.ts";

/** An attempt whose result says something about the channel. */
export interface Attempt {
  method: string;
  at: number;
  ok: boolean;
  /** The receiver's response, or why there was none. */
  answer: string;
}

/** What is stored for each channel; times in epoch milliseconds. */
export interface Health {
  method: string;
  succeededAt: number | null;
  failedAt: number | null;
  /** The response of the latest failure. */
  answer: string | null;
  /** The first failure after the latest success; null while the channel works. */
  failingSince: number | null;
}

/** False for a failure that concerns one recipient or one message, and for what was never attempted. */
export function isAboutChannel(outcome: Outcome): boolean {
  if (outcome.kind === "sent") return true;
  if (outcome.kind === "inhibited") return false;
  if (outcome.about === "recipient" || outcome.about === "message") return false;
  return outcome.kind === "temporary" || !["no_address", "not_configured"].includes(outcome.reason ?? "");
}

/** What attempts, in any order, say about each of their channels. */
export function summarise(attempts: readonly Attempt[]): Health[] {
  return [...Map.groupBy(attempts, ({ method }) => method)].map(([method, all]) => {
    const latest = (ok: boolean) =>
      all
        .filter((one) => one.ok === ok)
        .reduce<Attempt | null>((a, b) => (a !== null && a.at > b.at ? a : b), null);
    const [success, failure] = [latest(true), latest(false)];
    const failingSince = all
      .filter((one) => !one.ok && one.at > (success?.at ?? -Infinity))
      .reduce<number | null>((first, { at }) => Math.min(first ?? at, at), null);
    return {
      method,
      succeededAt: success?.at ?? null,
      failedAt: failure?.at ?? null,
      answer: failure?.answer ?? null,
      failingSince,
    };
  });
}

const failingAfterMs = 5 * 60_000;

/** Channels whose every attempt failed for five minutes. */
export const failing = (channels: readonly Health[], now: number): (Health & { failingSince: number })[] =>
  channels.filter(
    (channel): channel is Health & { failingSince: number } =>
      channel.failingSince !== null && now - channel.failingSince >= failingAfterMs,
  );

/** By channel: the hash of the endpoint that responded 410 Gone. */
export type GoneEndpoints = ReadonlyMap<string, string>;

export const endpointHash = (endpoint: string): string => createHash("sha256").update(endpoint).digest("hex");

/** Whether the channel's endpoint responded 410 Gone; false for a channel that is not configured. */
export function isGone(channel: Channel, settings: unknown, gone: GoneEndpoints): boolean {
  const hash = gone.get(channel.id);
  const endpoint = settings === undefined || hash === undefined ? undefined : channel.endpoint?.(settings);
  return endpoint !== undefined && hash === endpointHash(endpoint);
}
