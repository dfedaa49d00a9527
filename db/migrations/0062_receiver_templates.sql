-- Receivers get templates, and messages for each recipient. Which formats there are is the program's to say: no CHECK names them.
PRAGMA foreign_keys = OFF;

CREATE TABLE "notification_receivers_new" (
  "id" text PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "format" text NOT NULL,
  "host" text NOT NULL,
  "sealed_target" text NOT NULL,
  "template" text,
  "recipients" text DEFAULT 'everybody' NOT NULL,
  "kinds" text,
  "min_severity" text NOT NULL,
  "is_enabled" integer DEFAULT 1 NOT NULL,
  "disabled_because" text,
  "previous_until" integer,
  "change_id" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "deleted_at" integer,
  "turn_token" text,
  "resume_at" integer DEFAULT 0 NOT NULL,
  "failures" integer DEFAULT 0 NOT NULL,
  "succeeded_at" integer,
  "failed_at" integer,
  "answer" text,
  CONSTRAINT "notification_receivers_recipients" CHECK(recipients IN ('everybody', 'each'))
);
INSERT INTO "notification_receivers_new" ("id", "name", "format", "host", "sealed_target", "kinds", "min_severity", "is_enabled",
    "disabled_because", "previous_until", "change_id", "created_by", "created_at", "deleted_at", "turn_token", "resume_at",
    "failures", "succeeded_at", "failed_at", "answer")
  SELECT "id", "name", "format", "host", "sealed_target", "kinds", "min_severity", "is_enabled", "disabled_because",
    "previous_until", "change_id", "created_by", "created_at", "deleted_at", "turn_token", "resume_at", "failures", "succeeded_at",
    "failed_at", "answer"
  FROM "notification_receivers";
DROP TABLE "notification_receivers";
ALTER TABLE "notification_receivers_new" RENAME TO "notification_receivers";
CREATE UNIQUE INDEX "notification_receivers_name" ON "notification_receivers" (lower("name")) WHERE deleted_at IS NULL;

-- What was notified in a situation, for receivers that keep each of it open until it ends.
CREATE INDEX "notification_events_situation" ON "notification_events" ("situation_id") WHERE situation_id IS NOT NULL;
