// The warning at the top of an owner's inbox while a channel keeps failing.
import { html } from "hono/html";
import type { NotificationsConfig } from "../config/config.ts";
import { channelLabel, receiverOf } from "../notifications/channels/index.ts";
import { failing, type Health } from "../notifications/delivery/rules/health.ts";
import type { Html } from "./layout.ts";
import { lasting } from "./rules/lasting.ts";

/** Drops channels that are no longer configured. */
const inUse = (all: readonly Health[], { channels }: NotificationsConfig): Health[] =>
  all.filter(({ method }) => receiverOf(channels, method) !== undefined);

export function failingLine(
  ways: readonly Health[],
  notifications: NotificationsConfig,
  now: number,
): Html | string {
  const bad = failing(inUse(ways, notifications), now);
  if (bad.length === 0) return "";
  const names = bad.map(({ method }) => channelLabel(method).toLowerCase()).join(" and ");
  const since = lasting(now - Math.min(...bad.map(({ failingSince }) => failingSince)));
  const words = `${names[0]!.toUpperCase()}${names.slice(1)} delivery has been failing for ${since}.`;
  return html`<p class="failing" role="alert">
    <strong>${words}</strong> <a href="/deployment/notifications">View delivery errors</a>
  </p>`;
}
