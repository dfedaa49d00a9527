// Detects an instance with the wrong root key: the database stores a value that only the deployment's key derives.
import type { Statement } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { audit } from "./audit.ts";
import {
  extendUnsignedUntil,
  insertUnsignedUntil,
  keyCheckIsSql,
  insertKeyCheck,
  readKeyCheck,
  replaceKeyCheck,
  writeKeyCheck,
} from "./store/deployment.ts";

const purpose = "key check";
const keyChecks = ({ keysFor }: Pick<Deps, "keysFor">) =>
  keysFor(purpose).map((key) => Buffer.from(key).toString("base64url"));

/** The first key used with a database is the deployment's; after a rotation the new one is. */
export function keyCheckStatements(deps: Pick<Deps, "keysFor" | "now">): Statement[] {
  const [current, ...former] = keyChecks(deps);
  const now = deps.now();
  return [
    insertKeyCheck(current!, now),
    insertUnsignedUntil(now),
    ...former.flatMap((check) => [
      extendUnsignedUntil(now, keyCheckIsSql(check)),
      replaceKeyCheck(current!, check, now),
    ]),
  ];
}

/** Readiness is public: the message contains no secret. */
export const wrongKeyMessage =
  "BELFRY_SECRET_KEY is not the key of this database: agent tokens and the links in sent messages are rejected; workspace states and unsent passcodes can't be read. Sign-ins and API tokens work. Set the right key, the same on every instance; if it is lost: belfry admin accept-key";

/** `stored` is undefined until the first tick. */
export function keyMatches(deps: Pick<Deps, "keysFor">, stored: string | undefined): boolean {
  return stored === undefined || keyChecks(deps).includes(stored);
}

/** The current key becomes the deployment key. */
export async function acceptKey(deps: Deps): Promise<void> {
  const [current] = keyChecks(deps);
  const entry = {
    actorId: null,
    action: "write",
    resourceType: "deployment" as const,
    resourceId: null,
    detail: { secret_key: "accepted", where: "on the machine" },
  };
  // Every key that there is was signed by another.
  await deps.db.write(
    [
      insertUnsignedUntil(deps.now()),
      extendUnsignedUntil(deps.now()),
      writeKeyCheck(current!, deps.now()),
      audit(deps, entry),
    ],
    { check: readKeyCheck() },
  );
}
