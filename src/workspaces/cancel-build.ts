// Cancelling a build: at once while nobody has taken it, otherwise its provisioner is asked to stop. The API calls it.
import type { Actor } from "../accounts/rules/actor.ts";
import { may } from "../accounts/rules/permissions.ts";
import { keyExists, userOfKey } from "../accounts/store/keys.ts";
import type { Deps } from "../deps.ts";
import { ApiError, forbidden } from "../errors.ts";
import { isActive } from "./rules/job.ts";
import { cancelBuild, findBuild, type BuildRow } from "./store/builds.ts";

/** Throws 403, and 400 (as Coder) for a build that has ended or is being canceled already. */
export async function cancel(deps: Deps, actor: Actor, row: BuildRow): Promise<void> {
  const { build, workspace } = row;
  if (actor.userId !== workspace.ownerId && !may(actor, "workspaces:end-others"))
    throw forbidden("Only the workspace's owner and administrators may cancel its builds.");
  if (build.status === "canceling") throw new ApiError(400, "The build is being canceled already.");
  if (!isActive(build.status)) throw hasEnded();
  const { now } = await deps.db.write([cancelBuild(build.id, deps.now(), keyExists(actor.keyId))], {
    now: findBuild(build.id, userOfKey(actor.keyId)),
  });
  const status = now[0]?.build.status;
  if (status !== "canceling" && status !== "canceled") throw hasEnded();
}

const hasEnded = () => new ApiError(400, "The build has ended: there is nothing to cancel.");
