// Who reports for an AI agent: its user, by their key or token, or the agent of a workspace, by its token, for the workspace's
// owner. Routes with the access "session-or-agent" call `readAsReporter`.
import type { Answers, Reads, SQL } from "../../db/client.ts";
import { trueSql } from "../../db/prepared.ts";
import { prebuildsUser } from "../../db/schema.ts";
import type { Reporter } from "../agent-sessions/report-session.ts";
import { conflict } from "../kernel/errors.ts";
import { agentReads, authenticateAgent } from "../workspaces/agents/agents.ts";
import { isStopping, type AgentToken } from "../workspaces/agents/rules/agent-token.ts";
import { whereLatestBuildIs } from "../workspaces/agents/store/agents.ts";
import { workspaceOwnerSql } from "../workspaces/builds/store/workspaces.ts";
import type { Ctx } from "./context.ts";
import { currentUserIdSql, readAsUser } from "./endpoint.ts";

/**
 * One round trip: what the handler reads for the user (SQL for their id). Throws 401, 403, and 409 for an agent of a
 * prebuilt workspace that nobody has claimed.
 */
export async function readAsReporter<T extends Reads>(
  c: Ctx,
  readsOf: (userId: SQL<string>) => T,
): Promise<{ reporter: Reporter } & Answers<T>> {
  const token = c.get("agentToken") as AgentToken | undefined;
  if (token === undefined) {
    const { actor, ...answers } = await readAsUser(c, readsOf(currentUserIdSql(c)));
    const reporter = { userId: actor.userId, workspaceId: null, when: trueSql };
    return { ...(answers as unknown as Answers<T>), reporter };
  }
  const deps = c.get("deps");
  const owner = workspaceOwnerSql(token.workspaceId);
  const answers = await deps.db.read({ ...agentReads(token), ...readsOf(owner) });
  const { workspace } = authenticateAgent(deps, token, answers as never);
  if (workspace.ownerId === prebuildsUser.id)
    throw conflict("Nobody has claimed this prebuilt workspace yet.", "Report again once it has an owner.");
  if (isStopping(workspace.build))
    throw conflict("The workspace is being stopped, so its agents' sessions have ended.");
  const when = whereLatestBuildIs(workspace.build);
  const reporter = { userId: workspace.ownerId, workspaceId: workspace.id, when };
  return { ...(answers as unknown as Answers<T>), reporter };
}
