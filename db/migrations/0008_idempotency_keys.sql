-- What a request with an Idempotency-Key has made, so that the same one again makes nothing more.
CREATE TABLE "idempotency_keys" (
  "user_id" text NOT NULL,
  "key" text NOT NULL,
  "fingerprint" text NOT NULL,
  "subject_id" text NOT NULL,
  "result" text,
  "created_at" integer NOT NULL,
  PRIMARY KEY ("user_id", "key"),
  FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" ("created_at");
