// Tables of signing in: how often somebody may try, and the passcodes by which a forgotten password is replaced.
import { foreignKey, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

/** How often an action was allowed recently: two windows by count, the older one weighted by what is left of it. */
export const rateLimits = sqliteTable(
  "rate_limits",
  {
    /** HMAC of the limit's name and its subject: no address is stored. */
    key: text("key").primaryKey(),
    /** Number of the current window, counted from the epoch. */
    window: integer("window").notNull(),
    current: integer("current").notNull(),
    previous: integer("previous").notNull(),
    /** The request that was allowed last. */
    admittedBy: text("admitted_by").notNull(),
    admittedAt: integer("admitted_at").notNull(),
    /** When the row means nothing any more. */
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("rate_limits_expiry").on(table.expiresAt)],
);

/** A passcode that waits for its owner. Its digits follow from the secret key, the user and the counter: they are not here. */
export const passcodes = sqliteTable(
  "passcodes",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** HMAC of the part that names the request. */
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

/** One row for each try of a passcode: the id is the request's, so that one that is sent twice counts once. */
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
