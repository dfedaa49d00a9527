// Canceling a build: at once while it is pending; otherwise its provisioner is asked to stop.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { hasPermission } from "../../accounts/rules/permissions.ts";
import { keyExistsSql, userIdByKeySql } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, forbidden } from "../../kernel/errors.ts";
import { isActive } from "../jobs/rules/job.ts";
import type { BuildRow } from "./store/build-view.ts";
import { cancelBuild, findBuild, cancelableSql } from "./store/builds.ts";

/** Throws 403, and 400 (as Coder) for a build that has ended or is being canceled already. */
export async function cancelBuildAsUser(deps: Deps, actor: Actor, row: BuildRow): Promise<void> {
  const { build, workspace } = row;
  if (actor.userId !== workspace.ownerId && !hasPermission(actor, "workspaces:end-others"))
    throw forbidden(
      "Only the workspace's owner, deployment owners and template admins can cancel its builds.",
    );
  if (build.status === "canceling") throw new ApiError(400, "The build is already being canceled.");
  if (!isActive(build.status)) throw hasEndedError();
  const guard = keyExistsSql(actor.keyId);
  const entry = {
    actorId: actor.userId,
    action: "cancel",
    resourceType: "workspace_build" as const,
    resourceId: build.id,
    detail: { workspace: workspace.name, workspace_id: workspace.id, build_number: build.number },
  };
  const { after } = await deps.db.write(
    [audit(deps, entry, andSql(guard, cancelableSql(build.id))), cancelBuild(build.id, deps.now(), guard)],
    { after: findBuild(build.id, userIdByKeySql(actor.keyId)) },
  );
  const status = after[0]?.build.status;
  if (status !== "canceling" && status !== "canceled") throw hasEndedError();
}

const hasEndedError = () => new ApiError(400, "The build has already ended.");
