-- An attempt is one row, and one write: there is no row number beside its key.
PRAGMA foreign_keys = OFF;

CREATE TABLE "notification_attempts_new" (
  "message_id" text NOT NULL,
  "number" integer NOT NULL,
  "started_at" integer NOT NULL,
  "finished_at" integer,
  "outcome" text NOT NULL,
  "detail" text,
  PRIMARY KEY("message_id", "number"),
  FOREIGN KEY ("message_id") REFERENCES "notification_messages"("id") ON DELETE cascade,
  CONSTRAINT "notification_attempts_outcome" CHECK(outcome IN ('started', 'sent', 'temporary_failure', 'permanent_failure'))
) WITHOUT ROWID;
INSERT INTO "notification_attempts_new" ("message_id", "number", "started_at", "finished_at", "outcome", "detail")
  SELECT "message_id", "number", "started_at", "finished_at", "outcome", "detail" FROM "notification_attempts"
  ORDER BY "message_id", "number";
DROP TABLE "notification_attempts";
ALTER TABLE "notification_attempts_new" RENAME TO "notification_attempts";
