// Keys of provisioners: creating and revoking one, and noting its use.
import { audit, type AuditEntry } from "../../accounts/audit.ts";
import { takenError } from "../../accounts/validation.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { hashSecret, keyIdForSecret, keyPurposes } from "../../accounts/rules/api-key.ts";
import { findKey } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { forbidden, invalid, notFound, unauthorized } from "../../kernel/errors.ts";
import { randomText } from "../../kernel/crypto.ts";
import { isUseDue, problemWithKeyName, type KeyUse } from "./rules/provisioner-key.ts";
import { canManageTemplatesSql } from "../templates/store/templates.ts";
import { withdrawJobsOfKey } from "./store/jobs.ts";
import {
  deleteProvisionerKey,
  findProvisionerKey,
  findProvisionerKeyByName,
  insertProvisionerKey,
  useDueSql,
  useNewSql,
  provisionerKeyExistsSql,
  touchProvisionerKey,
} from "./store/provisioner-keys.ts";

/** Answers the key's text, which is shown this once. Throws 400, 403, 409 for a name that is in use. */
export async function createProvisionerKey(
  deps: Deps,
  actor: Actor,
  { organizationId, name }: { organizationId: string; name: string },
): Promise<string> {
  const problem = problemWithKeyName(name);
  if (problem !== undefined) throw invalid("name", problem);
  const secret = randomText(22);
  const id = keyIdForSecret(deps.keysFor(keyPurposes.provisioner)[0], secret);
  const secretHash = hashSecret(secret);
  const row = { id, organizationId, name, secretHash, createdBy: actor.userId, createdAt: deps.now() };
  const entry = entryOf("create", actor.userId, id, { name });
  const { created, namesake, caller } = await deps.db.write(
    [
      insertProvisionerKey(row, canManageTemplatesSql(actor)),
      audit(deps, entry, provisionerKeyExistsSql(id)),
    ],
    {
      created: findProvisionerKey(id),
      namesake: findProvisionerKeyByName(organizationId, name),
      caller: findKey(actor.keyId),
    },
  );
  if (created[0]?.secretHash === secretHash) return `${id}-${secret}`;
  if (caller.length === 0) throw unauthorized();
  if (namesake.length > 0) throw takenError("name", `Provisioner key name "${name}" is already taken.`);
  throw notAllowed();
}

/**
 * The key is good for nothing from now on. Jobs that its provisioners have not begun go back to the queue in the same
 * write; the next tick fails those that they have. Throws 404, 403.
 */
export async function revokeProvisionerKey(
  deps: Deps,
  actor: Actor,
  key: { id: string; name: string; lastUsedAt: number | null } | undefined,
): Promise<void> {
  if (key === undefined) throw notFound("Provisioner key");
  const now = deps.now();
  const when = andSql(provisionerKeyExistsSql(key.id), canManageTemplatesSql(actor));
  const detail = {
    name: key.name,
    last_used_at: key.lastUsedAt === null ? null : new Date(key.lastUsedAt).toISOString(),
  };
  const { left, caller } = await deps.db.write(
    [
      audit(deps, entryOf("delete", actor.userId, key.id, detail), when),
      ...withdrawJobsOfKey(key.id, now, when),
      deleteProvisionerKey(key.id, when),
    ],
    { left: findProvisionerKey(key.id), caller: findKey(actor.keyId) },
  );
  if (left.length === 0) return deps.process.jobs.wake();
  throw caller.length === 0 ? unauthorized() : notAllowed();
}

/** After the answer, where it is due: when and from where the key was used, in the audit log once a day per address. */
export function noteProvisionerKeyUse(deps: Deps, key: { id: string; name: string } & KeyUse): void {
  const now = deps.now();
  const address = deps.clientAddress;
  if (!isUseDue(key, address, now)) return;
  const isNew = andSql(useDueSql(key.id, address, now), useNewSql(key.id, address, now));
  const entry = entryOf("use", null, key.id, { name: key.name });
  deps.defer(() => deps.db.write([audit(deps, entry, isNew), touchProvisionerKey(key.id, address, now)], {}));
}

const notAllowed = () => forbidden("Only owners and template admins can manage provisioner keys.");

const entryOf = (
  action: string,
  actorId: string | null,
  resourceId: string,
  detail: Record<string, unknown>,
): AuditEntry => ({ actorId, action, resourceType: "provisioner_key", resourceId, detail });
