// A workspace's settings: its autostart schedule, and whether an autostart updates it to its template's active version.
import type { SQL } from "../../../db/client.ts";
import { prebuildsUser } from "../../../db/schema.ts";
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { hasPermission } from "../../accounts/rules/permissions.ts";
import { findKey, keyExistsSql } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { conflict, forbidden, invalid, notFound, unauthorized } from "../../kernel/errors.ts";
import { nextStart, parseAutostart } from "./rules/autostart.ts";
import { findSettings, updateSettings, type Settings } from "./store/autostart.ts";
import type { BuildRow } from "../builds/store/build-view.ts";
import { workspaceExistsSql } from "../builds/store/workspaces.ts";

/** Null or empty: no autostart. Throws 400 for an invalid schedule, 403, 404, 409. */
export async function setAutostart(
  deps: Deps,
  actor: Actor,
  row: BuildRow | undefined,
  schedule: string | null,
): Promise<void> {
  const text = schedule?.trim() || null;
  if (text !== null) {
    const verdict = parseAutostart(text);
    if (!verdict.ok) throw invalid("schedule", verdict.problem);
  }
  await changeSettings(deps, actor, row, {
    autostartSchedule: text,
    nextStartAt: nextStart(text, deps.now()),
  });
}

/** Throws 403, 404, 409. */
export const setAutomaticUpdates = (
  deps: Deps,
  actor: Actor,
  row: BuildRow | undefined,
  automaticUpdates: "always" | "never",
): Promise<void> => changeSettings(deps, actor, row, { automaticUpdates });

async function changeSettings(
  deps: Deps,
  actor: Actor,
  row: BuildRow | undefined,
  settings: Settings,
): Promise<void> {
  if (row === undefined) throw notFound("Workspace");
  const { workspace } = row;
  if (workspace.ownerId === prebuildsUser.id)
    throw conflict("A prebuilt workspace has no settings until it is claimed.");
  if (actor.userId !== workspace.ownerId && !hasPermission(actor, "workspaces:manage-others"))
    throw forbidden("Only the workspace's owner and deployment owners can change its settings.");
  const { nextStartAt: _next, ...changes } = settings;
  const entry = {
    actorId: actor.userId,
    action: "write",
    resourceType: "workspace" as const,
    resourceId: workspace.id,
    detail: { name: workspace.name, owner: row.ownerName, ...auditDetail(changes) },
  };
  const guard: SQL = keyExistsSql(actor.keyId);
  const { after, caller } = await deps.db.write(
    [
      audit(deps, entry, andSql(guard, workspaceExistsSql(workspace.id))),
      updateSettings(workspace.id, settings, deps.now(), guard),
    ],
    { after: findSettings(workspace.id), caller: findKey(actor.keyId) },
  );
  if (caller.length === 0) throw unauthorized();
  if (after[0] === undefined || after[0].deletedAt !== null) throw notFound("Workspace");
}

const auditDetail = ({ autostartSchedule, automaticUpdates }: Settings) => ({
  ...(autostartSchedule === undefined ? {} : { autostart_schedule: autostartSchedule }),
  ...(automaticUpdates === undefined ? {} : { automatic_updates: automaticUpdates }),
});
