-- What owners choose for a kind of notification: its default, and whether anybody gets it.
ALTER TABLE "notification_templates" ADD COLUMN "default_choice" integer;
ALTER TABLE "notification_templates" ADD COLUMN "is_disabled" integer DEFAULT 0 NOT NULL;
-- Finds the failed messages that are retried, without those that were sent.
CREATE INDEX "notification_messages_failed" ON "notification_messages" ("seq") WHERE status = 'permanent_failure';
