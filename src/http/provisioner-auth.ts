// Authentication of provisioners: by their key, in its header or as a bearer token. Routes with the access
// "provisioner" call `readAsProvisioner` or `writeAsProvisioner`; endpoint() has refused those without a key before.
import type { Answers, Reads, Statement } from "../../db/client.ts";
import { failUnless, isGuardFailure } from "../../db/statements.ts";
import { isForgedKey } from "../accounts/keys.ts";
import { parseCredential, type Credential, keyPurposes } from "../accounts/rules/api-key.ts";
import { unauthorized } from "../kernel/errors.ts";
import { noteProvisionerKeyUse } from "../workspaces/jobs/provisioner-keys.ts";
import { findProvisionerKey, provisionerKeyValidSql } from "../workspaces/jobs/store/provisioner-keys.ts";
import type { Ctx } from "./context.ts";

export interface Provisioner {
  keyId: string;
  /** Of the key. */
  name: string;
  organizationId: string;
}

const provisionerHeader = "coder-provisioner-daemon-key";

export const hasProvisionerKey = (c: Ctx) => c.req.header(provisionerHeader) !== undefined;

export function requireProvisionerCredential(c: Ctx): Credential {
  const bearer = /^Bearer\s+(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const text = c.req.header(provisionerHeader) ?? bearer;
  if (text === undefined || text === "")
    throw unauthorized("Missing provisioner key. Send it in the header Coder-Provisioner-Daemon-Key.");
  const credential = parseCredential(text, c.get("deps").keysFor(keyPurposes.provisioner));
  if (credential === undefined)
    throw unauthorized("Invalid provisioner key. Create one: belfry provisioner keys create NAME");
  if (isForgedKey(c.get("deps"), credential, "provisioner")) throw unknownKey();
  return credential;
}

const unknownKey = () =>
  unauthorized("Unknown or revoked provisioner key. Create one: belfry provisioner keys create NAME");

type Answered<T extends Reads> = Promise<{ provisioner: Provisioner } & Answers<T>>;

/** One round trip: what the handler reads, behind a guard that fails unless the key is good. Throws 401. */
export const readAsProvisioner = <T extends Reads>(c: Ctx, reads: T): Answered<T> =>
  ask(c, (guard, provisionerKey) => c.get("deps").db.read({ guard, ...reads, provisionerKey }));

/** The same for changes and what holds afterwards. */
export const writeAsProvisioner = <T extends Reads>(
  c: Ctx,
  changes: readonly Statement[],
  reads: T,
): Answered<T> =>
  ask(c, (guard, provisionerKey) =>
    c.get("deps").db.write([guard, ...changes], { ...reads, provisionerKey }),
  );

type Lookup = ReturnType<typeof findProvisionerKey>;

async function ask<T extends Reads>(
  c: Ctx,
  run: (guard: Statement, provisionerKey: Lookup) => Promise<unknown>,
): Answered<T> {
  const credential = c.get("credential");
  try {
    const guard = failUnless(provisionerKeyValidSql(credential));
    const answers = await run(guard, findProvisionerKey(credential.keyId));
    const { provisionerKey, ...rest } = answers as { provisionerKey: Lookup["_"]["result"] } & Answers<T>;
    const { id, name, organizationId } = provisionerKey[0]!;
    noteProvisionerKeyUse(c.get("deps"), provisionerKey[0]!);
    return { ...(rest as unknown as Answers<T>), provisioner: { keyId: id, name, organizationId } };
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    throw unknownKey();
  }
}
