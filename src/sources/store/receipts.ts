// SQL of receipts: a message id counts once. A receipt says so for 30 days, whichever source brings the message, also after its
// source was deleted and created again; after that, its id is kept for as long as its source.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { prepared } from "../../../db/prepared.ts";

const receiptSql = (sourceId: SQL | string, messageId: string): SQL =>
  sql`SELECT 1 AS received FROM source_receipts WHERE message_id = ${messageId}
    UNION ALL SELECT 1 FROM source_message_ids
      WHERE source_id = unhex(${sourceId}, '-') AND message_id = unhex(${messageId}, '-')`;

/** A row if the message has counted. */
export const findReceipt = prepared((sourceId: SQL | string, messageId: string) =>
  query.all<{ received: number }>(receiptSql(sourceId, messageId)),
);

/** SQL: whether no delivery of the message has counted. */
export const isNewSql = prepared(
  (sourceId: string, messageId: string): SQL => sql`NOT EXISTS (${receiptSql(sourceId, messageId)})`,
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

/** The ids of these messages stay. */
export const purgeReceipts = (before: number, limit: number): Statement =>
  query.all(sql`DELETE FROM source_receipts WHERE rowid IN
    (SELECT rowid FROM source_receipts WHERE received_at < ${before} LIMIT ${limit}) RETURNING 1 AS deleted`);

/** Of a source that was deleted; one after the other. */
export const purgeMessageIds = (limit: number): Statement =>
  query.all(sql`DELETE FROM source_message_ids WHERE (source_id, message_id) IN (
      SELECT source_id, message_id FROM source_message_ids WHERE source_id = (
        WITH RECURSIVE kept (id) AS (
          SELECT min(source_id) FROM source_message_ids
          UNION ALL SELECT (SELECT min(source_id) FROM source_message_ids WHERE source_id > kept.id)
            FROM kept WHERE kept.id IS NOT NULL)
        SELECT id FROM kept WHERE id IS NOT NULL AND id NOT IN (SELECT unhex(id, '-') FROM sources) LIMIT 1)
      LIMIT ${limit}) RETURNING 1 AS deleted`);
