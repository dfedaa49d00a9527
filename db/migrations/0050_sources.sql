-- Sources: Coder deployments that send their notifications to Belfry. `text` is what an event from a source says, in place of
-- its kind's template. A receipt makes a message count once; people are those whom Belfry did not recognise, and those whom an
-- owner pinned to a user; what waits is delivered when that happens within a day.
ALTER TABLE "notification_events" ADD COLUMN "text" text;
CREATE TABLE "sources" (
  "id" text PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "kind" text NOT NULL,
  "is_enabled" integer DEFAULT 1 NOT NULL,
  "secret_hash" text NOT NULL,
  "previous_hash" text,
  "previous_until" integer,
  "change_id" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "last_received_at" integer,
  "received_count" integer DEFAULT 0 NOT NULL,
  "unmatched_count" integer DEFAULT 0 NOT NULL,
  CONSTRAINT "sources_kind" CHECK(kind IN ('coder'))
);
CREATE UNIQUE INDEX "sources_name" ON "sources" (lower("name"));
CREATE UNIQUE INDEX "sources_secret" ON "sources" ("secret_hash");
CREATE INDEX "sources_previous" ON "sources" ("previous_hash") WHERE previous_hash IS NOT NULL;
CREATE TABLE "source_receipts" (
  "message_id" text PRIMARY KEY NOT NULL,
  "source_id" text NOT NULL,
  "delivery_id" text NOT NULL,
  "received_at" integer NOT NULL
);
CREATE INDEX "source_receipts_received" ON "source_receipts" ("received_at");
CREATE TABLE "source_people" (
  "source_id" text NOT NULL,
  "foreign_id" text NOT NULL,
  "username" text NOT NULL,
  "email" text NOT NULL,
  "email_canonical" text NOT NULL,
  "name" text NOT NULL,
  "user_id" text,
  "pinned_at" integer,
  "missed_count" integer DEFAULT 0 NOT NULL,
  "first_seen_at" integer NOT NULL,
  "last_seen_at" integer NOT NULL,
  PRIMARY KEY ("source_id", "foreign_id"),
  FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE CASCADE,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE
);
CREATE INDEX "source_people_unmatched" ON "source_people" ("last_seen_at") WHERE user_id IS NULL;
CREATE INDEX "source_people_user" ON "source_people" ("user_id") WHERE user_id IS NOT NULL;
CREATE TABLE "source_waiting" (
  "message_id" text PRIMARY KEY NOT NULL,
  "source_id" text NOT NULL,
  "foreign_id" text NOT NULL,
  "message" text NOT NULL,
  "received_at" integer NOT NULL,
  FOREIGN KEY ("source_id", "foreign_id") REFERENCES "source_people"("source_id", "foreign_id") ON DELETE CASCADE
);
CREATE INDEX "source_waiting_person" ON "source_waiting" ("source_id", "foreign_id", "received_at");
CREATE INDEX "source_waiting_received" ON "source_waiting" ("received_at");
