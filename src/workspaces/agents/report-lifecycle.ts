// What an agent says of itself: whether it starts, is ready, shuts down. A prebuilt workspace is ready when all of its
// agents are. The agents' routes call it.
import type { LifecycleState } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { admitAgent, agentReads, persistently } from "./agents.ts";
import type { AgentToken } from "./rules/agent-token.ts";
import { findTruth, isLatestBuild, setLifecycle } from "./store/agents.ts";

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
