// SQL of how far the deletion of old rows has come: one row of the settings.
import { sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { settings } from "../../../../db/schema.ts";

const key = "retention";

export const readProgress = prepared(() =>
  query
    .select({ value: settings.value })
    .from(settings)
    .where(sql`${settings.key} = ${key}`),
);

/** Only while the row is as it was read; `read` undefined: there was none. */
export const writeProgress = (value: string, read: string | undefined, now: number): Statement =>
  query.run(sql`INSERT INTO settings (key, value, updated_at) VALUES (${key}, ${value}, ${now})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
    WHERE value = ${read ?? ""}`);
