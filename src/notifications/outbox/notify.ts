// Notifying as part of a caller's own write: events stand among its statements, and after the write open inboxes are woken
// and what is due is sent. A message exists if and only if the write that caused it succeeded.
import type { Answers, Reads, SQL, Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { MessageState } from "../../kernel/ports.ts";
import { digestMethod, findChannel } from "../channels/index.ts";
import { nudge, nudgeAt } from "../delivery/wake.ts";
import type { PreparedEvent } from "./prepare-event.ts";
import { resolution, type Resolving } from "../situations/resolve.ts";
import { keysSql } from "../situations/store/situations.ts";
import { findMessageStates, insertOutbox, replaceTarget } from "./store/outbox.ts";

/** An event that is written together with what it is about. */
export interface Notice {
  event: PreparedEvent;
  statements: readonly Statement[];
}

/** Ends situations, for everybody; open inboxes are woken. */
export interface ResolvedNotice {
  statements: readonly Statement[];
}

export type StatementOrNotice = Statement | Notice | ResolvedNotice;

export interface NotifyOptions {
  /** Nothing is written unless this condition holds at this point of the write. */
  when?: SQL;
  /** For an id that only the write itself finds (`found`, SQL): it replaces the prepared one. */
  target?: { planned: string; found: SQL };
}

export const notify = (event: PreparedEvent, { when, target }: NotifyOptions = {}): Notice => ({
  event,
  statements: [
    ...insertOutbox(event.rows, when),
    ...(target === undefined ? [] : replaceTarget(event.rows, target.planned, target.found)),
  ],
});

/** Resolves what is open of these keys, as part of the write that ends it. */
export const resolveSituations = ({
  keys,
  ...how
}: Omit<Resolving, "keys"> & { keys: readonly string[] | SQL }): ResolvedNotice => ({
  statements: resolution({ ...how, keys: Array.isArray(keys) ? keysSql(keys) : (keys as SQL) }),
});

const isNotice = (change: StatementOrNotice): change is Notice => "event" in change;
const isResolution = (change: StatementOrNotice): change is ResolvedNotice =>
  "statements" in change && !isNotice(change);

/** The read that returns the state of each message of prepared events. */
const selectMessageStates = (events: readonly PreparedEvent[]) =>
  findMessageStates(events.flatMap(({ rows }) => rows.messages.map(({ id }) => id)));

/** One write, in the order given. Returns what was read, and the state of each message that was written. */
export async function writeAndNotify<T extends Reads>(
  deps: Deps,
  changes: readonly StatementOrNotice[],
  reads: T,
): Promise<Answers<T & { messages: ReturnType<typeof selectMessageStates> }>> {
  const events = changes.filter(isNotice).map(({ event }) => event);
  const answers = await deps.db.write(
    changes.flatMap((change) => ("statements" in change ? change.statements : [change])),
    { ...reads, messages: selectMessageStates(events) },
  );
  if (changes.some(isResolution)) deps.process.hub.wake();
  wakeAfterWrite(deps, (answers as { messages: MessageState[] }).messages);
  return answers;
}

/** Each timer is memory until it fires. */
const maxTimerMs = 3_600_000;

/** To be called after the write: wakes open inboxes and, after the response, sends what is due. */
export function wakeAfterWrite(deps: Deps, messages: readonly MessageState[]): void {
  if (messages.some(({ method, status }) => status === "sent" && findChannel(method)?.isLocal === true))
    deps.process.hub.wake();
  const now = deps.now();
  const due = messages.filter(
    ({ dueAt, method }) => dueAt !== null && dueAt <= now && method !== digestMethod,
  );
  if (due.length > 0) nudge(deps, due);
  // Those of a receiver that pauses, and those that wait for long, are found by the tick.
  const delayed = messages.filter(
    ({ dueAt, receiverId, method }) =>
      dueAt !== null &&
      dueAt > now &&
      dueAt <= now + maxTimerMs &&
      receiverId === null &&
      method !== digestMethod,
  );
  if (delayed.length > 0) nudgeAt(deps, Math.max(...delayed.map(({ dueAt }) => dueAt!)), delayed);
}
