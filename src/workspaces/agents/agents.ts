// Agents sign in with their token and report their lifecycle: starting, ready, shutting down. Every change is guarded by the
// build that the agent was read with.
import type { Deps } from "../../kernel/deps.ts";
import { conflict, unauthorized, type ApiError } from "../../kernel/errors.ts";
import { type AgentToken, checkSignIn, type Agent, type SignIn } from "./rules/agent-token.ts";
import { retryOnConflict } from "../../kernel/retry-on-conflict.ts";
import { findAgents, findIfTrue, whereLatestBuildIs, setLifecycle } from "./store/agents.ts";
import type { LifecycleState } from "../../../db/schema.ts";

/** Read first for every request of an agent, in one round trip with its other reads. */
export const agentReads = ({ workspaceId }: AgentToken) => ({ workspace: findAgents(workspaceId) });

export type AgentWorkspace = ReturnType<typeof findAgents>["_"]["result"][number];

/** Throws 401, and 409 while the agents' build is in progress. */
export function authenticateAgent(
  deps: Deps,
  token: AgentToken,
  { workspace: [row] }: { workspace: AgentWorkspace[] },
): { agent: Agent; workspace: AgentWorkspace } {
  const found = row && {
    ...row.build,
    agents: JSON.parse(row.agents) as Agent[],
  };
  const verdict = checkSignIn(token, deps.keysFor("agent-token"), found);
  if (!verdict.ok) throw signInError(verdict);
  return { agent: verdict.agent, workspace: row! };
}

function signInError(verdict: Exclude<SignIn, { ok: true }>): ApiError {
  switch (verdict.why) {
    case "unknown_token":
      return unauthorized("Unknown agent token, or the workspace was restarted since.");
    case "stopped":
      return unauthorized(
        "The workspace is stopped or deleted, so the token of its agents is no longer valid.",
      );
    case "no_agents":
      return unauthorized("The workspace has no agents: its provisioner reported none.");
    case "which_agent":
      return unauthorized(
        `The workspace has several agents (${verdict.names.join(", ")}). Sign in as TOKEN.NAME.`,
      );
    case "unknown_agent":
      return unauthorized(`The workspace has no agent of this name; it has ${verdict.names.join(", ")}.`);
    case "not_built":
      return conflict("The workspace's build is still in progress.", "Report again in a few seconds.");
  }
}

export interface LifecycleReport {
  state: LifecycleState;
  /** Epoch milliseconds by the agent's clock; now when left out. */
  changedAt: number | undefined;
}

/** A report that is older than the last one changes nothing. Throws 401, 409. */
export async function reportLifecycle(
  deps: Deps,
  token: AgentToken,
  { state, changedAt }: LifecycleReport,
): Promise<void> {
  await retryOnConflict(await deps.db.read(agentReads(token)), async (before) => {
    const { agent, workspace } = authenticateAgent(deps, token, before);
    const now = deps.now();
    // A clock that is ahead must not make later reports look old.
    const at = Math.min(changedAt ?? now, now);
    const unchanged = whereLatestBuildIs(workspace.build);
    const { isUnchanged, ...after } = await deps.db.write([setLifecycle(agent.id, state, at, unchanged)], {
      isUnchanged: findIfTrue(unchanged),
      ...agentReads(token),
    });
    return { done: isUnchanged[0], after };
  });
}
