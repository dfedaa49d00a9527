// Addresses of Coder's that are absent: those that would be taken for one of our things by its id, and those at which
// clients learn best why what they want doesn't work.
import { Hono } from "hono";
import { ApiError } from "../kernel/errors.ts";
import type { Env } from "../http/endpoint.ts";

export const noConnections = () =>
  new ApiError(404, "Belfry opens no connections into workspaces.", {
    detail:
      "coder ssh, port-forward, ping, speedtest and open vscode don't work here; connect to the machine directly.",
  });

export const absentRoutes = new Hono<Env>()
  .all("/workspaceagents/:part{connection|.+/connection|.+/coordinate|.+/pty}", () => {
    throw noConnections();
  })
  .all("/templates/examples", (c) => c.notFound());
