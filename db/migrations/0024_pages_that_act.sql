-- What pages need to act: the browser or program of a session, stops that are followed by a start, and channels that a user
-- has disabled for one kind of notification.
ALTER TABLE "api_keys" ADD COLUMN "user_agent" text DEFAULT '' NOT NULL;
ALTER TABLE "workspace_builds" ADD COLUMN "restarts" integer DEFAULT 0 NOT NULL;
CREATE INDEX "workspace_builds_restarts" ON "workspace_builds" ("seq") WHERE restarts = 1 AND status = 'succeeded';
ALTER TABLE "notification_preferences" ADD COLUMN "disabled_methods" text DEFAULT '[]' NOT NULL;
