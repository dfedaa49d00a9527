// Writes an event on its own. One write is in flight in a process; events that arrive meanwhile are merged into the rows of
// the next: seventeen times the throughput of single writes.
import type { Database } from "../../../db/client.ts";
import { DatabaseError } from "../../../db/errors.ts";
import { claimsOf, findClaimed, type KeyedRequest, type StoredKey } from "../../../db/idempotency.ts";
import { createCoalescer, type Gather } from "../../kernel/coalescer.ts";
import type { Deps } from "../../kernel/deps.ts";
import { matchingKey } from "../../kernel/errors.ts";
import type { EnqueueGroup, MessageState, OutboxRows, Written } from "../../kernel/ports.ts";
import { inSpan } from "../../kernel/tracing.ts";
import { wakeAfterWrite } from "./notify.ts";
import type { PreparedEvent } from "./prepare-event.ts";
import { insertNewOutbox, mayBeNew, writtenRows } from "./store/new-outbox.ts";
import { findMessageStates, insertOutbox, joinRows } from "./store/outbox.ts";

/** The state of a message when its event was written. */
export type InitialState = Pick<MessageState, "status" | "reasons">;

export interface Enqueued {
  eventId: string;
  initialStates: InitialState[];
  /** An earlier request with the same idempotency key created the event. */
  isReplayed: boolean;
}

/**
 * Writes a prepared event; with an idempotency key, only if no earlier request used it. Throws 422 if another request
 * used it.
 */
export async function enqueue(deps: Deps, event: PreparedEvent, request?: KeyedRequest): Promise<Enqueued> {
  const { eventId } = event;
  const rows = { ...event.rows, keys: claimsOf(request, eventId, deps.now()) };
  const { enqueueGroup } = deps.process;
  const { messages, keys } = await (enqueueGroup === null
    ? writeRows(deps.db, rows)
    : inSpan(deps, "enqueue", () => enqueueGroup.add(rows)));
  const earlier = matchingKey(request, keys[0]);
  if (earlier !== undefined && earlier.subjectId !== eventId) return replayedFrom(earlier);
  wakeAfterWrite(deps, messages);
  return { eventId, initialStates: messages, isReplayed: false };
}

/** What an earlier request with the same key created. */
export const replayedFrom = ({ subjectId, result }: StoredKey): Enqueued => ({
  eventId: subjectId,
  initialStates: JSON.parse(result ?? "[]") as InitialState[],
  isReplayed: true,
});

interface Member {
  rows: OutboxRows;
  resolve: (written: Written) => void;
  reject: (error: unknown) => void;
}

/** Rows of one write; beyond it the next write begins. So many take a file about 15 ms, in which nothing else is served. */
const maxGroupRows = 500;

/** `db`: the process's, not a request's. `gather` resolves once the requests that have already arrived were handled. */
export function createEnqueueGroup(db: Database, gather: Gather): EnqueueGroup {
  const writes = createCoalescer<Member>({
    run: (members) => writeGroup(db, members),
    onError: (error, members) => members.forEach(({ reject }) => reject(error)),
    gather,
    limit: { max: maxGroupRows, sizeOf: ({ rows }) => rows.messages.length + 1 },
  });
  return {
    add: (rows) => new Promise((resolve, reject) => void writes.add({ rows, resolve, reject })),
  };
}

async function writeGroup(db: Database, members: Member[]): Promise<void> {
  try {
    await writeTogether(db, members);
  } catch (error) {
    // No member caused it: each alone would only wait as long again.
    if (error instanceof DatabaseError && error.kind === "unavailable") throw error;
    // One member's error must not fail the others.
    for (const member of members) await writeTogether(db, [member]).catch(member.reject);
  }
}

async function writeTogether(db: Database, members: Member[]): Promise<void> {
  const { messages, keys } = await writeRows(db, joinRows(members.map(({ rows }) => rows)));
  const byId = new Map(messages.map((message) => [message.id, message]));
  for (const { rows, resolve } of members) {
    resolve({
      messages: rows.messages.flatMap(({ id }) => byId.get(id) ?? []),
      keys: keys.filter((stored) =>
        rows.keys?.some(({ userId, key }) => userId === stored.userId && key === stored.key),
      ),
    });
  }
}

async function writeRows(db: Database, rows: OutboxRows): Promise<Written> {
  if (mayBeNew(rows) && (await insertIfNew(db, rows))) return writtenRows(rows);
  const messages = findMessageStates(rows.messages.map(({ id }) => id));
  const { keys = [] } = rows;
  if (keys.length > 0) return db.write(insertOutbox(rows), { messages, keys: findClaimed(keys) });
  return { ...(await db.write(insertOutbox(rows), { messages })), keys: [] };
}

/** False, and nothing is written, if some of the rows are stored already or are duplicates. */
async function insertIfNew(db: Database, rows: OutboxRows): Promise<boolean> {
  try {
    await db.write(insertNewOutbox(rows), {});
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.kind === "constraint") return false;
    throw error;
  }
}
