// What the servers of the bench of latencies have besides: full pools, old messages to delete, and messages to a receiver that
// is dead or slow.
import { sql } from "drizzle-orm";
import { query, type Database } from "../../db/client.ts";
import { insertRows } from "../../db/rows.ts";
import { notificationEvents, notificationMessages } from "../../db/schema.ts";
import { createNewId } from "../../src/kernel/crypto.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { fillPools } from "../support/pool-history.ts";

/** So many pools of two ready workspaces. */
export async function fillPresets(db: Database, userId: string, presets: number): Promise<void> {
  const [organization] = (
    await db.read({ rows: query.all<{ id: string }>(sql`SELECT id FROM organizations`) })
  ).rows;
  await fillPools({ db, now: Date.now(), organizationId: organization!.id, userId }, presets);
  await db.write([query.run(sql`UPDATE presets SET desired_instances = 1`)], {});
}

/**
 * From now on, every pool wants its workspaces, or none: what was not built yet is canceled. A short write: the server waits for
 * the file's lock as long as it takes.
 */
fillPresets.want = (isWanted: boolean) => [
  query.run(sql`UPDATE templates SET deprecation_message = ${isWanted ? "" : "Use another"}`),
];

/** Builds that wait for a provisioner, which isn't there. */
fillPresets.countWaiting = () =>
  query.all<{ starts: number; deletions: number }>(
    sql`SELECT sum(transition = 'start') AS starts, sum(transition = 'delete') AS deletions FROM workspace_builds
      WHERE status = 'pending'`,
  );

const chunk = 2_000;

async function fill(
  db: Database,
  userId: string,
  { count, ...state }: { count: number; method: string; at: number; isSent: boolean },
): Promise<void> {
  const { method, at: createdAt, isSent } = state;
  const newId = createNewId(() => createdAt);
  const labels = JSON.stringify({ custom_title: "Build", custom_message: "All green" });
  const templateId = kinds["custom-notification"].id;
  for (let left = count; left > 0; left -= chunk) {
    const ids = Array.from({ length: Math.min(chunk, left) }, newId);
    const events = ids.map((id) => ({
      id,
      templateId,
      templateVersion: 1,
      labels,
      data: null,
      targets: "[]",
      createdBy: userId,
      createdAt,
    }));
    const messages = ids.map((id) => ({
      id,
      eventId: id,
      userId,
      method,
      status: isSent ? ("sent" as const) : ("pending" as const),
      reasons: "[]",
      attemptCount: 0,
      leaseToken: null,
      dueAt: isSent ? null : createdAt,
      createdAt,
      updatedAt: createdAt,
    }));
    await db.write(
      [...insertRows(notificationEvents, events), ...insertRows(notificationMessages, messages)],
      {},
    );
  }
}

/** Messages that ended before their retention. */
export const fillOld = (db: Database, userId: string, count: number) =>
  fill(db, userId, { count, method: "webhook", at: Date.now() - 60 * 86_400_000, isSent: true });

/** Messages that are due. */
export const fillBacklog = (db: Database, userId: string, method: string, count: number) =>
  fill(db, userId, { count, method, at: Date.now(), isSent: false });
