// SQL of the state of delivery that every inbox shows: the pause, the last tick, the channels' health and the receivers that
// fail, in one read.
import { sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { methods, receiverMethod } from "../../channels/index.ts";
import { isPaused, lastTickKey, settingsKey } from "../../preferences/store/settings.ts";
import { isFailingSql } from "../../receivers/store/turns.ts";
import type { DeliveryState } from "../rules/delivery-problems.ts";
import { healthKey, toHealth } from "./health.ts";

interface Row {
  key: string;
  value: string;
  /** Of a receiver that fails: its latest success, if there was one. */
  at: number | null;
}

const keys = JSON.stringify([settingsKey, lastTickKey, ...methods.map(healthKey)]);

export const readDeliveryState = prepared(() =>
  query.all<Row>(sql`SELECT key, value, updated_at AS at FROM settings WHERE key IN (SELECT value FROM json_each(${keys}))
    UNION ALL SELECT ${receiverMethod}, name, succeeded_at FROM notification_receivers
      WHERE is_enabled AND deleted_at IS NULL AND owner_id IS NULL AND ${isFailingSql}`),
);

/** The rows of `readDeliveryState` as values. */
export function toDeliveryState(rows: readonly Row[]): DeliveryState {
  const {
    pause = [],
    tick = [],
    receivers = [],
    health = [],
  } = Object.groupBy(rows, ({ key }) =>
    key === settingsKey
      ? "pause"
      : key === lastTickKey
        ? "tick"
        : key === receiverMethod
          ? "receivers"
          : "health",
  );
  return {
    pausedAt: isPaused(pause) ? pause[0]!.at : null,
    tickAt: tick.length === 0 ? null : Number(tick[0]!.value),
    health: toHealth(health),
    receivers: receivers.map(({ value, at }) => ({ name: value, succeededAt: at })),
  };
}
