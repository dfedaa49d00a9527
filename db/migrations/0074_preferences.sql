-- Channels that a user has turned on for a kind besides those of the deployment, and kinds whose emails come as a digest.
ALTER TABLE "notification_preferences" ADD COLUMN "added_methods" text DEFAULT '[]' NOT NULL;
ALTER TABLE "notification_preferences" ADD COLUMN "in_digest" integer DEFAULT 0 NOT NULL;
-- The preferences before a preset was applied, as JSON.
ALTER TABLE "users" ADD COLUMN "preferences_before" text;
-- When somebody's digest comes, as JSON.
ALTER TABLE "users" ADD COLUMN "digest" text;
