-- Receivers: where events go besides the people who are notified, such as a chat channel. A message to one names it.
CREATE TABLE "notification_receivers" (
  "id" text PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "format" text NOT NULL,
  "host" text NOT NULL,
  "sealed_target" text NOT NULL,
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
  CONSTRAINT "notification_receivers_format" CHECK(format IN ('coder', 'slack', 'teams', 'discord', 'ntfy', 'pagerduty'))
);
CREATE UNIQUE INDEX "notification_receivers_name" ON "notification_receivers" (lower("name")) WHERE deleted_at IS NULL;
ALTER TABLE "notification_messages" ADD COLUMN "receiver_id" text REFERENCES "notification_receivers"("id");
CREATE INDEX "notification_messages_receiver" ON "notification_messages" ("receiver_id", "due_at", "seq") WHERE receiver_id IS NOT NULL AND due_at IS NOT NULL;
