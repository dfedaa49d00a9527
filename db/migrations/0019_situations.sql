-- What is the matter now: opened by events, resolved by the write that ends it. The items of one situation are one row of an
-- inbox: older ones are folded. Each item is in one index of lists (open or done, unless it is folded) and, with a situation,
-- in one of its history.
CREATE TABLE "situations" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "key" text NOT NULL,
  "opened_at" integer NOT NULL,
  "last_at" integer NOT NULL,
  "occurrences" integer NOT NULL,
  "last_event_id" text NOT NULL,
  "notified_event_id" text NOT NULL,
  "is_quiet" integer NOT NULL,
  "resolved_at" integer,
  "how" text,
  "resolved_by" text
);
CREATE UNIQUE INDEX "situations_id" ON "situations" ("id");
CREATE UNIQUE INDEX "situations_open" ON "situations" ("key") WHERE resolved_at IS NULL;
CREATE INDEX "situations_key" ON "situations" ("key","seq");
CREATE INDEX "situations_resolved" ON "situations" ("resolved_at") WHERE resolved_at IS NOT NULL;
ALTER TABLE "notification_events" ADD COLUMN "situation_id" text;
ALTER TABLE "inbox_notifications" ADD COLUMN "situation_id" text;
ALTER TABLE "inbox_notifications" ADD COLUMN "folded_at" integer;
DROP INDEX "inbox_notifications_done";
CREATE INDEX "inbox_notifications_done" ON "inbox_notifications" ("user_id","seq") WHERE done_at IS NOT NULL AND folded_at IS NULL;
CREATE INDEX "inbox_notifications_situation" ON "inbox_notifications" ("situation_id","user_id","seq") WHERE situation_id IS NOT NULL AND folded_at IS NULL;
CREATE INDEX "inbox_notifications_folded" ON "inbox_notifications" ("situation_id","user_id","seq") WHERE folded_at IS NOT NULL;
