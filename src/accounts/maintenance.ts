// Work on stored accounts: canonical email addresses are filled in at a start and by a migration; expired rows are deleted by
// the tick. Of two accounts with one mailbox the older one is found by every spelling, the other only by its exact address.
import type { Database } from "../../db/client.ts";
import { canonicalEmail } from "./rules/profile.ts";
import { fillCanonicalEmail, listByCanonicalEmail, listWithoutCanonicalEmail } from "./store/users.ts";
import { purgeKeys } from "../../db/idempotency.ts";
import type { Deps } from "../kernel/deps.ts";
import type { Purges } from "../kernel/purge.ts";
import { purgeAudit } from "./store/audit.ts";
import { deleteExpiredKeys } from "./store/keys.ts";
import { purgeLimits } from "./store/sign-in-limits.ts";
import { purgePasscodes } from "./store/passcodes.ts";

export interface SharedMailbox {
  username: string;
  email: string;
  /** Who has the same mailbox. */
  other: { username: string; email: string };
}

/** Answers the accounts that share another's mailbox. May be cut off and repeated. */
export async function fillCanonicalEmails(db: Database): Promise<SharedMailbox[]> {
  const { without } = await db.read({ without: listWithoutCanonicalEmail() });
  if (without.length === 0) return [];
  await db.write(
    without.map(({ id, email }) => fillCanonicalEmail(id, email)),
    {},
  );
  return findSharedMailboxes(db);
}

/** As they stand, changing nothing. */
export async function findSharedMailboxes(db: Database): Promise<SharedMailbox[]> {
  const { without } = await db.read({ without: listWithoutCanonicalEmail() });
  if (without.length === 0) return [];
  const forms = without.map(({ email }) => canonicalEmail(email));
  const { holders } = await db.read({ holders: listByCanonicalEmail(forms) });
  return without.flatMap(({ username, email }, at) => {
    const other = holders.find(({ canonical }) => canonical === forms[at]);
    return other === undefined
      ? []
      : [{ username, email, other: { username: other.username, email: other.email } }];
  });
}

export const sharedMailboxMessage = ({ username, email, other }: SharedMailbox): string =>
  `${username} (${email}) and ${other.username} (${other.email}) have the same mailbox. ${username} can sign in only with exactly "${email}"; delete one of the two accounts.`;

export function accountPurges(deps: Deps): Purges {
  const now = deps.now();
  return {
    keys: (limit) => deleteExpiredKeys(now, limit),
    limits: (limit) => purgeLimits(now, limit),
    passcodes: (limit) => purgePasscodes(now, limit),
    idempotencyKeys: (limit) => purgeKeys(now, limit),
    auditEntries: (limit) => purgeAudit(now - deps.config.auditRetention, limit),
  };
}
