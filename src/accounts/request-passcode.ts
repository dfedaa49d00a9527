// Mailing somebody a passcode for a new password. Whether there is such an account shows neither in what is answered nor in
// how much is done for it: a stranger's goes the same way, only that nothing comes of it. The API and the page call it.
import { randomInt } from "node:crypto";
import type { Deps } from "../kernel/deps.ts";
import { notify, sealLabels, writeAndNotify, type KindAnswers } from "../notifications/index.ts";
import { oneTimePasscode } from "./account-kinds.ts";
import { audit } from "./audit.ts";
import { turnOfPlace } from "./limits.ts";
import { digitsFor, storedSelectors } from "./passcodes.ts";
import { makeSelector, passcodeLife, passcodeText } from "./rules/passcode.ts";
import { findPasscode, findToReset, insertPasscode, mayGetPasscode } from "./store/passcodes.ts";
import { userIdByEmailSql } from "./store/canonical-emails.ts";

/** How often it is made when other requests of the same account are faster. */
const tries = 4;

type Receiver = ReturnType<typeof findToReset>["_"]["result"][number];

/** Throws 429 and nothing else: there may be no such account, one that can't sign in, or three that wait already. */
export async function requestPasscode(deps: Deps, email: string): Promise<void> {
  const address = email.trim();
  const turn = turnOfPlace(deps);
  const { limits, found, ...read } = await deps.db.write(turn.statements, {
    limits: turn.read,
    found: findToReset(address),
    ...oneTimePasscode.reads(userIdByEmailSql(address)),
  });
  turn.require(limits);
  const entry = audit(deps, {
    actorId: null,
    action: "request_password_reset",
    resourceType: "user",
    resourceId: found[0]?.id ?? null,
  });
  const give = async (receiver: Receiver, left: number): Promise<void> => {
    const { row, event } = await makePasscode(deps, receiver, read);
    const when = mayGetPasscode(receiver.id, receiver.counter, deps.now());
    const { made, now } = await writeAndNotify(
      deps,
      [entry, notify(event, { when }), ...insertPasscode(row, when)],
      { made: findPasscode(row.id), now: findToReset(address) },
    );
    const [next] = now;
    if (made.length > 0 || next === undefined || next.counter === receiver.counter || left === 1) return;
    // Only an account that is there can have been overtaken: the answer doesn't wait for what follows.
    deps.defer(() => give(next, left - 1));
  };
  await give(found[0] ?? stranger(deps, address), tries);
}

const stranger = ({ newId }: Deps, email: string): Receiver => ({
  id: newId(),
  username: "",
  email,
  counter: 0,
});

async function makePasscode(
  deps: Deps,
  { id: userId, counter: last, ...receiver }: Receiver,
  read: KindAnswers<typeof oneTimePasscode>,
) {
  const createdAt = deps.now();
  const counter = last + 1;
  const selector = makeSelector((below) => randomInt(below));
  const [digits] = digitsFor(deps, userId, counter);
  const [stored] = storedSelectors(deps, selector);
  const row = {
    id: deps.newId(),
    userId,
    selector: stored!,
    counter,
    createdAt,
    expiresAt: createdAt + passcodeLife,
  };
  const person = read["one-time-passcode.recipients"][0] ?? {
    userId,
    name: "",
    disabled: null,
    roles: "[]",
    ...receiver,
  };
  // The write asks who may have it: until then everybody is prepared for alike.
  const everybody = [{ ...person, status: "active" as const }];
  const event = oneTimePasscode.prepare(deps, read, row, everybody);
  const labels = { one_time_passcode: passcodeText({ selector, digits: digits! }) };
  return { row, event: await sealLabels(deps, event, labels) };
}
