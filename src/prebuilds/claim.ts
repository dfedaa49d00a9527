// A workspace for somebody: one that waits in the preset's pool, else a new one. The API calls it.
import type { Actor } from "../accounts/rules/actor.ts";
import { keyExists } from "../accounts/store/keys.ts";
import type { UserRow } from "../accounts/store/users.ts";
import type { Deps } from "../deps.ts";
import { announce, messagesOf } from "../notifications/enqueue.ts";
import {
  demandMade,
  insertPlanned,
  planWorkspace,
  stateOf,
  type WorkspaceFacts,
  type WorkspaceRequest,
} from "../workspaces/create-workspace.ts";
import { creationNews } from "../workspaces/creation-news.ts";
import type { BuildRow } from "../workspaces/store/build-view.ts";
import { nudgePools } from "./nudge.ts";
import { claimReady, type Pool } from "./store/claim.ts";

/**
 * One write. It chooses among what is ready at that moment, so that two who come at once get two, and whoever finds
 * none ready has a new workspace from the same write. Throws 403, 400 that names the member, 409 for a name that is
 * taken.
 */
export async function claimOrCreate(
  deps: Deps,
  actor: Actor,
  owner: UserRow,
  facts: WorkspaceFacts,
  request: WorkspaceRequest,
  requestId: string,
): Promise<BuildRow> {
  const plan = planWorkspace(deps, actor, owner, facts, request);
  const mayStill = keyExists(actor.keyId);
  const pool = poolOf(facts, request, plan.build.createdAt);
  const claim = pool === undefined ? [] : claimReady(plan, pool, mayStill);
  const news = creationNews(deps, { actor, owner, requestId }, facts, request, plan);
  const { messages, ...state } = await deps.db.write(
    [...claim, ...insertPlanned(plan, mayStill), ...news.statements],
    { ...stateOf(plan), messages: messagesOf(...news.plans) },
  );
  const made = demandMade(state, facts, request);
  deps.process.jobs.wake();
  announce(deps, messages);
  if (made.build.stage === "claim") nudgePools(deps);
  return made;
}

/** Undefined without a preset, and for one that keeps no pool. */
function poolOf(facts: WorkspaceFacts, request: WorkspaceRequest, now: number): Pool | undefined {
  const [preset] = facts.preset;
  if (preset === undefined || preset.desiredInstances === null) return undefined;
  return {
    presetId: preset.id,
    freshSince: preset.ttlSeconds ? now - preset.ttlSeconds * 1_000 : 0,
    chosen: [...facts.presetValues, ...request.parameters].map(({ name }) => name),
  };
}
