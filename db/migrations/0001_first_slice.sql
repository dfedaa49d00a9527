-- Accounts, settings, the outbox and the inbox.
CREATE TABLE "api_keys" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL,
  "secret_hash" text NOT NULL,
  "kind" text NOT NULL,
  "name" text NOT NULL,
  "scope" text NOT NULL,
  "lifetime_seconds" integer NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "last_used_at" integer,
  "expires_at" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "api_keys_kind" CHECK(kind IN ('session', 'token')),
  CONSTRAINT "api_keys_scope" CHECK(scope IN ('all', 'read', 'notify'))
);
CREATE UNIQUE INDEX "api_keys_token_name" ON "api_keys" ("user_id","name") WHERE kind = 'token';
CREATE INDEX "api_keys_user" ON "api_keys" ("user_id","created_at");
CREATE INDEX "api_keys_expiry" ON "api_keys" ("expires_at");

CREATE TABLE "audit_entries" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "at" integer NOT NULL,
  "actor_id" text,
  "action" text NOT NULL,
  "resource_type" text NOT NULL,
  "resource_id" text,
  "request_id" text NOT NULL,
  "address" text,
  "detail" text NOT NULL
);
CREATE UNIQUE INDEX "audit_entries_id" ON "audit_entries" ("id");
CREATE INDEX "audit_entries_at" ON "audit_entries" ("at");
CREATE INDEX "audit_entries_actor" ON "audit_entries" ("actor_id","seq");
CREATE INDEX "audit_entries_resource" ON "audit_entries" ("resource_id","seq");

CREATE TABLE "counters" (
  "name" text NOT NULL,
  "labels" text NOT NULL,
  "value" real NOT NULL,
  PRIMARY KEY("name", "labels")
);

CREATE TABLE "inbox_notifications" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
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
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  FOREIGN KEY ("template_id") REFERENCES "notification_templates"("id")
);
CREATE UNIQUE INDEX "inbox_notifications_id" ON "inbox_notifications" ("id");
CREATE INDEX "inbox_notifications_user" ON "inbox_notifications" ("user_id","seq");
CREATE INDEX "inbox_notifications_unread" ON "inbox_notifications" ("user_id","seq") WHERE read_at IS NULL;
CREATE INDEX "inbox_notifications_created" ON "inbox_notifications" ("created_at");

CREATE TABLE "notification_attempts" (
  "message_id" text NOT NULL,
  "number" integer NOT NULL,
  "started_at" integer NOT NULL,
  "finished_at" integer,
  "outcome" text NOT NULL,
  "detail" text,
  PRIMARY KEY("message_id", "number"),
  FOREIGN KEY ("message_id") REFERENCES "notification_messages"("id") ON DELETE cascade,
  CONSTRAINT "notification_attempts_outcome" CHECK(outcome IN ('started', 'sent', 'temporary_failure', 'permanent_failure'))
);

CREATE TABLE "notification_events" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "template_id" text NOT NULL,
  "template_version" integer NOT NULL,
  "labels" text NOT NULL,
  "data" text,
  "targets" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("template_id","template_version") REFERENCES "notification_template_versions"("template_id","number")
);
CREATE UNIQUE INDEX "notification_events_id" ON "notification_events" ("id");
CREATE INDEX "notification_events_created" ON "notification_events" ("created_at");

