// What the tools do: each is a call or two of the API, with the caller's own key. So an agent may by MCP what it may by the
// API, and not more.
import { ClientError, segment } from "../client.ts";
import { ask } from "./ask.ts";
import {
  keyOf,
  noSession,
  refuse,
  say,
  type Arguments,
  type ToolContext,
  type ToolResult,
  type Unchecked,
} from "./tool.ts";

export const tools: Record<string, (context: ToolContext, given: Arguments) => Promise<ToolResult>> = {
  notify: async ({ client }, { title, message, ...others }) => {
    await client.ask((routes) =>
      routes.notifications.custom.$post({ json: { content: { title, message }, ...others } as Unchecked }),
    );
    return say("Sent.");
  },

  ask,

  set_state: async ({ client, session }, { session: named = session, ...report }) => {
    const key = keyOf(named);
    if (key === undefined) return noSession;
    const { changed } = await client.ask((routes) =>
      routes["agent-sessions"][":key"].$put({ param: { key: segment(key) }, json: report as Unchecked }),
    );
    return say(changed ? `Reported: ${String(report["state"])}.` : `Unchanged: ${String(report["state"])}.`);
  },

  list_waiting: async ({ client }, given) => {
    const answer = await client.ask((routes) =>
      routes.users[":user"].waiting.$get({ param: { user: "me" }, query: given as Unchecked }),
    );
    const lines = answer.waiting.map(
      ({ title, detail, since }) => `- ${title}${detail && `: ${detail}`} (since ${since})`,
    );
    const text = answer.count === 0 ? "Nothing is waiting." : `${answer.count} waiting:\n${lines.join("\n")}`;
    return { ...say(text), structuredContent: { ...answer } };
  },
};

/** What the API refuses is a result that the agent can read; anything else that is thrown is a bug. */
export async function callTool(context: ToolContext, name: string, given: Arguments): Promise<ToolResult> {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (tool === undefined) return refuse(`Unknown tool ${name}, use ${Object.keys(tools).join(", ")}.`);
  try {
    return await tool(context, given);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const { message, detail, validations } = error;
    const fields = validations.map(({ field, detail: why }) => `${field}: ${why}`);
    return refuse([message, ...(detail === undefined ? [] : [detail]), ...fields].join("\n"));
  }
}
