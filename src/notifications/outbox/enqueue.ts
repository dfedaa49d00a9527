// The way in: a planned event becomes rows. Producers either let its statements ride in their own write (`outboxStatements`, then
// `wakeAfterWrite`) or have it written on its own (`send`).
import type { SQL, Statement } from "../../../db/client.ts";
import { claimsOf, type KeyedRequest, type StoredKey } from "../../../db/idempotency.ts";
import type { Deps } from "../../kernel/deps.ts";
import { earlierOf } from "../../kernel/errors.ts";
import type { MessageState } from "../../kernel/ports.ts";
import { findChannel } from "../channels/index.ts";
import { nudge, nudgeAt } from "../delivery/dispatch.ts";
import { writeRows } from "./group.ts";
import type { PreparedEvent } from "./prepare-event.ts";
import { findMessageStates, insertOutbox, replaceTarget } from "./store/outbox.ts";

/** The statements of a planned event; nothing happens unless `when` holds. */
export function outboxStatements(plan: PreparedEvent, options: { when?: SQL } = {}): Statement[] {
  return insertOutbox(plan.rows, options.when);
}

/** For an id that only the write itself finds out (SQL for it): it takes the planned one's place. */
export const substituteTarget = (plan: PreparedEvent, planned: string, found: SQL): Statement[] =>
  replaceTarget(plan.rows, planned, found);

/** The read that answers what became of the messages of planned events. */
export const selectMessageStates = (...plans: readonly PreparedEvent[]) =>
  findMessageStates(plans.flatMap(({ rows }) => rows.messages.map(idOf)));

/** To be called once the write is done: wakes open inboxes and sends what is due, after the answer. */
export function wakeAfterWrite(deps: Deps, messages: readonly MessageState[]): void {
  if (messages.some(({ method, status }) => status === "sent" && findChannel(method)?.isLocal === true))
    deps.process.hub.wake();
  const now = deps.now();
  const due = messages.filter(({ dueAt }) => dueAt !== null && dueAt <= now);
  if (due.length > 0) nudge(deps, due);
  const heldBack = messages.filter(({ dueAt }) => dueAt !== null && dueAt > now);
  if (heldBack.length > 0) nudgeAt(deps, Math.max(...heldBack.map(({ dueAt }) => dueAt!)), heldBack);
}

const idOf = ({ id }: { id: string }) => id;

/** How a message of an event began. */
export type Beginning = Pick<MessageState, "status" | "reasons">;

export interface Sent {
  eventId: string;
  beginnings: Beginning[];
  /** An earlier request with the same key had made it. */
  replayed: boolean;
}

/**
 * Writes a planned event on its own, together with others that arrive at the same time where the process can; with the
 * key of its request only if that is the first with it. Throws 422 for another request's key.
 */
export async function send(deps: Deps, plan: PreparedEvent, request?: KeyedRequest): Promise<Sent> {
  const { eventId } = plan;
  const rows = { ...plan.rows, keys: claimsOf(request, eventId, deps.now()) };
  const { group } = deps.process;
  const { messages, keys } = await (group === null ? writeRows(deps.db, rows) : group.add(rows));
  const earlier = earlierOf(request, keys[0]);
  if (earlier !== undefined && earlier.subjectId !== eventId) return sentEarlier(earlier);
  wakeAfterWrite(deps, messages);
  return { eventId, beginnings: messages, replayed: false };
}

/** What the request with a key has sent before. */
export const sentEarlier = ({ subjectId, result }: StoredKey): Sent => ({
  eventId: subjectId,
  beginnings: JSON.parse(result ?? "[]") as Beginning[],
  replayed: true,
});
