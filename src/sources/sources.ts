// Creating, changing and deleting sources. A source's address has a secret in it, which is shown once and stored as a hash.
import type { SourceKind } from "../../db/schema.ts";
import { audit, type AuditEntry } from "../accounts/audit.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { findKey } from "../accounts/store/keys.ts";
import { andSql, hasPermissionSql } from "../accounts/store/manage.ts";
import { takenError } from "../accounts/validation.ts";
import { randomText } from "../kernel/crypto.ts";
import type { Deps } from "../kernel/deps.ts";
import { forbidden, invalid, notFound, unauthorized } from "../kernel/errors.ts";
import { hashSourceSecret, problemWithSourceName, rotationMs, sourceAddress } from "./rules/source.ts";
import {
  deleteSource,
  findSource,
  insertSource,
  replaceSecret,
  sourceExistsSql,
  sourceHasChangeSql,
  updateSource,
  type SourceChange,
  type SourceRow,
} from "./store/sources.ts";

/** 43 letters and digits: 256 bits. */
const secretLength = 43;

export const canManageSourcesSql = (actor: Actor) => hasPermissionSql(actor, "deployment:manage");

/** Throws the reason why a guarded write of an owner changed nothing. */
export function requireSigned(caller: readonly unknown[]): never {
  throw caller.length === 0 ? unauthorized() : forbidden("Only owners can manage sources.");
}

export interface AddressedSource {
  source: SourceRow;
  /** With the secret, which is shown this once. */
  address: string;
}

/** Throws 400, 403, 409 for a name that is in use. */
export async function createSource(
  deps: Deps,
  actor: Actor,
  { name, kind }: { name: string; kind: SourceKind },
): Promise<AddressedSource> {
  requireName(name);
  const secret = randomText(secretLength);
  const [id, changeId] = [deps.newId(), deps.newId()];
  const row = {
    id,
    name,
    kind,
    secretHash: hashSourceSecret(secret),
    changeId,
    createdBy: actor.userId,
    createdAt: deps.now(),
  };
  const { created, namesake, caller } = await deps.db.write(
    [
      insertSource(row, canManageSourcesSql(actor)),
      audit(deps, entryOf(actor, "create", id, { name, kind }), sourceHasChangeSql(id, changeId)),
    ],
    { created: findSource(id), namesake: findSource(name), caller: findKey(actor.keyId) },
  );
  if (created[0] !== undefined)
    return { source: created[0], address: sourceAddress(deps.config.accessUrl, secret) };
  if (namesake.length > 0) throw nameTaken(name);
  return requireSigned(caller);
}

/** Throws 400, 403, 404, 409 for a name that is in use. */
export async function changeSource(
  deps: Deps,
  actor: Actor,
  source: SourceRow | undefined,
  change: SourceChange,
): Promise<SourceRow> {
  if (source === undefined) throw notFound("Source");
  const { name = source.name, isEnabled = source.isEnabled } = change;
  if (name === source.name && isEnabled === source.isEnabled) return source;
  requireName(name);
  const changeId = deps.newId();
  const detail = {
    name,
    ...(name === source.name ? {} : { from: source.name }),
    ...(isEnabled === source.isEnabled ? {} : { enabled: isEnabled }),
  };
  const { after, namesake, caller } = await deps.db.write(
    [
      updateSource(source.id, change, changeId, canManageSourcesSql(actor)),
      audit(deps, entryOf(actor, "write", source.id, detail), sourceHasChangeSql(source.id, changeId)),
    ],
    { after: findSource(source.id), namesake: findSource(name), caller: findKey(actor.keyId) },
  );
  const changed = after[0];
  if (changed?.changeId === changeId) return changed;
  if (changed === undefined) throw notFound("Source");
  if (namesake.some(({ id }) => id !== source.id)) throw nameTaken(name);
  return requireSigned(caller);
}

/** The present secret works for a day from now; the one before it no longer. Throws 403, 404. */
export async function rotateSecret(
  deps: Deps,
  actor: Actor,
  source: SourceRow | undefined,
): Promise<AddressedSource> {
  if (source === undefined) throw notFound("Source");
  const secret = randomText(secretLength);
  const changeId = deps.newId();
  const next = {
    secretHash: hashSourceSecret(secret),
    previousUntil: deps.now() + rotationMs,
    changeId,
  };
  const { after, caller } = await deps.db.write(
    [
      replaceSecret(source.id, next, canManageSourcesSql(actor)),
      audit(
        deps,
        entryOf(actor, "rotate", source.id, { name: source.name }),
        sourceHasChangeSql(source.id, changeId),
      ),
    ],
    { after: findSource(source.id), caller: findKey(actor.keyId) },
  );
  const rotated = after[0];
  if (rotated?.changeId === changeId)
    return { source: rotated, address: sourceAddress(deps.config.accessUrl, secret) };
  if (rotated === undefined) throw notFound("Source");
  return requireSigned(caller);
}

/** Its address works no more, and what waited for people is lost. Notifications that were received stay. Throws 403, 404. */
export async function removeSource(deps: Deps, actor: Actor, source: SourceRow | undefined): Promise<void> {
  if (source === undefined) throw notFound("Source");
  const { id, name, receivedCount, waiting } = source;
  const when = andSql(sourceExistsSql(id), canManageSourcesSql(actor));
  const detail = { name, received: receivedCount, waiting };
  const { left, caller } = await deps.db.write(
    [audit(deps, entryOf(actor, "delete", id, detail), when), deleteSource(id, when)],
    { left: findSource(id), caller: findKey(actor.keyId) },
  );
  if (left.length > 0) requireSigned(caller);
}

function requireName(name: string): void {
  const problem = problemWithSourceName(name);
  if (problem !== undefined) throw invalid("name", problem);
}

const nameTaken = (name: string) => takenError("name", `Source name "${name}" is already taken.`);

export const entryOf = (
  actor: Actor,
  action: string,
  resourceId: string,
  detail: Record<string, unknown>,
): AuditEntry => ({ actorId: actor.userId, action, resourceType: "source", resourceId, detail });
