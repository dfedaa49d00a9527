-- A session of an AI agent that runs in no workspace can be muted, too. What is muted of it is deleted with it.
CREATE TABLE "new_notification_mutes" (
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "thing" text NOT NULL,
  "thing_id" text NOT NULL,
  "preset_name" text DEFAULT '' NOT NULL,
  "created_at" integer NOT NULL,
  PRIMARY KEY ("user_id", "thing_id", "preset_name"),
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE,
  CONSTRAINT "notification_mutes_thing" CHECK(thing IN ('workspace', 'template', 'preset', 'session'))
);
INSERT INTO "new_notification_mutes" ("id", "user_id", "thing", "thing_id", "preset_name", "created_at")
SELECT "id", "user_id", "thing", "thing_id", "preset_name", "created_at" FROM "notification_mutes" WHERE true
ON CONFLICT DO NOTHING;
DROP TABLE "notification_mutes";
ALTER TABLE "new_notification_mutes" RENAME TO "notification_mutes";
CREATE UNIQUE INDEX "notification_mutes_id" ON "notification_mutes" ("id");
CREATE TRIGGER "agent_sessions_deleted" AFTER DELETE ON "agent_sessions" BEGIN
  DELETE FROM "notification_mutes" WHERE "user_id" = old."user_id" AND "thing_id" = old."id"; END;
