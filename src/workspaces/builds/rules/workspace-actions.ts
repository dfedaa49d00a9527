// What can be done to a workspace next: by the state of its latest build, and by who asks.
import type { BuildStatus, Transition } from "../../../../db/schema.ts";
import type { Actor } from "../../../accounts/rules/actor.ts";
import { hasPermission } from "../../../accounts/rules/permissions.ts";
import { isActive } from "../../jobs/rules/job.ts";

export type WorkspaceAction = "start" | "stop" | "update" | "retry" | "delete" | "cancel";

export interface WorkspaceState {
  ownerId: string;
  isDeleted: boolean;
  /** Whether the latest build has another version than the template's active one. */
  isOutdated: boolean;
  status: BuildStatus;
  transition: Transition;
}

type Asking = Pick<Actor, "userId" | "roles">;

/** Owners of workspaces do all of this; others stop and delete more often than they start. */
export const canBuild = (actor: Asking, ownerId: string, transition: Transition): boolean =>
  actor.userId === ownerId ||
  hasPermission(actor, "workspaces:manage-others") ||
  (transition !== "start" && hasPermission(actor, "workspaces:end-others"));

/** The transition of an action that is a build. */
export const transitionOf = (
  action: Exclude<WorkspaceAction, "cancel">,
  latest: Pick<WorkspaceState, "transition">,
): Transition => (action === "retry" ? latest.transition : action === "update" ? "start" : action);

/** The most likely first. */
export function workspaceActions(state: WorkspaceState, actor: Asking): WorkspaceAction[] {
  return possible(state).filter((action) =>
    canBuild(actor, state.ownerId, action === "cancel" ? "stop" : transitionOf(action, state)),
  );
}

function possible({ isDeleted, isOutdated, status, transition }: WorkspaceState): WorkspaceAction[] {
  if (isDeleted || status === "canceling") return [];
  if (isActive(status)) return ["cancel"];
  const update = isOutdated && transition !== "delete" ? (["update"] as const) : [];
  if (status === "succeeded") return [transition === "start" ? "stop" : "start", ...update, "delete"];
  const others = (["start", "stop", "delete"] as const).filter((other) => other !== transition);
  return ["retry", ...update, ...others];
}
