// Writes the messages of an event to many, a bounded number of people at a time: nothing else waits for long, and a process that
// dies leaves the rest to the next tick of any other.
import { failUnless, isGuardFailure } from "../../../db/statements.ts";
import type { Deps } from "../../kernel/deps.ts";
import { pause } from "../../kernel/pause.ts";
import { wakeAfterWrite } from "../outbox/notify.ts";
import { customKind } from "../outbox/send-custom.ts";
import { findMessageStates, insertOutbox } from "../outbox/store/outbox.ts";
import { inTurn, ruleFor } from "./rules/people.ts";
import {
  claimPeople,
  deleteClaimed,
  findCustomEvent,
  findUnfinishedEvent,
  isClaimedOrWrittenSql,
  listClaimed,
} from "./store/people.ts";

/** People of one write: with two channels each and the inbox, about as many rows as a file writes in 20 ms. */
const chunkSize = 200;
const claimMs = 60_000;

export const unfinishedReads = (now: number) => ({ unfinished: findUnfinishedEvent(now) });

/** Continues the event that a process has left unfinished. */
export async function expandUnfinished(deps: Deps, [found]: readonly { eventId: string }[]): Promise<void> {
  if (found !== undefined) await expandEvent(deps, found.eventId);
}

/** Until all its people have their messages, or another process is writing the rest. */
export async function expandEvent(deps: Deps, eventId: string): Promise<void> {
  while (await expandSome(deps, eventId)) await pause();
}

async function expandSome(deps: Deps, eventId: string): Promise<boolean> {
  const [token, now] = [deps.newId(), deps.now()];
  const claim = { count: chunkSize, now, until: now + claimMs };
  const { people, event } = await deps.db.write([claimPeople(eventId, token, claim)], {
    people: listClaimed(eventId, token),
    event: findCustomEvent(eventId),
  });
  const [stored] = event;
  if (people.length === 0 || stored === undefined) return false;
  const read = await deps.db.read(customKind.reads({ users: people.map(({ userId }) => userId) }));
  const labels = JSON.parse(stored.labels) as { custom_title: string; custom_message: string };
  const { rows } = customKind.prepare(deps, read, {
    title: labels.custom_title,
    message: labels.custom_message,
    senderId: stored.createdBy,
    recipients: { ...ruleFor(people), self: stored.createdBy },
    at: stored.createdAt,
  });
  const turns = new Map(people.map(({ userId, notBefore }) => [userId, notBefore]));
  // Receivers got the event when it was stored.
  const toPeople = rows.messages.filter(({ receiverId }) => receiverId == null);
  const own = toPeople.map((message) => ({ ...message, eventId }));
  const messages = inTurn(own, (userId) => turns.get(userId), now);
  const ids = messages.map(({ id }) => id);
  try {
    const written = await deps.db.write(
      [
        failUnless(isClaimedOrWrittenSql(eventId, token, ids[0])),
        ...insertOutbox({ ...rows, events: [], messages }),
        deleteClaimed(eventId, token),
      ],
      { messages: findMessageStates(ids) },
    );
    wakeAfterWrite(deps, written.messages);
    return true;
  } catch (error) {
    // Another process has them: this one was too slow.
    if (isGuardFailure(error)) return false;
    throw error;
  }
}
