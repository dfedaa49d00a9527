// Making keys for provisioners. The API calls this.
import { audit } from "../accounts/audit.ts";
import { taken } from "../accounts/checks.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { hashSecret } from "../accounts/rules/credential.ts";
import { findKey } from "../accounts/store/keys.ts";
import type { Deps } from "../deps.ts";
import { forbidden, invalid, unauthorized } from "../errors.ts";
import { randomText } from "../ids.ts";
import { problemWithKeyName } from "./rules/template-name.ts";
import { mayStillManageTemplates } from "./store/guards.ts";
import {
  findProvisionerKey,
  findProvisionerKeyByName,
  insertProvisionerKey,
  provisionerKeyExists,
} from "./store/provisioner-keys.ts";

/** Answers the key's text, which is shown this once. Throws 400, 403, 409 for a name that is in use. */
export async function createProvisionerKey(
  deps: Deps,
  actor: Actor,
  { organizationId, name }: { organizationId: string; name: string },
  requestId: string,
): Promise<string> {
  const problem = problemWithKeyName(name);
  if (problem !== undefined) throw invalid("name", problem);
  const id = randomText(10);
  const secret = randomText(22);
  const secretHash = hashSecret(secret);
  const row = { id, organizationId, name, secretHash, createdBy: actor.userId, createdAt: deps.now() };
  const entry = {
    actorId: actor.userId,
    action: "create",
    resourceType: "provisioner_key" as const,
    resourceId: id,
    requestId,
    detail: { name },
  };
  const { made, namesake, caller } = await deps.db.write(
    [insertProvisionerKey(row, mayStillManageTemplates(actor)), audit(deps, entry, provisionerKeyExists(id))],
    {
      made: findProvisionerKey(id),
      namesake: findProvisionerKeyByName(organizationId, name),
      caller: findKey(actor.keyId),
    },
  );
  if (made[0]?.secretHash === secretHash) return `${id}-${secret}`;
  if (caller.length === 0) throw unauthorized();
  if (namesake.length > 0) throw taken("name", `There is a provisioner key named "${name}" already.`);
  throw forbidden("Only an owner or a template-admin may make keys for provisioners.");
}
