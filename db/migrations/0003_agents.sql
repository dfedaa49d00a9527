-- What apps report, and messages that are held back until it is sure that they are still true.

ALTER TABLE "workspace_app_statuses" ADD COLUMN "state_since" integer DEFAULT 0 NOT NULL;
ALTER TABLE "workspace_app_statuses" ADD COLUMN "superseded" integer DEFAULT 0 NOT NULL;
CREATE INDEX "workspace_app_statuses_workspace" ON "workspace_app_statuses" ("workspace_id","seq");
CREATE INDEX "workspace_app_statuses_superseded" ON "workspace_app_statuses" ("created_at") WHERE superseded = 1;

ALTER TABLE "notification_messages" ADD COLUMN "subject" text;
CREATE INDEX "notification_messages_subject" ON "notification_messages" ("subject") WHERE subject IS NOT NULL AND due_at IS NOT NULL;
