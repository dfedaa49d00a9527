// Routes of what users choose for themselves, besides Coder's.
import { Hono } from "hono";
import type { Env } from "../http/endpoint.ts";
import { channelPreferenceRoutes } from "./channel-preferences.ts";
import { chatRoutes } from "./chats.ts";
import { digestRoutes } from "./digests.ts";
import { ownActionRoutes } from "./own-actions.ts";
import { quietHourRoutes } from "./quiet-hours.ts";

export const ownPreferenceRoutes = new Hono<Env>()
  .route("/", ownActionRoutes)
  .route("/", channelPreferenceRoutes)
  .route("/", chatRoutes)
  .route("/", digestRoutes)
  .route("/", quietHourRoutes);
