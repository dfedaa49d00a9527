-- Recipients of a custom notification to many, until they have their messages: each once, with why, and when it is their turn.
CREATE TABLE "notification_event_people" (
  "event_id" text NOT NULL,
  "user_id" text NOT NULL,
  "why" text NOT NULL,
  "not_before" integer NOT NULL,
  "claim_token" text,
  "claimed_until" integer DEFAULT 0 NOT NULL,
  PRIMARY KEY ("event_id", "user_id"),
  FOREIGN KEY ("event_id") REFERENCES "notification_events"("id") ON DELETE CASCADE,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE
);
