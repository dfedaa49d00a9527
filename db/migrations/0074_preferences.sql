-- Channels that a user has turned on for a kind besides those of the deployment, and kinds whose emails come as a digest.
ALTER TABLE "notification_preferences" ADD COLUMN "added_methods" text DEFAULT '[]' NOT NULL;
ALTER TABLE "notification_preferences" ADD COLUMN "in_digest" integer DEFAULT 0 NOT NULL;
-- The preferences before a preset was applied, as JSON.
ALTER TABLE "users" ADD COLUMN "preferences_before" text;
-- When somebody's digest comes, and up to where in the outbox the latest one reached.
CREATE TABLE "notification_digests" (
  "user_id" text PRIMARY KEY NOT NULL REFERENCES "users"("id") ON DELETE CASCADE,
  "every" text NOT NULL,
  "hour" integer NOT NULL,
  "weekday" integer NOT NULL,
  "due_at" integer NOT NULL,
  "after_seq" integer NOT NULL,
  "token" text NOT NULL,
  CONSTRAINT "notification_digests_every" CHECK(every IN ('daily', 'weekly', 'off'))
);
CREATE INDEX "notification_digests_due" ON "notification_digests" ("due_at");
