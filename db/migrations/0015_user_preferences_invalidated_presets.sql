-- What a user has dismissed in Coder's dashboard, and since when a preset's prebuilt workspaces are outdated.
ALTER TABLE "users" ADD COLUMN "task_notification_alert_dismissed" integer DEFAULT 0 NOT NULL;
ALTER TABLE "presets" ADD COLUMN "last_invalidated_at" integer;
