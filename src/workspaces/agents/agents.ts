// Who an agent is, and what every change of an agent's is guarded by. The verbs of agents begin here.
import type { Deps } from "../../kernel/deps.ts";
import { conflict, unauthorized, type ApiError } from "../../kernel/errors.ts";
import type { AgentToken } from "./rules/agent-token.ts";
import { judgeSignIn, type Agent, type SignIn } from "./rules/agent-sign-in.ts";
import { findAgents } from "./store/agents.ts";

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
