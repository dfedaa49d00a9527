// The key of what an AI agent starts: its hooks, and its tools.
import type { Context } from "./context.ts";

/** Inside a workspace the agent's token acts for its owner; a key that was given comes first, a stored sign-in last. */
export function readAgentCredential({ choice, environment }: Context): {
  url: string;
  token: string | undefined;
} {
  const { url, token, source } = choice();
  const agentToken = environment["BELFRY_AGENT_TOKEN"];
  if (source === "option" || source === "environment" || agentToken === undefined || agentToken === "")
    return { url, token };
  return { url, token: agentToken };
}
