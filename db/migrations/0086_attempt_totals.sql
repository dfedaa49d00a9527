-- What an attempt adds to all counters of attempts is one row. Those that were counted before stay in "counters".
CREATE TABLE "notification_attempt_totals" (
  "method" text NOT NULL,
  "template_id" text NOT NULL,
  "result" text NOT NULL,
  "queued" text NOT NULL,
  "sending" text NOT NULL,
  "delivered" text NOT NULL,
  "count" integer NOT NULL,
  "queued_seconds" real NOT NULL,
  "sending_seconds" real NOT NULL,
  "delivered_seconds" real NOT NULL,
  PRIMARY KEY("method", "template_id", "result", "queued", "sending", "delivered"),
  CONSTRAINT "notification_attempt_totals_result" CHECK(result IN ('success', 'temp_fail', 'perm_fail', 'recipient_refused', 'inhibited'))
) WITHOUT ROWID;
