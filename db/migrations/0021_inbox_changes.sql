-- What open inboxes learn of changes to notifications: one row for each user, by whichever write. `recent` begins with the
-- latest changes, each `version:seq,` with the notification's sequence number; older ones fall off its end.
CREATE TABLE "inbox_changes" (
  "user_id" text PRIMARY KEY NOT NULL,
  "version" integer NOT NULL,
  "recent" text NOT NULL
);
CREATE UNIQUE INDEX "inbox_changes_version" ON "inbox_changes" ("version");
CREATE TRIGGER "inbox_notifications_changed" AFTER UPDATE ON "inbox_notifications" BEGIN
  INSERT INTO "inbox_changes" ("user_id", "version", "recent")
  SELECT new."user_id", "next"."version", "next"."version" || ':' || new."seq" || ','
  FROM (SELECT coalesce(max("version"), 0) + 1 AS "version" FROM "inbox_changes") AS "next" WHERE true
  ON CONFLICT ("user_id") DO UPDATE SET "version" = excluded."version", "recent" = substr(excluded."recent" || "recent", 1, 1000); END;
