// POST /mcp: MCP over HTTP, without sessions. Each tool calls the API in this process with the key of the request, so that
// rights, limits and checks are the API's.
import { createMcpHandler } from "@modelcontextprotocol/server";
import { Hono } from "hono";
import type { CreateRoutes } from "../app.ts";
import { createClient } from "../client.ts";
import { endpoint, type Ctx, type Env } from "../http/endpoint.ts";
import { hasHeaderKey } from "../http/credentials.ts";
import { readAsReporter } from "../http/reporter.ts";
import { ApiError, unauthorized } from "../kernel/errors.ts";
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
      await assertKnown(c);
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

/** Throws 401 from the first request on: for a key that has ended, and for a browser's cookie. */
async function assertKnown(c: Ctx): Promise<void> {
  if (!hasHeaderKey(c)) throw unauthorized("Send a token in the header Authorization: Bearer.");
  try {
    await readAsReporter(c, () => ({}));
  } catch (error) {
    // Anything else that is refused is the tools' to say.
    if (!(error instanceof ApiError) || error.status === 401) throw error;
  }
}