CREATE TABLE "notification_messages" (
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
  FOREIGN KEY ("event_id") REFERENCES "notification_events"("id") ON DELETE cascade,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "notification_messages_method" CHECK(method IN ('inbox', 'webhook', 'smtp')),
  CONSTRAINT "notification_messages_status" CHECK(status IN ('pending', 'leased', 'sent', 'temporary_failure', 'permanent_failure', 'inhibited')),
  CONSTRAINT "notification_messages_alive" CHECK((due_at IS NOT NULL) = (status IN ('pending', 'leased', 'temporary_failure'))),
  CONSTRAINT "notification_messages_leased" CHECK((lease_token IS NOT NULL) = (status = 'leased'))
);
CREATE UNIQUE INDEX "notification_messages_id" ON "notification_messages" ("id");
CREATE UNIQUE INDEX "notification_messages_dedupe" ON "notification_messages" ("dedupe_key") WHERE dedupe_key IS NOT NULL;
CREATE INDEX "notification_messages_due" ON "notification_messages" ("due_at","seq") WHERE due_at IS NOT NULL;
CREATE INDEX "notification_messages_lease" ON "notification_messages" ("lease_token") WHERE lease_token IS NOT NULL;
CREATE INDEX "notification_messages_event" ON "notification_messages" ("event_id");
CREATE INDEX "notification_messages_user" ON "notification_messages" ("user_id","seq");
CREATE INDEX "notification_messages_final" ON "notification_messages" ("updated_at") WHERE due_at IS NULL;

CREATE TABLE "notification_preferences" (
  "user_id" text NOT NULL,
  "template_id" text NOT NULL,
  "disabled" integer NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  PRIMARY KEY("user_id", "template_id"),
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  FOREIGN KEY ("template_id") REFERENCES "notification_templates"("id") ON DELETE cascade
);

CREATE TABLE "notification_template_versions" (
  "template_id" text NOT NULL,
  "number" integer NOT NULL,
  "title" text NOT NULL,
  "body" text NOT NULL,
  "actions" text NOT NULL,
  "origin" text NOT NULL,
  "content_hash" text NOT NULL,
  "created_by" text,
  "created_at" integer NOT NULL,
  PRIMARY KEY("template_id", "number"),
  FOREIGN KEY ("template_id") REFERENCES "notification_templates"("id") ON DELETE cascade,
  CONSTRAINT "notification_template_versions_origin" CHECK(origin IN ('seed', 'admin'))
);

CREATE TABLE "notification_templates" (
  "id" text PRIMARY KEY NOT NULL,
  "key" text NOT NULL,
  "name" text NOT NULL,
  "group_name" text NOT NULL,
  "kind" text NOT NULL,
  "enabled_by_default" integer NOT NULL,
  "method" text,
  "active_version" integer NOT NULL,
  "sample" text NOT NULL,
  CONSTRAINT "notification_templates_kind" CHECK(kind IN ('system', 'custom')),
  CONSTRAINT "notification_templates_method" CHECK(method IN ('inbox', 'webhook', 'smtp'))
);
CREATE UNIQUE INDEX "notification_templates_name" ON "notification_templates" ("name");
CREATE UNIQUE INDEX "notification_templates_key" ON "notification_templates" ("key");

CREATE TABLE "organizations" (
  "id" text PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "display_name" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL
);
CREATE UNIQUE INDEX "organizations_name" ON "organizations" (lower("name"));

CREATE TABLE "settings" (
  "key" text PRIMARY KEY NOT NULL,
  "value" text NOT NULL,
  "updated_at" integer NOT NULL
);

CREATE TABLE "user_roles" (
  "user_id" text NOT NULL,
  "role" text NOT NULL,
  PRIMARY KEY("user_id", "role"),
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade,
  CONSTRAINT "user_roles_role_known" CHECK(role IN ('owner', 'user-admin', 'template-admin', 'auditor'))
);
CREATE INDEX "user_roles_role" ON "user_roles" ("role","user_id");

CREATE TABLE "users" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "username" text NOT NULL,
  "email" text NOT NULL,
  "name" text NOT NULL,
  "status" text NOT NULL,
  "password_hash" text,
  "is_system" integer NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "last_seen_at" integer,
  "deleted_at" integer,
  CONSTRAINT "users_status" CHECK(status IN ('active', 'suspended'))
);
CREATE UNIQUE INDEX "users_id" ON "users" ("id");
CREATE UNIQUE INDEX "users_email" ON "users" (lower("email")) WHERE deleted_at IS NULL AND email <> '';
CREATE UNIQUE INDEX "users_username" ON "users" (lower("username")) WHERE deleted_at IS NULL;
