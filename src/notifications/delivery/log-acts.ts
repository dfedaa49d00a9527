// Owners' acts on the delivery log: retry messages that failed permanently, with a new round of attempts, and withdraw messages
// that are unsent; one message, or all of a filter.
import type { SQL, Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { pause } from "../../kernel/pause.ts";
import { conflict } from "../../kernel/errors.ts";
import { wakeAfterWrite } from "../outbox/notify.ts";
import { findMessageStates } from "../outbox/store/outbox.ts";
import { findMessage, type MessageRow } from "./store/log.ts";
import {
  changeMessages,
  countChanged,
  countPossible,
  isAnyPossibleSql,
  listPossible,
  type LogAct,
  type LogScope,
} from "./store/log-acts.ts";
import { wakeQueue } from "./dispatch.ts";

export type { LogAct, LogScope } from "./store/log-acts.ts";

export interface ActOptions {
  /** Whose view of the message is returned. */
  viewer: Parameters<typeof findMessage>[0];
  /** The audit entry, written with it if it changes something. */
  entry: (when: SQL) => Statement;
}

/** Returns the message as it is then. Throws 409 if the act is not possible for it. */
export async function changeMessage(
  deps: Deps,
  act: LogAct,
  { id, status, expiresAt }: Pick<MessageRow, "id" | "status" | "expiresAt">,
  { viewer, entry }: ActOptions,
): Promise<MessageRow> {
  refuse(act, status, expiresAt);
  const { message, states } = await deps.db.write(
    [entry(isAnyPossibleSql(act, [id])), ...changeMessages(act, [id], deps.now())],
    { message: findMessage(viewer, id), states: findMessageStates([id]) },
  );
  const after = message[0]!;
  if (act === "withdraw" && after.status !== "inhibited") refuse(act, after.status, null);
  wakeAfterWrite(deps, states);
  return after;
}

/** After "this one". */
const stateOf: Record<MessageRow["status"], string> = {
  pending: "is pending",
  leased: "is being sent",
  sent: "was sent",
  temporary_failure: "is being retried",
  permanent_failure: "failed",
  inhibited: "was not sent",
};

function refuse(act: LogAct, status: MessageRow["status"], expiresAt: number | null): void {
  if (act === "withdraw") {
    if (status === "leased") throw conflict("The notification is being sent. Try again in a few seconds.");
    if (status !== "pending" && status !== "temporary_failure")
      throw conflict(`Only pending or retrying notifications can be withdrawn; this one ${stateOf[status]}.`);
    return;
  }
  if (status !== "permanent_failure")
    throw conflict(`Only failed notifications can be retried; this one ${stateOf[status]}.`);
  if (expiresAt !== null)
    throw conflict("One-time passcodes can't be retried.", "Ask the user to request another code.");
}

const batchSize = 1_000;
const maxBatches = 10;
/** A request changes no more. */
export const maxChanged = batchSize * maxBatches;

export interface Changed {
  changed: number;
  /** What the act is possible for afterwards, if a request could not change all. */
  remaining: number;
}

/** The act for all messages of a scope, oldest first, in several writes. */
export async function changeAll(
  deps: Deps,
  act: LogAct,
  scope: LogScope,
  entry: (detail: Record<string, unknown>, when: SQL) => Statement,
): Promise<Changed> {
  let [changed, after] = [0, 0];
  for (let batch = 0; batch < maxBatches; batch += 1) {
    if (batch > 0) await pause();
    const { found } = await deps.db.read({ found: listPossible(act, scope, after, batchSize) });
    if (found.length === 0) break;
    after = found.at(-1)!.seq;
    const ids = found.map(({ id }) => id);
    const { count } = await deps.db.write(
      [
        entry({ ...scope, messages: ids.length }, isAnyPossibleSql(act, ids)),
        ...changeMessages(act, ids, deps.now()),
      ],
      { count: countChanged(act, ids) },
    );
    changed += count[0]!.count;
    if (found.length < batchSize) break;
  }
  if (act === "retry" && changed > 0) wakeQueue(deps);
  const { rest } = await deps.db.read({ rest: countPossible(act, scope) });
  return { changed, remaining: rest[0]!.count };
}
