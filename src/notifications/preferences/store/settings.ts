// SQL of the deployment's notification settings: whether delivery is paused (one row of JSON, as in Coder), endpoints that
// are gone, and the last tick.
import { eq, inArray, ne, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared, preparedSql } from "../../../../db/prepared.ts";
import { settings } from "../../../../db/schema.ts";
import { methods } from "../../channels/index.ts";

export const settingsKey = "notifications_settings";
/** After the channel's id: `webhook_endpoint_gone`. */
const goneSuffix = "_endpoint_gone";

export const readSettings = () => readSetting(settingsKey);

const readSetting = prepared((key: string) =>
  query.select({ value: settings.value }).from(settings).where(eq(settings.key, key)),
);

/** What is so already keeps its time: it says when a pause began. */
export const writeSettings = (value: { notifier_paused: boolean }, now: number): Statement => {
  const text = JSON.stringify(value);
  return query
    .insert(settings)
    .values({ key: settingsKey, value: text, updatedAt: now })
    .onConflictDoUpdate({
      target: settings.key,
      set: { value: text, updatedAt: now },
      setWhere: ne(settings.value, text),
    });
};

/** False if it was never set. */
export function isPaused(rows: { value: string }[]): boolean {
  return (
    rows[0] !== undefined &&
    (JSON.parse(rows[0].value) as { notifier_paused?: boolean }).notifier_paused === true
  );
}

/** SQL: whether notifications are paused. */
export const isPausedSql =
  preparedSql(sql`EXISTS (SELECT 1 FROM ${settings} WHERE ${settings.key} = ${settingsKey}
  AND ${settings.value} ->> '$.notifier_paused')`);

/** The SHA-256 of each endpoint that responded 410 Gone. */
export const readGoneEndpoints = prepared(() =>
  query
    .select({ key: settings.key, value: settings.value })
    .from(settings)
    .where(
      inArray(
        settings.key,
        methods.map((method) => method + goneSuffix),
      ),
    ),
);

/** SQL: the same for one channel; NULL unless its endpoint is gone. */
export const goneEndpointSql = (method: SQLWrapper) =>
  sql<
    string | null
  >`(SELECT gone.value FROM ${settings} AS gone WHERE gone.key = ${method} || ${sql.raw(`'${goneSuffix}'`)})`.as(
    "gone_endpoint",
  );

/** SQL: whether this endpoint of a channel is not noted as gone. */
export const isEndpointNotGoneSql = (method: string, endpointHash: string): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM ${settings} WHERE ${settings.key} = ${method + goneSuffix} AND ${settings.value} = ${endpointHash})`;

/** The rows of `readGoneEndpoints`: hashes by channel. */
export const toGoneEndpoints = (
  rows: readonly { key: string; value: string }[],
): ReadonlyMap<string, string> =>
  new Map(rows.map(({ key, value }) => [key.slice(0, -goneSuffix.length), value]));

export const markEndpointGone = (method: string, endpointHash: string, now: number): Statement =>
  upsert(method + goneSuffix, endpointHash, now);
export const clearGoneEndpoint = (method: string): Statement =>
  query.delete(settings).where(eq(settings.key, method + goneSuffix));

const upsert: (key: string, value: string, now: number) => Statement = prepared(
  (key: string, value: string, now: number) =>
    query
      .insert(settings)
      .values({ key, value, updatedAt: now })
      .onConflictDoUpdate({ target: settings.key, set: { value, updatedAt: now } }),
);

export const lastTickKey = "last_tick";

/** Records that a tick ran: `readyz` reports how long ago. */
export const noteTick = (now: number): Statement => upsert(lastTickKey, String(now), now);
export const readLastTick = () => readSetting(lastTickKey);
