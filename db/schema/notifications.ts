// Tables of notification templates and the outbox.
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { notificationReceivers } from "./receivers.ts";
import { messageStatuses } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";
import { organizationId } from "./organization-id.ts";

export const notificationTemplates = sqliteTable(
  "notification_templates",
  {
    id: text("id").primaryKey(),
    /** Coder's identifier, like `TemplateCustomNotification`. */
    key: text("key").notNull(),
    name: text("name").notNull(),
    group: text("group_name").notNull(),
    kind: text("kind", { enum: ["system", "custom"] }).notNull(),
    enabledByDefault: integer("enabled_by_default", { mode: "boolean" }).notNull(),
    /** An owner's choice instead of `enabled_by_default`, which each release sets; NULL: none. */
    defaultChoice: integer("default_choice", { mode: "boolean" }),
    /** An owner disabled the kind for everybody. */
    isDisabled: integer("is_disabled", { mode: "boolean" }).notNull().default(false),
    /** NULL: the deployment's default method. */
    method: text("method"),
    activeVersion: integer("active_version").notNull(),
    /** JSON `{labels, data}` of a typical event, for previews. */
    sample: text("sample").notNull(),
  },
  (table) => [
    uniqueIndex("notification_templates_name").on(table.name),
    uniqueIndex("notification_templates_key").on(table.key),
    check("notification_templates_kind", sql`kind IN ('system', 'custom')`),
  ],
);

/** Texts. Rows are never updated: each edit creates a version. */
export const notificationTemplateVersions = sqliteTable(
  "notification_template_versions",
  {
    templateId: text("template_id").notNull(),
    number: integer("number").notNull(),
    title: text("title").notNull(),
    body: text("body").notNull(),
    /** JSON array of `{label, url}`, both Liquid. */
    actions: text("actions").notNull(),
    origin: text("origin", { enum: ["seed", "admin"] }).notNull(),
    contentHash: text("content_hash").notNull(),
    createdBy: text("created_by"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.templateId, table.number] }),
    foreignKey({ columns: [table.templateId], foreignColumns: [notificationTemplates.id] }).onDelete(
      "cascade",
    ),
    check("notification_template_versions_origin", sql`origin IN ('seed', 'admin')`),
  ],
);

/** Without a row the template's default applies. */
export const notificationPreferences = sqliteTable(
  "notification_preferences",
  {
    userId: text("user_id").notNull(),
    templateId: text("template_id").notNull(),
    disabled: integer("disabled", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** JSON array of the channels that the user has disabled for a kind that is enabled. */
    disabledMethods: text("disabled_methods").notNull().default("[]"),
    /** JSON array of the channels that the user has enabled besides those of the deployment. */
    addedMethods: text("added_methods").notNull().default("[]"),
    /** Its emails come as a digest. */
    inDigest: integer("in_digest", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.templateId] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.templateId], foreignColumns: [notificationTemplates.id] }).onDelete(
      "cascade",
    ),
  ],
);

/** One row per event, for any number of recipients. */
export const notificationEvents = sqliteTable(
  "notification_events",
  {
    id: text("id").primaryKey(),
    templateId: text("template_id").notNull(),
    templateVersion: integer("template_version").notNull(),
    /** JSON: strings by name, unescaped until they are rendered. */
    labels: text("labels").notNull(),
    /** JSON object or NULL, at most 256 kB. */
    data: text("data"),
    /** JSON array of UUIDs that the event is about. */
    targets: text("targets").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    /** What it opened, or is another occurrence of. */
    situationId: text("situation_id"),
    /** JSON of whom it is for, besides those whom a sender named; NULL for no one else. */
    recipientRule: text("recipient_rule"),
    /** JSON `{title, body, actions}` of an event that came with its text; NULL: its kind's template is rendered. */
    text: text("text"),
    /** Recipients by their role who have no message: the kind is off by default, and they have not turned it on. */
    offByDefault: integer("off_by_default"),
    /** JSON of the names that filters ask for; NULL where there were no rules and no filters. */
    facts: text("facts"),
    /** The trace that it belongs to, as the header of W3C Trace Context. */
    traceparent: text("traceparent"),
    organizationId: organizationId(),
  },
  (table) => [
    // All but custom notifications, of which there are many.
    index("notification_events_template")
      .on(table.templateId, table.id)
      .where(sql`template_id <> '39b1e189-c857-4b0c-877a-511144c18516'`),
    index("notification_events_situation")
      .on(table.situationId)
      .where(sql`situation_id IS NOT NULL`),
    foreignKey({
      columns: [table.templateId, table.templateVersion],
      foreignColumns: [notificationTemplateVersions.templateId, notificationTemplateVersions.number],
    }),
  ],
);

