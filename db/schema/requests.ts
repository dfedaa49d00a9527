// Table of requests that callers may send again.
import { foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

/** What a request with an `Idempotency-Key` has made; kept for a day. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    /** Whose request it was: keys of others are others. */
    userId: text("user_id").notNull(),
    /** As the caller chose it, at most 255 bytes. */
    key: text("key").notNull(),
    /** Hash of method, path, query and body: the same key with another request is refused. */
    fingerprint: text("fingerprint").notNull(),
    /** Id of the event or build that it has made. */
    subjectId: text("subject_id").notNull(),
    /** JSON of what came of it, where the subject doesn't tell; NULL otherwise. */
    result: text("result"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index("idempotency_keys_created").on(table.createdAt),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
);
