// Routes of agents as people see them. What agents report themselves is in agent-self.ts.
import * as z from "zod";
import { Hono } from "hono";
import { ApiError, notFound } from "../kernel/errors.ts";
import { type Env, endpoint, readAsUser, currentUserIdSql, valid, type Ctx } from "../http/endpoint.ts";
import type { ResourceView } from "../workspaces/builds/store/build-view.ts";
import { buildIdByAgentSql, findBuild, workspaceIdByBuildSql } from "../workspaces/builds/store/builds.ts";
import { workspaceOwnerSql } from "../workspaces/builds/store/workspaces.ts";
import { asksForSocket } from "../http/credentials.ts";
import { agentShape } from "./resource-shape.ts";
import { coderCommandHeader, coderCommandOf, isForConnection } from "./rules/coder-command.ts";
import { uuid } from "../http/schemas.ts";
import { visibleOwner } from "./workspaces.ts";

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

const idParam = z.object({ id: uuid.transform((id) => id.toLowerCase()) });
const reading = <Answer extends z.ZodType>(summary: string, answer: Answer) =>
  endpoint({ summary, access: "session", answers: { 200: answer }, errors: [400, 401, 404] });

/** Of a workspace that the caller may see. */
async function agentOf(c: Ctx, id: string) {
  const owner = workspaceOwnerSql(workspaceIdByBuildSql(buildIdByAgentSql(id)));
  const reads = { build: findBuild(buildIdByAgentSql(id), currentUserIdSql(c)) };
  const { build } = await readAsUser(c, reads, visibleOwner(c, owner, "Agent"));
  const resources = build[0] === undefined ? [] : (JSON.parse(build[0].resources) as ResourceView[]);
  for (const resource of resources) {
    const agent = resource.agents.find((one) => one.id === id);
    if (agent !== undefined) return agentShape.from({ ...agent, resourceId: resource.id });
  }
  throw notFound("Agent");
}

/** Clients that want to connect wait here until they may: they go on at once, and are refused where they connect. */
const asConnected = <Agent extends { status: string }>(agent: Agent): Agent =>
  agent.status === "connecting" ? { ...agent, status: "connected" } : agent;

export const workspaceAgentRoutes = new Hono<Env>()
  .get(
    "/workspaceagents/:id",
    reading("An agent with its apps and what they report", agentShape.schema),
    valid("param", idParam),
    async (c) => {
      const agent = await agentOf(c, c.req.valid("param").id);
      if (isForConnection(coderCommandOf(c.req.header(coderCommandHeader)))) throw noConnections();
      return c.json(asConnected(agent));
    },
  )
  .get(
    "/workspaceagents/:id/listening-ports",
    reading("Ports that are open in a workspace: nobody looks", z.object({ ports: z.array(z.never()) })),
    valid("param", idParam),
    async (c) => {
      await agentOf(c, c.req.valid("param").id);
      return c.json({ ports: [] });
    },
  )
  .get(
    "/workspaceagents/:id/containers",
    reading(
      "Containers in a workspace: nobody looks",
      z.object({ devcontainers: z.array(z.never()), containers: z.array(z.never()) }),
    ),
    valid("param", idParam),
    async (c) => {
      await agentOf(c, c.req.valid("param").id);
      return c.json({ devcontainers: [], containers: [] });
    },
  )
  .get(
    "/workspaceagents/:id/logs",
    endpoint({
      summary: "Get an agent's log: always empty; as a WebSocket it ends at once",
      access: "session",
      answers: { 101: z.array(z.never()), 200: z.array(z.never()) },
      errors: [400, 401, 404],
    }),
    valid("param", idParam),
    async (c) => {
      await agentOf(c, c.req.valid("param").id);
      return asksForSocket(c) ? c.get("deps").openSocket((socket) => socket.close(1000, "")) : c.json([]);
    },
  );