/** An event for one user by one method: both outbox and delivery log. */
export const notificationMessages = sqliteTable(
  "notification_messages",
  {
    /** Never given a second time: the newest row stays. */
    seq: integer("seq").primaryKey(),
    id: text("id").notNull(),
    eventId: text("event_id").notNull(),
    userId: text("user_id").notNull(),
    method: text("method").notNull(),
    status: text("status", { enum: messageStatuses }).notNull(),
    /** JSON array of reason codes for recipient, method and status. */
    reasons: text("reasons").notNull(),
    /** When the next step is due (send, retry, end of the lease); NULL if none is. A lease is found by its end. */
    dueAt: integer("due_at"),
    /** The lease holder's token, or NULL. */
    leaseToken: text("lease_token"),
    attemptCount: integer("attempt_count").notNull(),
    /** Attempts before a requested retry, which no longer count towards the limit. */
    attemptsForgiven: integer("attempts_forgiven").notNull().default(0),
    dedupeKey: text("dedupe_key"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** JSON of labels, encrypted for dispatch; NULL without them and for a finished message. */
    sealedLabels: text("sealed_labels"),
    /** It isn't sent after this time; NULL: no limit. */
    expiresAt: integer("expires_at"),
    /** The subject of a message that can be withdrawn before it is sent, or NULL. */
    subject: text("subject"),
    /** The receiver that it goes to, with the method `receiver`; NULL: it goes to its user. */
    receiverId: text("receiver_id"),
    organizationId: organizationId(),
  },
  (table) => [
    uniqueIndex("notification_messages_id").on(table.id),
    uniqueIndex("notification_messages_dedupe")
      .on(table.dedupeKey)
      .where(sql`dedupe_key IS NOT NULL`),
    index("notification_messages_due_by_method")
      .on(table.method, table.dueAt, table.seq)
      .where(sql`due_at IS NOT NULL`),
    index("notification_messages_subject")
      .on(table.subject)
      .where(sql`subject IS NOT NULL AND due_at IS NOT NULL`),
    index("notification_messages_receiver")
      .on(table.receiverId, table.dueAt, table.seq)
      .where(sql`receiver_id IS NOT NULL AND due_at IS NOT NULL`),
    index("notification_messages_event").on(table.eventId),
    index("notification_messages_user").on(table.userId, table.seq),
    index("notification_messages_digest")
      .on(table.userId, table.seq)
      .where(sql`method = 'digest' AND due_at IS NOT NULL`),
    index("notification_messages_failed")
      .on(table.seq)
      .where(sql`status = 'permanent_failure'`),
    index("notification_messages_expiry")
      .on(table.expiresAt)
      .where(sql`sealed_labels IS NOT NULL`),
    foreignKey({ columns: [table.eventId], foreignColumns: [notificationEvents.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.receiverId], foreignColumns: [notificationReceivers.id] }),
    check("notification_messages_status", oneOf("status", messageStatuses)),
    check(
      "notification_messages_alive",
      sql`(due_at IS NOT NULL) = (status IN ('pending', 'leased', 'temporary_failure'))`,
    ),
    check("notification_messages_leased", sql`(lease_token IS NOT NULL) = (status = 'leased')`),
  ],
);

/** Recipients of an event to many who have no messages yet. */
export const notificationEventPeople = sqliteTable(
  "notification_event_people",
  {
    eventId: text("event_id").notNull(),
    userId: text("user_id").notNull(),
    /** JSON array of reason codes. */
    why: text("why").notNull(),
    /** Epoch milliseconds before which only the inbox has it; 0: at once. */
    notBefore: integer("not_before").notNull(),
    /** Of the process that is writing their messages. */
    claimToken: text("claim_token"),
    claimedUntil: integer("claimed_until").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.userId] }),
    foreignKey({ columns: [table.eventId], foreignColumns: [notificationEvents.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
);
