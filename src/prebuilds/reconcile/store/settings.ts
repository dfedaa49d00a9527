// SQL of the switch that pauses the passes over the pools: one row of JSON, as Coder keeps it.
import { eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { settings } from "../../../../db/schema.ts";

const key = "prebuilds_settings";

export interface PrebuildSettings {
  reconciliation_paused: boolean;
}

export const readPrebuildSettings = () =>
  query.select({ value: settings.value }).from(settings).where(eq(settings.key, key));

/** True in SQL while the passes are paused. */
export const pausedNow: SQL = sql`EXISTS (SELECT 1 FROM settings WHERE key = ${key}
  AND value ->> '$.reconciliation_paused')`;

export function writePrebuildSettings(value: PrebuildSettings, now: number, when: SQL): Statement {
  const text = JSON.stringify(value);
  return query.run(sql`INSERT INTO settings (key, value, updated_at) SELECT ${key}, ${text}, ${now} WHERE ${when}
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`);
}
