// All routes of the HTTP API. `Api` is what typed clients see.
import { Hono } from "hono";
import { openApiDocument } from "../openapi.ts";
import { auditRoutes } from "./audit.ts";
import { firstUserRoutes } from "./first-user.ts";
import type { Env } from "./http.ts";
import { inboxEvents } from "./inbox-events.ts";
import { inboxRoutes } from "./inbox.ts";
import { messageRoutes } from "./messages.ts";
import { notificationRoutes } from "./notifications.ts";
import { organizationRoutes } from "./organizations.ts";
import { preferenceRoutes } from "./preferences.ts";
import { sessionRoutes } from "./sessions.ts";
import { tokenRoutes } from "./tokens.ts";
import { userAccessRoutes } from "./user-access.ts";
import { userRoutes } from "./users.ts";
import { buildInfoRoutes, documentRoute, healthRoutes } from "./service.ts";

function createRoutes() {
  return new Hono<Env>()
    .route("/api/v2", buildInfoRoutes)
    .route("/api/v2", firstUserRoutes)
    .route("/api/v2", sessionRoutes)
    .route("/api/v2", userRoutes)
    .route("/api/v2", userAccessRoutes)
    .route("/api/v2", tokenRoutes)
    .route("/api/v2", organizationRoutes)
    .route("/api/v2", auditRoutes)
    .route("/api/v2", notificationRoutes)
    .route("/api/v2", messageRoutes)
    .route("/api/v2", inboxRoutes)
    .route("/api/v2", inboxEvents)
    .route("/api/v2", preferenceRoutes)
    .route("/", healthRoutes);
}

export function createApi() {
  const routes: Hono<Env> = createRoutes();
  return routes.route(
    "/api/v2",
    documentRoute((serverUrl) => openApiDocument(routes, serverUrl)),
  );
}

export type Api = ReturnType<typeof createRoutes>;
