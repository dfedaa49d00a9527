// The key that reports of AI agents are sent with.
import type { Context } from "./context.ts";

export interface AgentCredential {
  url: string;
  token: string | undefined;
}

/** A workspace's agent token, unless a key was named: the session is then the workspace's, and its owner's. */
export function readReporter({ choice, environment }: Context): AgentCredential {
  const { url, token, source } = choice();
  const agentToken = environment["BELFRY_AGENT_TOKEN"];
  return source === "option" || agentToken === undefined || agentToken === ""
    ? { url, token }
    : { url, token: agentToken };
}

/** A user's key, which may do more, and the agent token where there is none. */
export function readUserOrReporter(context: Context): AgentCredential {
  const { url, token, source } = context.choice();
  return source === "option" || source === "environment" ? { url, token } : readReporter(context);
}
