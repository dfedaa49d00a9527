// SQL of receipts: a message id counts once, whichever source brings it, also after its source was deleted and created again.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { prepared } from "../../../db/prepared.ts";
import { sourceReceipts } from "../../../db/schema.ts";

export const findReceipt = prepared((messageId: string) =>
  query
    .select({ deliveryId: sourceReceipts.deliveryId })
    .from(sourceReceipts)
    .where(sql`${sourceReceipts.messageId} = ${messageId}`),
);

/** SQL: whether no delivery of the message has counted. */
export const isNewSql = prepared(
  (messageId: string): SQL => sql`NOT EXISTS (SELECT 1 FROM source_receipts WHERE message_id = ${messageId})`,
);

/** SQL: whether this delivery is the one that counted. */
export const isCountedSql = prepared(
  (messageId: string, deliveryId: string): SQL =>
    sql`EXISTS (SELECT 1 FROM source_receipts WHERE message_id = ${messageId} AND delivery_id = ${deliveryId})`,
);

interface Receipt {
  messageId: string;
  sourceId: string;
  deliveryId: string;
  receivedAt: number;
}

export const insertReceipt = prepared(({ messageId, sourceId, deliveryId, receivedAt }: Receipt, when: SQL) =>
  query.run(sql`INSERT INTO source_receipts (message_id, source_id, delivery_id, received_at)
      SELECT ${messageId}, ${sourceId}, ${deliveryId}, ${receivedAt} WHERE ${when} ON CONFLICT DO NOTHING`),
);

/** A message of Belfry's own, which came back. */
export const findOwnMessage = prepared((messageId: string) =>
  query.all<{ found: number }>(sql`SELECT 1 AS found FROM notification_messages WHERE id = ${messageId}`),
);

export const purgeReceipts = (before: number, limit: number): Statement =>
  query.all(sql`DELETE FROM source_receipts WHERE rowid IN
    (SELECT rowid FROM source_receipts WHERE received_at < ${before} LIMIT ${limit}) RETURNING 1 AS deleted`);
