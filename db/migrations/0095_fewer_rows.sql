-- A notification writes fewer rows: events have no number beside their id, and no table keeps the number of its next row.
-- Numbers of messages and inbox notifications stay unique because the newest row of each is never deleted.
PRAGMA foreign_keys = OFF;

CREATE TABLE "notification_events_new" (
  "id" text PRIMARY KEY NOT NULL,
  "template_id" text NOT NULL,
  "template_version" integer NOT NULL,
  "labels" text NOT NULL,
  "data" text,
  "targets" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "situation_id" text,
  "recipient_rule" text,
  "text" text,
  "off_by_default" integer,
  "facts" text,
  "traceparent" text,
  "organization_id" text DEFAULT '' NOT NULL,
  FOREIGN KEY ("template_id","template_version") REFERENCES "notification_template_versions"("template_id","number")
);
INSERT INTO "notification_events_new" (
    "id", "template_id", "template_version", "labels", "data", "targets", "created_by", "created_at",
    "situation_id", "recipient_rule", "text", "off_by_default", "facts", "traceparent", "organization_id")
  SELECT "id", "template_id", "template_version", "labels", "data", "targets", "created_by", "created_at",
    "situation_id", "recipient_rule", "text", "off_by_default", "facts", "traceparent", "organization_id"
  FROM "notification_events" ORDER BY "seq";
DROP TABLE "notification_events";
ALTER TABLE "notification_events_new" RENAME TO "notification_events";
CREATE INDEX "notification_events_template" ON "notification_events" ("template_id", "id") WHERE template_id <> '39b1e189-c857-4b0c-877a-511144c18516';
CREATE INDEX "notification_events_situation" ON "notification_events" ("situation_id") WHERE situation_id IS NOT NULL;

CREATE TABLE "notification_messages_new" (
  "seq" integer PRIMARY KEY NOT NULL,
  "id" text NOT NULL,
  "event_id" text NOT NULL,
  "user_id" text NOT NULL,
  "method" text NOT NULL,
  "status" text NOT NULL,
  "reasons" text NOT NULL,
  "due_at" integer,
  "lease_token" text,
  "attempt_count" integer NOT NULL,
  "attempts_forgiven" integer DEFAULT 0 NOT NULL,
  "dedupe_key" text,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "subject" text,
  "sealed_labels" text,
  "expires_at" integer,
  "receiver_id" text REFERENCES "notification_receivers"("id"),
  "organization_id" text DEFAULT '' NOT NULL,
  FOREIGN KEY ("event_id") REFERENCES "notification_events"("id") ON DELETE cascade,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "notification_messages_status" CHECK(status IN ('pending', 'leased', 'sent', 'temporary_failure', 'permanent_failure', 'inhibited')),
  CONSTRAINT "notification_messages_alive" CHECK((due_at IS NOT NULL) = (status IN ('pending', 'leased', 'temporary_failure'))),
  CONSTRAINT "notification_messages_leased" CHECK((lease_token IS NOT NULL) = (status = 'leased'))
);
INSERT INTO "notification_messages_new" (
    "seq", "id", "event_id", "user_id", "method", "status", "reasons", "due_at", "lease_token", "attempt_count",
    "attempts_forgiven", "dedupe_key", "created_at", "updated_at", "subject", "sealed_labels", "expires_at",
    "receiver_id", "organization_id")
  SELECT "seq", "id", "event_id", "user_id", "method", "status", "reasons", "due_at", "lease_token", "attempt_count",
    "attempts_forgiven", "dedupe_key", "created_at", "updated_at", "subject", "sealed_labels", "expires_at",
    "receiver_id", "organization_id"
  FROM "notification_messages" ORDER BY "seq";
