// Who a provisioner is: its key comes in a header of its own or as a bearer token. Routes with the access
// "provisioner" call `loadProvisioner` or `performAsProvisioner`; endpoint() has refused those without a key before.
import type { Answers, Database, Reads, Statement } from "../../db/client.ts";
import { parseCredential, sameHash, type Credential } from "../accounts/rules/credential.ts";
import { unauthorized } from "../errors.ts";
import { findProvisionerKey } from "../workspaces/store/provisioner-keys.ts";
import type { Ctx } from "./http.ts";

export interface Provisioner {
  keyId: string;
  /** Of the key. */
  name: string;
  organizationId: string;
}

const provisionerHeader = "coder-provisioner-daemon-key";

export const bringsProvisionerKey = (c: Ctx) => c.req.header(provisionerHeader) !== undefined;

export function provisionerCredentialOf(c: Ctx): Credential {
  const bearer = /^Bearer\s+(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const text = c.req.header(provisionerHeader) ?? bearer;
  if (text === undefined || text === "")
    throw unauthorized("Provisioners bring a key, in the header Coder-Provisioner-Daemon-Key.");
  const credential = parseCredential(text);
  if (credential === undefined)
    throw unauthorized(
      "The provisioner's key is not of the form that keys have. Make one: belfry provisioner key NAME",
    );
  return credential;
}

type Answered<T extends Reads> = Promise<{ provisioner: Provisioner } & Answers<T>>;

/** One round trip: the look-up of the provisioner's key and what the handler reads. Throws 401. */
export const loadProvisioner = <T extends Reads>(c: Ctx, reads: T): Answered<T> =>
  ask(c, reads, (db, all) => db.read(all));

/** One round trip: changes that are guarded by `provisionerMay(c.get("credential"))`, and what holds afterwards. */
export const performAsProvisioner = <T extends Reads>(
  c: Ctx,
  changes: readonly Statement[],
  reads: T,
): Answered<T> => ask(c, reads, (db, all) => db.write(changes, all));

async function ask<T extends Reads>(
  c: Ctx,
  reads: T,
  run: (db: Database, all: Reads) => Promise<Record<string, unknown>>,
): Answered<T> {
  const credential = c.get("credential");
  const answers = await run(c.get("deps").db, {
    ...reads,
    provisionerKey: findProvisionerKey(credential.keyId),
  });
  return { ...(answers as unknown as Answers<T>), provisioner: admit(credential, answers["provisionerKey"]) };
}

type KeyRow = ReturnType<typeof findProvisionerKey>["_"]["result"][number];

function admit(credential: Credential, rows: unknown): Provisioner {
  const [key] = rows as KeyRow[];
  if (key === undefined || !sameHash(key.secretHash, credential.secretHash))
    throw unauthorized("This provisioner key is not known here. Make one: belfry provisioner key NAME");
  return { keyId: key.id, name: key.name, organizationId: key.organizationId };
}
