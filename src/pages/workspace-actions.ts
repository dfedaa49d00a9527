// The forms that start, stop, update, retry, delete and cancel: the same verbs as the API's builds.
import { Hono } from "hono";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { visibleOwner } from "../api/workspaces.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { cancelBuildAsUser } from "../workspaces/builds/cancel-build.ts";
import { createBuild } from "../workspaces/builds/create-build.ts";
import type { WorkspaceAction } from "../workspaces/builds/rules/workspace-actions.ts";
import { findWorkspace, workspaceIdByNameSql } from "../workspaces/builds/store/workspaces.ts";
import { readFields } from "./form.ts";
import { parameterDraft, type ParameterDraft } from "./parameters-form.ts";
import { ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { actionsOf } from "./workspace-buttons.ts";
import { readForAction, showWorkspace } from "./workspaces.ts";

export const workspaceActionPages = new Hono<Env>().post(
  "/:owner{@[^/]+}/:workspace/:action{(?:start|stop|restart|update|retry|delete|cancel)}",
  signedIn,
  async (c) => {
    const { owner, workspace, action } = c.req.param();
    const place = { owner: owner.slice(1), name: workspace };
    const form = await readFields(c);
    const to = ownPath(typeof form["to"] === "string" ? form["to"] : "") ?? undefined;
    const page = `/${owner}/${encodeURIComponent(workspace)}`;
    try {
      const done = await act(c, place, action as WorkspaceAction, form);
      if ("number" in done) return c.redirect(to ?? `${page}?requested=${done.number}`, 303);
      if (!("draft" in done)) return c.redirect(to ?? page, 303);
      if (done.draft.sent !== undefined)
        return await showWorkspace(c, place, { asked: action, draft: done.draft, to, status: 400 });
      const query = new URLSearchParams({ ask: action, ...(to === undefined ? {} : { to }) });
      return c.redirect(`${page}?${query}`, 303);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 409)) throw error;
      return showWorkspace(c, place, { error });
    }
  },
);

type Done = { number: number } | { draft: ParameterDraft } | { isCanceled: true };

/** The number of the new build; or what its parameters lack, and none was created. */
async function act(
  c: Ctx,
  place: { owner: string; name: string },
  action: WorkspaceAction,
  form: Record<string, unknown>,
): Promise<Done> {
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
    return { isCanceled: true };
  }
  const { request, before } = await readForAction(c, row, action, visible);
  const draft = parameterDraft(before, form);
  if (draft.problems.length > 0 && actionsOf(row, actor).includes(action)) return { draft };
  const { row: created } = await createBuild(deps, actor, before, {
    ...request,
    parameters: draft.sent ?? [],
  });
  return { number: created.build.number };
}