DROP TABLE "notification_messages";
ALTER TABLE "notification_messages_new" RENAME TO "notification_messages";
CREATE UNIQUE INDEX "notification_messages_id" ON "notification_messages" ("id");
CREATE UNIQUE INDEX "notification_messages_dedupe" ON "notification_messages" ("dedupe_key") WHERE dedupe_key IS NOT NULL;
CREATE INDEX "notification_messages_due_by_method" ON "notification_messages" ("method","due_at","seq") WHERE due_at IS NOT NULL;
CREATE INDEX "notification_messages_subject" ON "notification_messages" ("subject") WHERE subject IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX "notification_messages_event" ON "notification_messages" ("event_id");
CREATE INDEX "notification_messages_user" ON "notification_messages" ("user_id","seq");
CREATE INDEX "notification_messages_expiry" ON "notification_messages" ("expires_at") WHERE sealed_labels IS NOT NULL;
CREATE INDEX "notification_messages_failed" ON "notification_messages" ("seq") WHERE status = 'permanent_failure';
CREATE INDEX "notification_messages_receiver" ON "notification_messages" ("receiver_id", "due_at", "seq") WHERE receiver_id IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX "notification_messages_digest" ON "notification_messages" ("user_id", "seq") WHERE method = 'digest' AND due_at IS NOT NULL;

CREATE TABLE "inbox_notifications_new" (
  "seq" integer PRIMARY KEY NOT NULL,
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "template_id" text NOT NULL,
  "targets" text NOT NULL,
  "title" text NOT NULL,
  "content" text NOT NULL,
  "icon" text NOT NULL,
  "actions" text NOT NULL,
  "read_at" integer,
  "created_at" integer NOT NULL,
  "done_at" integer,
  "situation_id" text,
  "folded_at" integer,
  "snoozed_until" integer,
  "why" text,
  "organization_id" text DEFAULT '' NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  FOREIGN KEY ("template_id") REFERENCES "notification_templates"("id")
);
INSERT INTO "inbox_notifications_new" (
    "seq", "id", "user_id", "template_id", "targets", "title", "content", "icon", "actions", "read_at",
    "created_at", "done_at", "situation_id", "folded_at", "snoozed_until", "why", "organization_id")
  SELECT "seq", "id", "user_id", "template_id", "targets", "title", "content", "icon", "actions", "read_at",
    "created_at", "done_at", "situation_id", "folded_at", "snoozed_until", "why", "organization_id"
  FROM "inbox_notifications" ORDER BY "seq";
DROP TABLE "inbox_notifications";
ALTER TABLE "inbox_notifications_new" RENAME TO "inbox_notifications";
CREATE UNIQUE INDEX "inbox_notifications_id" ON "inbox_notifications" ("id");
CREATE INDEX "inbox_notifications_unread" ON "inbox_notifications" ("user_id","seq") WHERE read_at IS NULL;
CREATE INDEX "inbox_notifications_open" ON "inbox_notifications" ("user_id","seq") WHERE done_at IS NULL;
CREATE INDEX "inbox_notifications_done" ON "inbox_notifications" ("user_id","seq") WHERE done_at IS NOT NULL AND folded_at IS NULL;
CREATE INDEX "inbox_notifications_situation" ON "inbox_notifications" ("situation_id","user_id","seq") WHERE situation_id IS NOT NULL AND folded_at IS NULL;
CREATE INDEX "inbox_notifications_folded" ON "inbox_notifications" ("situation_id","user_id","seq") WHERE folded_at IS NOT NULL;
CREATE INDEX "inbox_notifications_snoozed" ON "inbox_notifications" ("user_id","seq") WHERE snoozed_until IS NOT NULL AND done_at IS NOT NULL;
CREATE INDEX "inbox_notifications_due" ON "inbox_notifications" ("snoozed_until") WHERE snoozed_until IS NOT NULL AND done_at IS NOT NULL;
CREATE TRIGGER "inbox_notifications_changed" AFTER UPDATE ON "inbox_notifications" BEGIN
  INSERT INTO "inbox_changes" ("user_id", "version", "recent")
  SELECT new."user_id", "next"."version", "next"."version" || ':' || new."seq" || ','
  FROM (SELECT coalesce(max("version"), 0) + 1 AS "version" FROM "inbox_changes") AS "next" WHERE true
  ON CONFLICT ("user_id") DO UPDATE SET "version" = excluded."version", "recent" = substr(excluded."recent" || "recent", 1, 1000); END;
