// SQL of the deployment's notification settings: one row of JSON, as Coder keeps it.
import { eq, sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { settings } from "../../../../db/schema.ts";

const settingsKey = "notifications_settings";
const endpointKey = "webhook_endpoint_gone";

export function readSettings() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, settingsKey));
}

export function writeSettings(value: { notifier_paused: boolean }, now: number): Statement {
  return upsert(settingsKey, JSON.stringify(value), now);
}

/** The JSON text as stored; undefined when nobody has ever set it. */
export function isPaused(rows: { value: string }[]): boolean {
  return (
    rows[0] !== undefined &&
    (JSON.parse(rows[0].value) as { notifier_paused?: boolean }).notifier_paused === true
  );
}

/** True in SQL while notifications are paused. */
export const pausedNow = sql`EXISTS (SELECT 1 FROM ${settings} WHERE ${settings.key} = ${settingsKey}
  AND ${settings.value} ->> '$.notifier_paused')`;

/** The SHA-256 of the webhook address that answered 410 Gone. */
export function readGoneEndpoint() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, endpointKey));
}

export const markEndpointGone = (endpointHash: string, now: number): Statement =>
  upsert(endpointKey, endpointHash, now);
export const clearGoneEndpoint = (): Statement => query.delete(settings).where(eq(settings.key, endpointKey));

function upsert(key: string, value: string, now: number): Statement {
  return query
    .insert(settings)
    .values({ key, value, updatedAt: now })
    .onConflictDoUpdate({ target: settings.key, set: { value, updatedAt: now } });
}

/** Notes that a tick ran: `readyz` tells how long ago. */
export const noteTick = (now: number): Statement => upsert("last_tick", String(now), now);
export function readLastTick() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, "last_tick"));
}
