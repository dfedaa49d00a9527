// POST /mcp: MCP over HTTP, without sessions. Each tool calls the API in this process with the key of the request, so that
// rights, limits and checks are the API's.
import { createMcpHandler } from "@modelcontextprotocol/server";
import { Hono } from "hono";
import type { CreateRoutes } from "../app.ts";
import { createClient } from "../client.ts";
import { endpoint, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { createMcpServer } from "./server.ts";

/** A question waits longer than any other call. */
const callMs = 60_000;

export const createMcpRoutes: CreateRoutes = (answer) =>
  new Hono<Env>().all(
    "/mcp",
    endpoint({
      summary: "Tools for AI agents, by the Model Context Protocol (streamable HTTP)",
      access: "session-or-agent",
      action: "notify-self",
      answers: {},
      errors: [401],
    }),
    async (c) => {
      const ask = (request: Request) => Promise.resolve(answer(asCaller(request, c), c.env));
      const { origin } = new URL(c.req.url);
      const client = createClient({ url: origin, timeoutMs: callMs, fetch: ask });
      await assertKnown(client, c);
      const { log } = c.get("deps");
      const handler = createMcpHandler(() => createMcpServer({ client, session: undefined }), {
        onerror: (error) => log.debug("an MCP request was refused", { reason: error.message }),
      });
      return handler.fetch(c.req.raw);
    },
  );

/** Headers that are the outer request's own: of its body, and of a browser, whose cookie counts for nothing here. */
const ownHeaders = /^(accept|content-.*|cookie|mcp-.*|origin|sec-.*|transfer-encoding|idempotency-key|host)$/;

function asCaller(request: Request, c: Ctx): Request {
  const headers = new Headers(request.headers);
  for (const [name, value] of c.req.raw.headers) if (!ownHeaders.test(name)) headers.set(name, value);
  return new Request(request, { headers });
}

/** An agent whose key has ended hears it from the first request on, as HTTP says it. */
async function assertKnown(client: ReturnType<typeof createClient>, c: Ctx): Promise<void> {
  if (c.get("agentToken") !== undefined) return;
  try {
    await client.ask((routes) => routes.users[":user"].$get({ param: { user: "me" } }));
  } catch (error) {
    // A token may be allowed less than this.
    if ((error as { status?: unknown }).status !== 401) return;
    throw new ApiError(401, (error as Error).message, { headers: { "www-authenticate": "Bearer" } });
  }
}
