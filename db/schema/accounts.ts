// Tables of the deployment, its users, their keys, the audit log and idempotency keys.
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { siteRoles, tokenScopes, userStatuses } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";
/** Deployment-wide values: an operator's settings, the deployment's id, the last tick. */
export const settings = sqliteTable("settings", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** Counters for metrics, each incremented in the write that it counts. */
export const counters = sqliteTable(
  "counters",
  {
    name: text("name").notNull(),
    /** JSON object with sorted names. */
    labels: text("labels").notNull(),
    value: real("value").notNull(),
    /** Of a histogram's bucket: the seconds of what was observed in it. */
    sum: real("sum").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.name, table.labels] })],
);

export const organizations = sqliteTable(
  "organizations",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    displayName: text("display_name").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [uniqueIndex("organizations_name").on(sql`lower(${table.name})`)],
);

export const users = sqliteTable(
  "users",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    username: text("username").notNull(),
    email: text("email").notNull(),
    /** The canonical address for lookups; '' until it is known, or while another account has it. */
    emailCanonical: text("email_canonical").notNull().default(""),
    name: text("name").notNull(),
    status: text("status", { enum: userStatuses }).notNull(),
    /** `scrypt$N$r$p$salt$hash`; NULL for users who can't sign in with a password. */
    passwordHash: text("password_hash"),
    /** A name of the IANA's; NULL: unknown. */
    timeZone: text("time_zone"),
    /** JSON `{ranges, critical}`: when emails, browser notifications and chat messages wait; NULL: never. */
    quietHours: text("quiet_hours"),
    /** JSON `{every, hour, weekday}`: when the emails of some kinds come as one; NULL: never. */
    digest: text("digest"),
    /** JSON of the notification preferences before a preset was applied; NULL: nothing can be undone. */
    preferencesBefore: text("preferences_before"),
    /** System users (`prebuilds`) can't sign in and get no notifications. */
    isSystem: integer("is_system", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    lastSeenAt: integer("last_seen_at"),
    deletedAt: integer("deleted_at"),
    /** Counter of the last one-time passcode (RFC 4226). */
    passcodeCounter: integer("passcode_counter").notNull().default(0),
    /** Kept for Coder's dashboard. */
    taskNotificationAlertDismissed: integer("task_notification_alert_dismissed", { mode: "boolean" })
      .notNull()
      .default(false),
    /** What the user did themselves is news to them too. */
    ownActionsNotify: integer("own_actions_notify", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    uniqueIndex("users_id").on(table.id),
    uniqueIndex("users_email_canonical")
      .on(table.emailCanonical)
      .where(sql`deleted_at IS NULL AND email_canonical <> ''`),
    uniqueIndex("users_email")
      .on(sql`lower(${table.email})`)
      .where(sql`deleted_at IS NULL AND email <> ''`),
    uniqueIndex("users_username")
      .on(sql`lower(${table.username})`)
      .where(sql`deleted_at IS NULL`),
    index("users_deleted_username")
      .on(sql`lower(${table.username})`)
      .where(sql`deleted_at IS NOT NULL`),
    index("users_by_status")
      .on(table.status, sql`lower(${table.username})`)
      .where(sql`deleted_at IS NULL AND is_system = 0`),
    check("users_status", oneOf("status", userStatuses)),
  ],
);

export const userRoles = sqliteTable(
  "user_roles",
  {
    userId: text("user_id").notNull(),
    role: text("role", { enum: siteRoles }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.role] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    index("user_roles_role").on(table.role, table.userId),
    check("user_roles_role_known", oneOf("role", siteRoles)),
  ],
);

/** Sessions (`kind = 'session'`, from a sign-in) and API tokens. Only a SHA-256 of the secret is stored. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    secretHash: text("secret_hash").notNull(),
    kind: text("kind", { enum: ["session", "token"] }).notNull(),
    name: text("name").notNull(),
    scope: text("scope", { enum: tokenScopes }).notNull(),
    lifetimeSeconds: integer("lifetime_seconds").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    lastUsedAt: integer("last_used_at"),
    expiresAt: integer("expires_at").notNull(),
    /** What a session was created with; '' if it is unknown. */
    userAgent: text("user_agent").notNull().default(""),
  },
  (table) => [
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    uniqueIndex("api_keys_token_name")
      .on(table.userId, table.name)
      .where(sql`kind = 'token'`),
    index("api_keys_user").on(table.userId, table.createdAt),
    index("api_keys_expiry").on(table.expiresAt),
    check("api_keys_kind", sql`kind IN ('session', 'token')`),
    check("api_keys_scope", oneOf("scope", tokenScopes)),
  ],
);

/** The audit log. It never contains secrets. */
export const auditEntries = sqliteTable(
  "audit_entries",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    at: integer("at").notNull(),
    /** NULL for a failed sign-in, the first user or a local command. */
    actorId: text("actor_id"),
    action: text("action").notNull(),
    resourceType: text("resource_type").notNull(),
    resourceId: text("resource_id"),
    requestId: text("request_id").notNull(),
    address: text("address"),
    /** JSON object of the changes. */
    detail: text("detail").notNull(),
  },
  (table) => [
    uniqueIndex("audit_entries_id").on(table.id),
    index("audit_entries_at").on(table.at),
    index("audit_entries_actor").on(table.actorId, table.seq),
    index("audit_entries_resource").on(table.resourceId, table.seq),
    index("audit_entries_action").on(table.action, table.seq),
  ],
);

/** The result of a request with an `Idempotency-Key`; kept for a day. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    /** Each user has keys of their own. */
    userId: text("user_id").notNull(),
    /** As the caller chose it, at most 255 bytes. */
    key: text("key").notNull(),
    /** Hash of method, path, query and body: the same key with another request is an error. */
    fingerprint: text("fingerprint").notNull(),
    /** Id of the event or build that the request created. */
    subjectId: text("subject_id").notNull(),
    /** JSON of the result, where the subject doesn't have it; otherwise NULL. */
    result: text("result"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index("idempotency_keys_created").on(table.createdAt),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
);
