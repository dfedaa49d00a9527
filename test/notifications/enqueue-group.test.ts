// Gathered writes: what becomes of the members when the one write fails.
import { expect, test } from "vitest";
import type { Database } from "../../db/client.ts";
import { DatabaseError } from "../../db/errors.ts";
import { createEnqueueGroup } from "../../src/notifications/outbox/enqueue.ts";

const at = 1_800_000_000_000;
/** One event with one message. */
const rowsOf = (id: string) => ({
  events: [
    { id, templateId: "t", templateVersion: 1, labels: "{}", targets: "[]", createdBy: "u", createdAt: at },
  ],
  messages: [
    {
      id,
      eventId: id,
      userId: "u",
      method: "inbox",
      status: "sent" as const,
      reasons: "[]",
      attemptCount: 0,
      dedupeKey: id,
      createdAt: at,
      updatedAt: at,
    },
  ],
  inbox: [],
});

/** A database whose every write fails in this way; counts them. */
function failing(kind: "unavailable" | "constraint") {
  const calls = { writes: 0 };
  const write = () => {
    calls.writes += 1;
    return Promise.reject(new DatabaseError(kind, "no", new Error("no")));
  };
  return { calls, db: { write, read: write, close: () => {} } as unknown as Database };
}

test.each([
  ["unavailable", 1],
  // As new rows and as any, together and then each alone.
  ["constraint", 8],
] as const)(
  "after a write that failed as %s there have been %i writes, and each member gets an answer",
  async (kind, writes) => {
    const { calls, db } = failing(kind);
    const group = createEnqueueGroup(db, () => Promise.resolve());
    const ends = await Promise.allSettled(["a", "b", "c"].map((id) => group.add(rowsOf(id))));
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(calls.writes).toBe(writes);
  },
);
