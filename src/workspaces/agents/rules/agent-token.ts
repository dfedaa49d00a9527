// Tokens of agents: an HMAC over the workspace and its agents' generation, with the workspace's id in front for the look-up.
// Several agents of one workspace sign in as `<token>.<agent name>`.
import { createHmac, timingSafeEqual } from "node:crypto";
import { hmacKey } from "../../../kernel/rules/hmac-key.ts";
import type { BuildStatus, LifecycleState, Transition } from "../../../../db/schema.ts";

export interface AgentToken {
  workspaceId: string;
  mac: string;
  /** Undefined: the workspace's only agent. */
  agentName: string | undefined;
}

export function createAgentToken(key: Uint8Array, workspaceId: string, generation: string): string {
  return `agent_${workspaceId.replaceAll("-", "")}_${mac(key, workspaceId, generation)}`;
}

/** Undefined for what isn't shaped like one. */
export function parseAgentToken(text: string): AgentToken | undefined {
  const match =
    /^agent_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([0-9a-f]{64})(?:\.(.+))?$/.exec(
      text.trim(),
    );
  if (match === null) return undefined;
  const [, ...parts] = match;
  return { workspaceId: parts.slice(0, 5).join("-"), mac: parts[5]!, agentName: parts[6] };
}

/** Whether the token was created for this generation with one of the keys; compared in constant time. */
export function isAgentToken(token: AgentToken, keys: readonly Uint8Array[], generation: string): boolean {
  const given = Buffer.from(token.mac, "hex");
  return keys.some((key) =>
    timingSafeEqual(given, Buffer.from(mac(key, token.workspaceId, generation), "hex")),
  );
}

const mac = (key: Uint8Array, workspaceId: string, generation: string) =>
  createHmac("sha256", hmacKey(key)).update(`${workspaceId}:${generation}`).digest("hex");

export interface Agent {
  id: string;
  name: string;
  lifecycleState: LifecycleState;
  /** Epoch milliseconds; null while it has reported nothing. */
  lifecycleChangedAt: number | null;
}

/** What is known of the workspace that a token names. */
export interface WorkspaceAgents {
  status: BuildStatus;
  transition: Transition;
  agentGeneration: string;
  /** Of the newest build of this generation that has any. */
  agents: readonly Agent[];
}

/** A workspace whose stop failed or was canceled runs on. */
export const isStopping = ({ transition, status }: Pick<WorkspaceAgents, "transition" | "status">): boolean =>
  transition !== "start" && (status === "pending" || status === "running");

/** `not_built` passes: the agents are known once their build has succeeded. */
export type SignIn =
  | { ok: true; agent: Agent }
  | { ok: false; why: "unknown_token" | "stopped" | "not_built" | "no_agents" }
  | { ok: false; why: "which_agent" | "unknown_agent"; names: string[] };

/** `workspace` is undefined when there is none, or no more. */
export function checkSignIn(
  token: AgentToken,
  keys: readonly Uint8Array[],
  workspace: WorkspaceAgents | undefined,
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
