// Whether an agent's token lets it in, and as which agent. The agents' verbs ask it on what they have read.
import type { BuildStatus, LifecycleState, Transition } from "../../../../db/schema.ts";
import { isAgentToken, type AgentToken } from "./agent-token.ts";

export interface Agent {
  id: string;
  name: string;
  lifecycleState: LifecycleState;
  /** Epoch milliseconds; null while it has reported nothing. */
  lifecycleChangedAt: number | null;
}

/** What is known of the workspace that a token names. */
export interface AgentsOfWorkspace {
  status: BuildStatus;
  transition: Transition;
  agentGeneration: string;
  /** Of the newest build of this generation that has any. */
  agents: readonly Agent[];
}

/** `not_built` passes: the agents are known once their build has succeeded. */
export type SignIn =
  | { ok: true; agent: Agent }
  | { ok: false; why: "unknown_token" | "stopped" | "not_built" | "no_agents" }
  | { ok: false; why: "which_agent" | "unknown_agent"; names: string[] };

/** `workspace` is undefined when there is none, or no more. */
export function judgeSignIn(
  token: AgentToken,
  keys: readonly Uint8Array[],
  workspace: AgentsOfWorkspace | undefined,
): SignIn {
  if (workspace === undefined || !isAgentToken(token, keys, workspace.agentGeneration))
    return { ok: false, why: "unknown_token" };
  const { status, transition, agents } = workspace;
  if (status === "succeeded" && transition !== "start") return { ok: false, why: "stopped" };
  if (agents.length === 0) return { ok: false, why: status === "succeeded" ? "no_agents" : "not_built" };
  const names = agents.map(({ name }) => name);
  if (token.agentName === undefined)
    return agents.length === 1 ? { ok: true, agent: agents[0]! } : { ok: false, why: "which_agent", names };
  const agent = agents.find(({ name }) => name === token.agentName);
  return agent === undefined ? { ok: false, why: "unknown_agent", names } : { ok: true, agent };
}
