// The forms that start, stop, update, retry, delete and cancel: the same verbs as the API's builds.
import { Hono } from "hono";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { visibleOwner } from "../api/workspaces.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { cancelBuildAsUser } from "../workspaces/builds/cancel-build.ts";
import { createBuild } from "../workspaces/builds/create-build.ts";
import { buildReads } from "../workspaces/builds/decide-build.ts";
import { transitionOf, type WorkspaceAction } from "../workspaces/builds/rules/workspace-actions.ts";
import { findWorkspace, workspaceIdByNameSql } from "../workspaces/builds/store/workspaces.ts";
import { readForm } from "./form.ts";
import { ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { showWorkspace } from "./workspaces.ts";

export const workspaceActionPages = new Hono<Env>().post(
  "/:owner{@[^/]+}/:workspace/:action{(?:start|stop|restart|update|retry|delete|cancel)}",
  signedIn,
  async (c) => {
    const { owner, workspace, action } = c.req.param();
    const place = { owner: owner.slice(1), name: workspace };
    const { to } = await readForm(c, ["to"]);
    try {
      const number = await act(c, place, action as WorkspaceAction);
      const page = `/${owner}/${encodeURIComponent(workspace)}`;
      return c.redirect(ownPath(to) ?? (number === undefined ? page : `${page}?requested=${number}`), 303);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 409)) throw error;
      return showWorkspace(c, place.owner, place.name, error);
    }
  },
);

/** The number of the new build; undefined when none was created. */
async function act(c: Ctx, place: { owner: string; name: string }, action: WorkspaceAction) {
  const deps = c.get("deps");
  const self = currentUserIdSql(c);
  const ownerId = userIdByNameSql(place.owner, self);
  const id = workspaceIdByNameSql(ownerId, place.name);
  const visible = visibleOwner(c, ownerId, "Workspace");
  const { actor, workspace } = await readAsUser(c, { workspace: findWorkspace(id, self) }, visible);
  const row = workspace[0];
  if (row === undefined) throw notFound("Workspace");
  if (action === "cancel") {
    await cancelBuildAsUser(deps, actor, row);
    return undefined;
  }
  const request = {
    transition: transitionOf(action, row.build),
    restarts: action === "restart",
    versionId: action === "update" ? row.template.activeVersionId : undefined,
    parameters: [],
  };
  const { actor: _actor, ...before } = await readAsUser(
    c,
    buildReads(row.workspace.id, self, request),
    visible,
  );
  return (await createBuild(deps, actor, before, request)).row.build.number;
}
