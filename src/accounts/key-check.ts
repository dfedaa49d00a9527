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

/** The first key that works with a database is the deployment's, and after an exchange the new one is. */
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

/** What an operator has to know where it differs; it names no secret, for anybody may ask for readiness. */
export const wrongKeyMessage =
  "BELFRY_SECRET_KEY is not the key that this database works with: tokens and links in messages that were sent are refused, workspace states and passcodes can't be read. Set the right key, the same on every instance; if it is lost: belfry admin accept-key";

/** `stored` is undefined until the first pass. */
export function keyMatches(deps: Pick<Deps, "keysFor">, stored: string | undefined): boolean {
  return stored === undefined || keyChecks(deps).includes(stored);
}

/** From now on the key at hand is the deployment's. */
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
