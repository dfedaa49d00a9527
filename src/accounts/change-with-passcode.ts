// A new password for somebody who has a passcode from their mail. The API and the page call it.
import { randomInt } from "node:crypto";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, invalid } from "../kernel/errors.ts";
import { notify, writeAndNotify, type KindAnswers } from "../notifications/index.ts";
import { passwordChanged } from "./account-kinds.ts";
import { audit } from "./audit.ts";
import { requireGoodPassword } from "./checks.ts";
import { forgetFailures, turnOfPlace } from "./limits.ts";
import { digitsFor, storedSelectors } from "./passcodes.ts";
import { checkPassword, hashPassword } from "./passwords.ts";
import { makeSelector, parsePasscode, sameDigits } from "./rules/passcode.ts";
import { deleteKeysOf } from "./store/keys.ts";
import { hasHash, setPasswordHash } from "./store/manage.ts";
import { countTry, endPasscodes, findTried, forgetTry, isOpen } from "./store/passcodes.ts";
import { userIdByEmailSql } from "./store/canonical-emails.ts";
import { findUserState } from "./store/users.ts";

export interface PasscodeChange {
  email: string;
  passcode: string;
  password: string;
}

type Tried = ReturnType<typeof findTried>["_"]["result"][number];

/**
 * Ends all sessions and tokens. Throws 429, 503; 400 that names `password` for a bad one, which uses nothing up, and one
 * 400 for everything that may be wrong with the code or the address.
 */
export async function changeWithPasscode(deps: Deps, given: PasscodeChange): Promise<void> {
  const { password } = given;
  const email = given.email.trim();
  await requireGoodPassword(deps, password, { email });
  const { tried, read } = await tryPasscode(deps, email, given.passcode);
  if (tried === undefined) throw wrongCode();
  try {
    await requireGoodPassword(deps, password, tried);
    const { matches } = await checkPassword(deps, password, tried.passwordHash);
    if (matches) throw invalid("password", "is the one that you have already");
  } catch (error) {
    // The code was right: whoever has it may go on looking for a password.
    await deps.db.write([forgetTry(deps.requestId)], {});
    throw error;
  }
  const renewed = await hashPassword(deps, password);
  await replacePassword(deps, { user: tried, renewed, read });
}

const wrongCode = () =>
  new ApiError(400, "The code is not right, or it is no longer valid.", {
    detail:
      "It is in the mail that you asked for, works once, and for 20 minutes. You can ask for another one.",
  });

/** Counts the try, then compares. Wrong digits, a code of somebody else's and an unknown address take the same work. */
async function tryPasscode(deps: Deps, email: string, text: string) {
  const turn = turnOfPlace(deps);
  const code = parsePasscode(text) ?? { selector: makeSelector((below) => randomInt(below)), digits: "" };
  const selectors = storedSelectors(deps, code.selector);
  const attempt = countTry({ id: deps.requestId, selectors, email, now: deps.now() }, turn.admitted);
  const { limits, tried, ...read } = await deps.db.write([...turn.statements, attempt], {
    limits: turn.read,
    tried: findTried(deps.requestId),
    ...passwordChanged.reads(userIdByEmailSql(email)),
  });
  turn.require(limits);
  const [candidate] = tried;
  const expected = digitsFor(deps, candidate?.id ?? deps.requestId, candidate?.counter ?? 0);
  const isRight = expected.map((digits) => sameDigits(code.digits, digits)).includes(true);
  if (candidate !== undefined && isRight) return { tried: candidate, read };
  const entry = {
    actorId: null,
    action: "password_reset_failed",
    resourceType: "user" as const,
    resourceId: candidate?.id ?? null,
  };
  await deps.db.write([audit(deps, entry)], {});
  return { tried: undefined, read };
}

interface Replacement {
  user: Tried;
  renewed: string;
  read: KindAnswers<typeof passwordChanged>;
}

/** The code is used up last: what goes before happens only while it is open, so once. */
async function replacePassword(deps: Deps, { user, renewed, read }: Replacement): Promise<void> {
  const changed = passwordChanged.prepare(deps, read, {
    userId: user.id,
    address: deps.clientAddress,
    at: deps.now(),
    identity: deps.requestId,
  });
  const open = isOpen(user.passcodeId, deps.now());
  const entry = {
    actorId: null,
    action: "write",
    resourceType: "user" as const,
    resourceId: user.id,
    detail: { password: "reset", where: "with a passcode" },
  };
  const { state } = await writeAndNotify(
    deps,
    [
      notify(changed, { when: open }),
      audit(deps, entry, open),
      deleteKeysOf(user.id, open),
      forgetFailures(deps, { email: user.email }, open),
      setPasswordHash(user.id, renewed, deps.now(), open),
      endPasscodes(user.id, hasHash(user.id, renewed)),
    ],
    { state: findUserState(user.id) },
  );
  if (state[0]?.passwordHash !== renewed) throw wrongCode();
  deps.process.hub.recheck();
}
