-- Events that go to others, too, unless somebody has read them by then; a row ends with its event, or when that is decided.
CREATE TABLE "notification_escalations" (
  "event_id" text PRIMARY KEY NOT NULL,
  "due_at" integer NOT NULL,
  "rule" text NOT NULL,
  "targets" text NOT NULL,
  FOREIGN KEY ("event_id") REFERENCES "notification_events"("id") ON DELETE CASCADE
);
CREATE INDEX "notification_escalations_due" ON "notification_escalations" ("due_at");
