// SQL of the turns that custom notifications take: one row of the settings, which each send moves on.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import type { Pace } from "../rules/pace.ts";

const key = "custom_pace";

export const readPace = () =>
  query.all<{ value: string }>(sql`SELECT value FROM settings WHERE key = ${key}`);

type PaceRow = { value: string } | undefined;

/** Also of a minute that another release wrote. */
export const parsePace = (row: PaceRow): Pace | undefined =>
  row === undefined ? undefined : (JSON.parse(row.value) as Pace);

/** Unless another send has taken turns since it was read. */
export const writePace = (
  { minuteAt, used }: Pace,
  eventId: string,
  seen: PaceRow,
  now: number,
): Statement => {
  const value = JSON.stringify({ minuteAt, used, by: eventId });
  return query.run(sql`INSERT INTO settings (key, value, updated_at) VALUES (${key}, ${value}, ${now})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
    WHERE settings.value = ${seen?.value ?? ""}`);
};

/** SQL: whether the latest turns are this event's. */
export const tookTurnsSql = (eventId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM settings WHERE key = ${key} AND value ->> '$.by' = ${eventId})`;
