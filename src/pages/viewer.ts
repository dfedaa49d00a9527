// Who is looking at a page that is for everybody: documentation, errors. They keep the navigation of a signed-in user.
import { DatabaseError } from "../../db/errors.ts";
import { verifySession, type Actor } from "../accounts/rules/actor.ts";
import { findSession } from "../accounts/store/keys.ts";
import { currentUserIdSql, type Ctx } from "../http/endpoint.ts";
import { countUnread } from "../notifications/inbox/store/inbox.ts";
import { loadCredential } from "./session.ts";

/** Such a page doesn't wait longer for a database that is away. */
const patienceMs = 500;

/**
 * The signed-in user; undefined also while the database doesn't answer. Without `unread`, the page has no count of unread
 * notifications: who is refused costs no more than the look at their key.
 */
export async function findViewer(c: Ctx, { unread }: { unread: boolean }): Promise<Actor | undefined> {
  const known = c.get("actor");
  if (known !== undefined || !loadCredential(c)) return known;
  const { db, now } = c.get("deps");
  const credential = c.get("credential");
  try {
    const reads = {
      session: findSession(credential.keyId),
      ...(unread ? { unread: countUnread(currentUserIdSql(c)) } : {}),
    };
    const answers = await db.read(reads, patienceMs);
    const verdict = verifySession(answers.session[0], credential, now());
    if (answers.unread !== undefined) c.set("unread", answers.unread[0]!.count);
    return verdict.ok ? verdict.actor : undefined;
  } catch (error) {
    if (error instanceof DatabaseError) return undefined;
    throw error;
  }
}
