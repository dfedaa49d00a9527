-- Why its recipient got a notification, kept when its message is deleted; and whether users want notifications about what
-- they did themselves.
ALTER TABLE "inbox_notifications" ADD COLUMN "why" text;
ALTER TABLE "users" ADD COLUMN "own_actions_notify" integer DEFAULT 0 NOT NULL;
