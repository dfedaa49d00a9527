// People's own receivers: added, confirmed by a code that is sent there, deleted.
import { createHmac } from "node:crypto";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, invalid, notFound } from "../../kernel/errors.ts";
import { hmacKey } from "../../kernel/rules/hmac-key.ts";
import { kinds } from "../kinds/kinds.ts";
import { resolveSituations, writeAndNotify } from "../outbox/notify.ts";
import { situationKey } from "../situations/rules/situation.ts";
import { hostOf } from "./rules/address.ts";
import { codePauseMs, codeProblem, maxAdded, maxOwn, toCode, type OwnFormat } from "./rules/own.ts";
import { loneMessage } from "./rules/message.ts";
import { requireValid } from "./require-valid.ts";
import { notDecrypted, postTest, type TestAnswer } from "./send.ts";
import {
  confirmOwn,
  countTry,
  insertOwnReceiver,
  listOwnReceivers,
  removeOwn,
  setCode,
  type OwnReceiverRow,
} from "./store/own.ts";
import { inhibitWaiting, isReceiverEnabledSql } from "./store/receivers.ts";
import { openTarget, sealTarget } from "./target.ts";

export interface Owner {
  userId: string;
  username: string;
}

export interface GivenOwn {
  name: string;
  format: OwnFormat;
  address: string;
  /** Of ntfy: its access token. */
  secret?: string | undefined;
}

export interface AddedOwn extends TestAnswer {
  receiver: OwnReceiverRow;
}

/** Sends a code to it. Throws 400, 409 for a name that is in use or too many. */
export async function addOwnReceiver(deps: Deps, owner: Owner, given: GivenOwn): Promise<AddedOwn> {
  const { name, format, address, secret } = given;
  const target = { address, headers: {}, secrets: secret === undefined ? [] : [secret] };
  requireValid(deps, { name, format, target, recipients: "each", kinds: null });
  const [id, code, now] = [deps.newId(), newCode(), deps.now()];
  const { all } = await deps.db.write(
    [
      insertOwnReceiver(owner.userId, {
        id,
        name,
        format,
        host: hostOf(new URL(address)),
        sealedTarget: await sealTarget(deps, id, target),
        changeId: deps.newId(),
        codeHash: hashOf(deps, id, code),
        now,
      }),
    ],
    { all: listOwnReceivers(owner.userId) },
  );
  const receiver = all.find((one) => one.id === id);
  if (receiver !== undefined) return { receiver, ...(await postCode(deps, owner, receiver, code)) };
  if (all.some((one) => one.name === name))
    throw new ApiError(409, `You already have a chat named "${name}".`, {
      validations: [{ field: "name", detail: "already in use" }],
    });
  if (all.length < maxOwn) throw conflict(`You added ${maxAdded} chats in an hour.`, "Try again later.");
  throw conflict(`You can have ${maxOwn} chats.`, "Delete one, then try again.");
}

/** Throws 404, and 409 within a minute after the latest. */
export async function resendCode(deps: Deps, owner: Owner, name: string): Promise<TestAnswer> {
  const receiver = await requireOwn(deps, owner, name);
  const { id } = receiver;
  const now = deps.now();
  if (receiver.codeSentAt !== null && now < receiver.codeSentAt + codePauseMs)
    throw conflict("A code was sent less than a minute ago.", "Look for it there, or try again in a minute.");
  const code = newCode();
  await deps.db.write([setCode(owner.userId, id, hashOf(deps, id, code), now)], {});
  return postCode(deps, owner, receiver, code);
}

/** Throws 400 for a wrong code, 404. */
export async function confirmOwnReceiver(
  deps: Deps,
  owner: Owner,
  name: string,
  code: string,
): Promise<OwnReceiverRow> {
  const receiver = await requireOwn(deps, owner, name);
  const { id } = receiver;
  if (receiver.isEnabled) return receiver;
  const problem = codeProblem(receiver, deps.now());
  if (problem !== undefined) throw invalid("code", `${problem}; request a new one`);
  const hash = hashOf(deps, id, code.trim());
  const changeId = deps.newId();
  const { all } = await writeAndNotify(
    deps,
    [
      countTry(owner.userId, id, receiver.codeTries, changeId),
      confirmOwn(owner.userId, id, hash, changeId),
      resolveSituations({ ...isDisabled(deps, id), how: "accepted", when: isReceiverEnabledSql(id) }),
    ],
    { all: listOwnReceivers(owner.userId) },
  );
  const after = all.find((one) => one.id === id);
  if (after?.isEnabled === true) return after;
  throw invalid("code", "is not the code that was sent there");
}

/** What waits for it isn't sent. Throws 404. */
export async function removeOwnReceiver(deps: Deps, owner: Owner, name: string): Promise<void> {
  const { id } = await requireOwn(deps, owner, name);
  const now = deps.now();
  await writeAndNotify(
    deps,
    [
      removeOwn(owner.userId, id, now),
      ...inhibitWaiting(id, now),
      resolveSituations({ ...isDisabled(deps, id), how: "over" }),
    ],
    {},
  );
}

/** That Belfry disabled it, which its owner was notified of. */
const isDisabled = (deps: Deps, id: string) => ({ keys: [situationKey("receiver", id)], at: deps.now() });

/** `name`: or its id. */
async function requireOwn(deps: Deps, { userId }: Owner, name: string): Promise<OwnReceiverRow> {
  const { all } = await deps.db.read({ all: listOwnReceivers(userId) });
  const found = all.find((one) => one.id === name || one.name === name);
  if (found === undefined) throw notFound("Chat");
  return found;
}

const newCode = (): string => toCode(crypto.getRandomValues(new Uint8Array(3)));

const hashOf = (deps: Pick<Deps, "keysFor">, id: string, code: string): string =>
  createHmac("sha256", hmacKey(deps.keysFor("own receivers")[0]))
    .update(`${id} ${code}`)
    .digest("hex");

async function postCode(
  deps: Deps,
  { userId, username }: Owner,
  receiver: OwnReceiverRow,
  code: string,
): Promise<TestAnswer> {
  const target = await openTarget(deps, receiver);
  if (target === undefined) throw conflict(notDecrypted);
  const { id, name } = kinds["test-notification"];
  const outgoing = loneMessage({
    id: deps.newId(),
    recipient: { id: userId, username, name: username, email: "" },
    template: { id, name },
    title: `Your Belfry code: ${code}`,
    body: `${username} wants to get notifications here. To allow it, enter the code **${code}** in the notification settings within 15 minutes. If that wasn't you, ignore this message.`,
  });
  return postTest(deps, receiver.format, target, outgoing, false);
}
