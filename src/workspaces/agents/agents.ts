// Agents sign in with their token and report their lifecycle: starting, ready, shutting down. Every change is guarded by the
// build that the agent was read with.
import type { Deps } from "../../kernel/deps.ts";
import { conflict, unauthorized, type ApiError } from "../../kernel/errors.ts";
import { type AgentToken, judgeSignIn, type Agent, type SignIn } from "./rules/agent-token.ts";
import { findAgents, findTruth, isLatestBuild, setLifecycle } from "./store/agents.ts";
import type { LifecycleState } from "../../../db/schema.ts";
/** To be read before anything is done for an agent, in one round trip with what else is needed. */
export const agentReads = ({ workspaceId }: AgentToken) => ({ workspace: findAgents(workspaceId) });

export type AgentWorkspace = ReturnType<typeof findAgents>["_"]["result"][number];

/** Throws 401, and 409 while the agents' build is not done. */
export function admitAgent(
  deps: Deps,
  token: AgentToken,
  { workspace: [row] }: { workspace: AgentWorkspace[] },
): { agent: Agent; workspace: AgentWorkspace } {
  const facts = row && {
    ...row.build,
    agents: JSON.parse(row.agents) as Agent[],
  };
  const verdict = judgeSignIn(token, deps.keysFor("agent-token"), facts);
  if (!verdict.ok) throw refusal(verdict);
  return { agent: verdict.agent, workspace: row! };
}

function refusal(verdict: Exclude<SignIn, { ok: true }>): ApiError {
  switch (verdict.why) {
    case "unknown_token":
      return unauthorized("This agent token is not known here, or its workspace has been started anew.");
    case "stopped":
      return unauthorized("The workspace is stopped or gone: the token of its agents has ended with it.");
    case "no_agents":
      return unauthorized("The workspace has no agents: its provisioner has named none.");
    case "which_agent":
      return unauthorized(
        `The workspace has several agents (${verdict.names.join(", ")}): sign in as TOKEN.NAME.`,
      );
    case "unknown_agent":
      return unauthorized(`The workspace has no agent of this name; it has ${verdict.names.join(", ")}.`);
    case "not_built":
      return conflict(
        "The workspace's build is not done yet: its agents are known when it is.",
        "Report again in a few seconds.",
      );
  }
}

const mostTries = 3;

/**
 * Tries on what was read, then on what there is now: an attempt answers `undefined` in `done` when the world has moved
 * on between its read and its write, together with the world as it is. Throws 409 after three.
 */
export async function persistently<Facts, Done>(
  facts: Facts,
  attempt: (facts: Facts) => Promise<{ done: Done | undefined; now: Facts }>,
): Promise<Done> {
  for (let tries = 1, seen = facts; tries <= mostTries; tries += 1) {
    const { done, now } = await attempt(seen);
    if (done !== undefined) return done;
    seen = now;
  }
  throw conflict("The workspace keeps changing at the moment.", "Please try again.");
}

export interface LifecycleReport {
  state: LifecycleState;
  /** Epoch milliseconds by the agent's clock; now when left out. */
  changedAt: number | undefined;
}

/** A report that comes late, after a newer one, changes nothing. Throws 401, 409. */
export async function reportLifecycle(
  deps: Deps,
  token: AgentToken,
  { state, changedAt }: LifecycleReport,
): Promise<void> {
  await persistently(await deps.db.read(agentReads(token)), async (seen) => {
    const { agent, workspace } = admitAgent(deps, token, seen);
    const now = deps.now();
    // A clock that is ahead must not make what comes next look old.
    const at = Math.min(changedAt ?? now, now);
    const isStill = isLatestBuild(workspace.build);
    const { isTaken, ...facts } = await deps.db.write([setLifecycle(agent.id, state, at, isStill)], {
      isTaken: findTruth(isStill),
      ...agentReads(token),
    });
    return { done: isTaken[0], now: facts };
  });
}
