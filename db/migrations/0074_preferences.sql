-- Channels that a user has turned on for a kind besides those of the deployment, and kinds whose emails come as a digest.
ALTER TABLE "notification_preferences" ADD COLUMN "added_methods" text DEFAULT '[]' NOT NULL;
ALTER TABLE "notification_preferences" ADD COLUMN "in_digest" integer DEFAULT 0 NOT NULL;
-- The preferences before a preset was applied, as JSON.
ALTER TABLE "users" ADD COLUMN "preferences_before" text;
-- When somebody's digest comes, as JSON.
ALTER TABLE "users" ADD COLUMN "digest" text;
-- Emails that wait for their recipient's digest.
CREATE INDEX "notification_messages_digest" ON "notification_messages" ("user_id", "seq") WHERE method = 'digest' AND due_at IS NOT NULL;
