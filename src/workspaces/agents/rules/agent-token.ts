// Tokens of agents: an HMAC over the workspace and the generation of its agents, with the workspace's id in front, so
// that it can be looked up. Several agents of one workspace sign in as `<token>.<agent name>`.
import { createHmac, timingSafeEqual } from "node:crypto";

export interface AgentToken {
  workspaceId: string;
  mac: string;
  /** Undefined: the workspace's only agent. */
  agentName: string | undefined;
}

export function makeAgentToken(key: Uint8Array, workspaceId: string, generation: string): string {
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

/** Whether the token was made for this generation, with one of the keys; in a time that tells nothing. */
export function isAgentToken(token: AgentToken, keys: readonly Uint8Array[], generation: string): boolean {
  const given = Buffer.from(token.mac, "hex");
  return keys.some((key) =>
    timingSafeEqual(given, Buffer.from(mac(key, token.workspaceId, generation), "hex")),
  );
}

const mac = (key: Uint8Array, workspaceId: string, generation: string) =>
  createHmac("sha256", key).update(`${workspaceId}:${generation}`).digest("hex");
