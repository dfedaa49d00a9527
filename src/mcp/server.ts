// The MCP server: the same for an agent that starts `belfry mcp` and for one that calls `POST /mcp`.
import { Server } from "@modelcontextprotocol/server";
import { version } from "../kernel/version.ts";
import { instructions, toolsFor } from "./rules/tools.ts";
import type { ToolContext } from "./tool.ts";
import { callTool } from "./tools.ts";

export function createMcpServer(context: ToolContext): Server {
  const server = new Server(
    { name: "belfry", title: "Belfry", version },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler("tools/list", () => ({ tools: toolsFor(context.session !== undefined) }) as never);
  server.setRequestHandler("tools/call", ({ params }) =>
    callTool(context, params.name, params.arguments ?? {}),
  );
  return server;
}
