// Gives every account the form of its address by which it is found; a start and a migration do it. Two accounts with one
// mailbox both stay: the older is found by every spelling, the other by exactly what it was made with.
import type { Database } from "../../db/client.ts";
import { canonicalEmail } from "./rules/email.ts";
import {
  fillCanonicalEmail,
  listByCanonicalEmail,
  listWithoutCanonicalEmail,
} from "./store/canonical-emails.ts";

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
