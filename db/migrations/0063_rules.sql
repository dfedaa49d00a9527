-- Rules that decide how events reach people and receivers: the deployment's, whose user_id is NULL, and people's own.
CREATE TABLE "notification_rules" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text,
  "name" text NOT NULL,
  "position" integer NOT NULL,
  "filter" text,
  "is_enabled" integer DEFAULT 1 NOT NULL,
  "continues" integer DEFAULT 0 NOT NULL,
  "actions" text NOT NULL,
  "change_id" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "notification_rules_name" ON "notification_rules" ("name") WHERE user_id IS NULL;
CREATE UNIQUE INDEX "notification_rules_own_name" ON "notification_rules" ("user_id", "name") WHERE user_id IS NOT NULL;
CREATE INDEX "notification_rules_user" ON "notification_rules" ("user_id", "position");
ALTER TABLE "notification_receivers" ADD COLUMN "filter" text;
ALTER TABLE "notification_events" ADD COLUMN "facts" text;
