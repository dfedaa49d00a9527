// Messages that are due.
import type { Database } from "../../db/client.ts";
import { insertRows } from "../../db/rows.ts";
import { notificationEvents, notificationMessages } from "../../db/schema.ts";
import { createNewId } from "../../src/kernel/crypto.ts";

const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";

/** Messages to the webhook, as if many had been delayed until now. */
export async function insertDue(db: Database, userId: string, count: number): Promise<void> {
  const newId = createNewId(Date.now);
  const now = Date.now();
  const ids = Array.from({ length: count }, () => newId());
  await db.write(
    [
      ...insertRows(
        notificationEvents,
        ids.map((id, index) => ({
          id,
          templateId: customTemplate,
          templateVersion: 1,
          labels: JSON.stringify({ custom_title: `Build ${index}`, custom_message: "done" }),
          data: null,
          targets: "[]",
          createdBy: "test",
          createdAt: now,
        })),
      ),
      ...insertRows(
        notificationMessages,
        ids.map((id) => ({
          id,
          eventId: id,
          userId,
          method: "webhook" as const,
          status: "pending" as const,
          reasons: "[]",
          dueAt: now,
          leaseToken: null,
          attemptCount: 0,
          dedupeKey: id,
          createdAt: now,
          updatedAt: now,
        })),
      ),
    ],
    {},
  );
}
