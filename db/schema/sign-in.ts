// Tables of sign-in: rate limits, and passcodes for resetting a password.
import { foreignKey, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

/** Sliding-window counters of rate limits: two windows, the older one weighted by its remaining share. */
export const rateLimits = sqliteTable(
  "rate_limits",
  {
    /** HMAC of the limit's name and its subject: no address is stored. */
    key: text("key").primaryKey(),
    /** Number of the current window, counted from the epoch. */
    window: integer("window").notNull(),
    current: integer("current").notNull(),
    previous: integer("previous").notNull(),
    /** The last allowed request. */
    admittedBy: text("admitted_by").notNull(),
    admittedAt: integer("admitted_at").notNull(),
    /** The row can be deleted after this. */
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("rate_limits_expiry").on(table.expiresAt)],
);

/** A pending passcode. Its digits are derived from the secret key, the user and the counter, and not stored. */
export const passcodes = sqliteTable(
  "passcodes",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** HMAC of the request's identifier. */
    selector: text("selector").notNull(),
    counter: integer("counter").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    index("passcodes_user").on(table.userId),
    index("passcodes_expiry").on(table.expiresAt),
  ],
);

/** One row per attempt of a passcode. The id is the request's, so a retry counts once. */
export const passcodeTries = sqliteTable(
  "passcode_tries",
  {
    id: text("id").primaryKey(),
    passcodeId: text("passcode_id").notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.passcodeId], foreignColumns: [passcodes.id] }).onDelete("cascade"),
    index("passcode_tries_passcode").on(table.passcodeId),
  ],
);
