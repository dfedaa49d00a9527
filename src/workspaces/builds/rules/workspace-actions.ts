// What can be done to a workspace next: by the state of its latest build, and by who asks.
import type { BuildStatus, Transition } from "../../../../db/schema.ts";
import type { Actor } from "../../../accounts/rules/actor.ts";
import { hasPermission } from "../../../accounts/rules/permissions.ts";
import { isActive } from "../../jobs/rules/job.ts";

export type WorkspaceAction = "start" | "stop" | "restart" | "update" | "retry" | "delete" | "cancel";

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
): Transition => {
  if (action === "retry") return latest.transition;
  if (action === "restart") return "stop";
  return action === "update" ? "start" : action;
};

/** The most likely first. */
export function workspaceActions(state: WorkspaceState, actor: Asking): WorkspaceAction[] {
  return possible(state).filter((action) => canBuild(actor, state.ownerId, neededTransition(action, state)));
}

/** What the actor must be allowed to do. */
const neededTransition = (action: WorkspaceAction, state: WorkspaceState): Transition => {
  if (action === "cancel") return "stop";
  return action === "restart" ? "start" : transitionOf(action, state);
};

function possible({ isDeleted, isOutdated, status, transition }: WorkspaceState): WorkspaceAction[] {
  if (isDeleted || status === "canceling") return [];
  if (isActive(status)) return ["cancel"];
  const update = isOutdated && transition !== "delete" ? (["update"] as const) : [];
  if (status === "succeeded")
    return [
      ...(transition === "start" ? (["stop", "restart"] as const) : (["start"] as const)),
      ...update,
      "delete",
    ];
  const others = (["start", "stop", "delete"] as const).filter((other) => other !== transition);
  return ["retry", ...update, ...others];
}
