// SQL of the state of delivery that every inbox shows: the pause, the last tick and the channels' health, in one read.
import { inArray } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { settings } from "../../../../db/schema.ts";
import { methods } from "../../channels/index.ts";
import { isPaused, lastTickKey, settingsKey } from "../../preferences/store/settings.ts";
import type { DeliveryState } from "../rules/delivery-problems.ts";
import { healthKey, toHealth } from "./health.ts";

export const readDeliveryState = prepared(() =>
  query
    .select({ key: settings.key, value: settings.value, updatedAt: settings.updatedAt })
    .from(settings)
    .where(inArray(settings.key, [settingsKey, lastTickKey, ...methods.map(healthKey)])),
);

type Row = ReturnType<typeof readDeliveryState>["_"]["result"][number];

/** The rows of `readDeliveryState` as values. */
export function toDeliveryState(rows: readonly Row[]): DeliveryState {
  const pause = rows.filter(({ key }) => key === settingsKey);
  const tick = rows.find(({ key }) => key === lastTickKey);
  return {
    pausedAt: isPaused(pause) ? pause[0]!.updatedAt : null,
    tickAt: tick === undefined ? null : Number(tick.value),
    health: toHealth(rows.filter(({ key }) => key !== settingsKey && key !== lastTickKey)),
  };
}
