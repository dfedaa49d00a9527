// Expired keys and passcodes, keys of requests, limits that mean nothing any more and old audit entries go, a slice a tick.
import type { Statement } from "../../db/client.ts";
import { purgeKeys } from "../../db/idempotency.ts";
import type { Deps } from "../kernel/deps.ts";
import { purgeAudit } from "./store/audit.ts";
import { deleteExpiredKeys } from "./store/keys.ts";
import { purgeLimits } from "./store/limits.ts";
import { purgePasscodes } from "./store/passcodes.ts";

const slice = 500;

export function purgeAccounts(deps: Deps): Statement[] {
  const now = deps.now();
  return [
    deleteExpiredKeys(now, slice),
    purgeLimits(now, slice),
    purgePasscodes(now, slice),
    purgeKeys(now, slice),
    purgeAudit(now - deps.config.auditRetention, slice),
  ];
}
