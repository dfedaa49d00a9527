// Which messages are duplicates of each other, and for how long.
import { hash } from "node:crypto";
import { canonicalJson } from "../../../kernel/rules/json.ts";
import type { DeliveryPlan, PlanChannel, PlanOptions } from "./plan.ts";

const accompanyingWindowMs = 60_000;

/** 96 bits: each message has one, twice with its index. */
const keyLength = 24;

const keyOf = (same: readonly string[]): string =>
  hash("sha256", JSON.stringify(same), "hex").slice(0, keyLength);

export function dedupeForPerson(
  userId: string,
  channel: Pick<PlanChannel, "id" | "accompanies">,
  { template, identity, thing }: Pick<PlanOptions, "template" | "identity" | "thing">,
): Pick<DeliveryPlan, "dedupeKey" | "windowMs"> {
  return channel.accompanies === undefined
    ? { dedupeKey: keyOf([template.id, userId, channel.id, identity]) }
    : { dedupeKey: keyOf([userId, channel.id, thing]), windowMs: accompanyingWindowMs };
}

export const dedupeForReceiver = (
  receiverId: string,
  { template, identity }: Pick<PlanOptions, "template" | "identity">,
  /** Of a message for each recipient. */
  userId?: string,
): string =>
  keyOf([template.id, receiverId, "receiver", identity, ...(userId === undefined ? [] : [userId])]);

/**
 * Events with the same identity are duplicates. A producer gives it (a build, an episode); otherwise it is the content on
 * one UTC day, as in Coder, where `dedupe_bypass_ts` in the data makes every occurrence different.
 */
export function identityOf(
  event: {
    labels: Record<string, string>;
    data: Record<string, unknown> | null;
    targets: string[];
    identity?: string;
  },
  now: number,
): string {
  if (event.identity !== undefined) return `identity ${event.identity}`;
  const day = new Date(now).toISOString().slice(0, 10);
  return canonicalJson([event.labels, event.data, event.targets, day]);
}

/** The value of `dedupe_bypass_ts`: the minute in RFC 3339, without fractions. */
export const minuteBucket = (now: number): string =>
  new Date(now - (now % 60_000)).toISOString().replace(".000Z", "Z");

/** The keys that stand for a time only: `eventMs`, as the event says, or the channel's own. */
export const duplicateWindows = (
  deliveries: readonly DeliveryPlan[],
  eventMs: number | undefined,
  now: number,
) =>
  deliveries.flatMap(({ dedupeKey, windowMs = eventMs }) =>
    dedupeKey === null || windowMs === undefined ? [] : [{ dedupeKey, until: now - windowMs }],
  );
