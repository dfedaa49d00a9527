-- Workspaces, templates and presets that people don't want to be notified about. A preset is its template's, by name, so that
-- it stays muted in each new version.
CREATE TABLE "notification_mutes" (
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "thing" text NOT NULL,
  "thing_id" text NOT NULL,
  "preset_name" text DEFAULT '' NOT NULL,
  "created_at" integer NOT NULL,
  PRIMARY KEY ("user_id", "thing_id", "preset_name"),
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE,
  CONSTRAINT "notification_mutes_thing" CHECK(thing IN ('workspace', 'template', 'preset'))
);
CREATE UNIQUE INDEX "notification_mutes_id" ON "notification_mutes" ("id");
