// Notifying as part of one's own write: the events stand among its statements, and those who wait are woken after it.
import type { Answers, Reads, SQL, Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { outboxStatements, selectMessageStates, substituteTarget, wakeAfterWrite } from "./enqueue.ts";
import type { PreparedEvent } from "./prepare-event.ts";
import type { MessageState } from "../../kernel/ports.ts";

/** An event that is written together with what it is about. */
export interface Notice {
  event: PreparedEvent;
  statements: readonly Statement[];
}

export type StatementOrNotice = Statement | Notice;

export interface NotifyOptions {
  /** Nothing is written unless it holds at this place of the write. */
  when?: SQL;
  /** For an id that only the write itself finds out (SQL for it): it takes the planned one's place. */
  target?: { planned: string; found: SQL };
}

export const notify = (event: PreparedEvent, { when, target }: NotifyOptions = {}): Notice => ({
  event,
  statements: [
    ...outboxStatements(event, when === undefined ? {} : { when }),
    ...(target === undefined ? [] : substituteTarget(event, target.planned, target.found)),
  ],
});

const isNotice = (change: StatementOrNotice): change is Notice => "event" in change;

/**
 * One write, in the order given. Answers the reads, and the state of each message that was written; open inboxes and
 * deliveries are woken.
 */
export async function writeAndNotify<T extends Reads>(
  deps: Deps,
  changes: readonly StatementOrNotice[],
  answer: T,
): Promise<Answers<T & { messages: ReturnType<typeof selectMessageStates> }>> {
  const events = changes.filter(isNotice).map(({ event }) => event);
  const answers = await deps.db.write(
    changes.flatMap((change) => (isNotice(change) ? change.statements : [change])),
    { ...answer, messages: selectMessageStates(...events) },
  );
  wakeAfterWrite(deps, (answers as { messages: MessageState[] }).messages);
  return answers;
}
