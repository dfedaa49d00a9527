-- What is done leaves the inbox and is kept. One of two indexes has each row, so that a row costs as much as before.
ALTER TABLE "inbox_notifications" ADD COLUMN "done_at" integer;
DROP INDEX "inbox_notifications_user";
CREATE INDEX "inbox_notifications_open" ON "inbox_notifications" ("user_id","seq") WHERE done_at IS NULL;
CREATE INDEX "inbox_notifications_done" ON "inbox_notifications" ("user_id","seq") WHERE done_at IS NOT NULL;
