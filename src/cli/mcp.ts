// belfry mcp: tools for an AI agent that starts this program, over standard input and output.
import { randomUUID } from "node:crypto";
import { createClient } from "../client.ts";
import { readUserOrReporter } from "./agent-credential.ts";
import { notSignedIn } from "./context.ts";
import { defineCommand } from "./rules/command.ts";

/** A question waits longer than any other call. */
const callMs = 60_000;

export const mcp = defineCommand({
  name: "mcp",
  summary: "Give an AI agent tools to notify you, report its state and list what needs you (MCP)",
  details: [
    "The agent starts it and speaks the Model Context Protocol over standard input and output. It has the permissions of your",
    "token or sign-in; inside a workspace it uses BELFRY_AGENT_TOKEN. The same tools are at POST /mcp of the server.",
    "",
    "Add it to Claude Code: claude mcp add belfry -- belfry mcp",
    "Add it to Codex: codex mcp add belfry -- belfry mcp",
  ],
  examples: ["belfry mcp", "belfry mcp --session nightly"],
  options: {
    session: {
      type: "string",
      value: "NAME",
      text: "name of the agent's session (default: a new one for each start)",
    },
  },
  async run(context, { options }) {
    const { serveStdio, StdioServerTransport } = await import("@modelcontextprotocol/server/stdio");
    const { createMcpServer } = await import("../mcp/server.ts");
    const { url, token } = readUserOrReporter(context);
    if (token === undefined) throw notSignedIn(url);
    const client = createClient({ url, token, timeoutMs: callMs });
    const session = options.session ?? randomUUID();
    const { stdin, stdout } = context.terminal;
    const ended = new Promise<void>((resolve) => stdin.once("close", resolve).once("end", resolve));
    const handle = serveStdio(() => createMcpServer({ client, session }), {
      transport: new StdioServerTransport(stdin, stdout),
      onerror: (error) => context.log(`belfry mcp: ${error.message}`),
    });
    await ended;
    await handle.close();
  },
});
