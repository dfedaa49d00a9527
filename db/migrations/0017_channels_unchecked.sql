-- Which channels there are is the program's to say: no CHECK names them, so that a new one needs no migration.
PRAGMA foreign_keys = OFF;

CREATE TABLE "notification_templates_new" (
  "id" text PRIMARY KEY NOT NULL,
  "key" text NOT NULL,
  "name" text NOT NULL,
  "group_name" text NOT NULL,
  "kind" text NOT NULL,
  "enabled_by_default" integer NOT NULL,
  "method" text,
  "active_version" integer NOT NULL,
  "sample" text NOT NULL,
  CONSTRAINT "notification_templates_kind" CHECK(kind IN ('system', 'custom'))
);
INSERT INTO "notification_templates_new"
  SELECT "id", "key", "name", "group_name", "kind", "enabled_by_default", "method", "active_version", "sample"
  FROM "notification_templates";
DROP TABLE "notification_templates";
ALTER TABLE "notification_templates_new" RENAME TO "notification_templates";
CREATE UNIQUE INDEX "notification_templates_name" ON "notification_templates" ("name");
CREATE UNIQUE INDEX "notification_templates_key" ON "notification_templates" ("key");

CREATE TABLE "notification_messages_new" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
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
  FOREIGN KEY ("event_id") REFERENCES "notification_events"("id") ON DELETE cascade,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "notification_messages_status" CHECK(status IN ('pending', 'leased', 'sent', 'temporary_failure', 'permanent_failure', 'inhibited')),
  CONSTRAINT "notification_messages_alive" CHECK((due_at IS NOT NULL) = (status IN ('pending', 'leased', 'temporary_failure'))),
  CONSTRAINT "notification_messages_leased" CHECK((lease_token IS NOT NULL) = (status = 'leased'))
);
INSERT INTO "notification_messages_new"
  SELECT "seq", "id", "event_id", "user_id", "method", "status", "reasons", "due_at", "lease_token", "attempt_count",
    "attempts_forgiven", "dedupe_key", "created_at", "updated_at", "subject", "sealed_labels", "expires_at"
  FROM "notification_messages";
-- No number is given a second time, also where the newest messages have been purged: cursors rest on it.
DELETE FROM "sqlite_sequence" WHERE "name" = 'notification_messages_new';
INSERT INTO "sqlite_sequence" ("name", "seq")
  SELECT 'notification_messages_new', "seq" FROM "sqlite_sequence" WHERE "name" = 'notification_messages';
DROP TABLE "notification_messages";
ALTER TABLE "notification_messages_new" RENAME TO "notification_messages";
CREATE UNIQUE INDEX "notification_messages_id" ON "notification_messages" ("id");
CREATE UNIQUE INDEX "notification_messages_dedupe" ON "notification_messages" ("dedupe_key") WHERE dedupe_key IS NOT NULL;
CREATE INDEX "notification_messages_due" ON "notification_messages" ("due_at","seq") WHERE due_at IS NOT NULL;
CREATE INDEX "notification_messages_due_by_method" ON "notification_messages" ("method","due_at","seq") WHERE due_at IS NOT NULL;
CREATE INDEX "notification_messages_lease" ON "notification_messages" ("lease_token") WHERE lease_token IS NOT NULL;
CREATE INDEX "notification_messages_subject" ON "notification_messages" ("subject") WHERE subject IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX "notification_messages_event" ON "notification_messages" ("event_id");
CREATE INDEX "notification_messages_user" ON "notification_messages" ("user_id","seq");
CREATE INDEX "notification_messages_final" ON "notification_messages" ("updated_at") WHERE due_at IS NULL;
CREATE INDEX "notification_messages_expiry" ON "notification_messages" ("expires_at") WHERE sealed_labels IS NOT NULL;
