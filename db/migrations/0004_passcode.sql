-- Rate limits of signing in, and passcodes that replace a forgotten password.
CREATE TABLE "rate_limits" (
  "key" text PRIMARY KEY NOT NULL,
  "window" integer NOT NULL,
  "current" integer NOT NULL,
  "previous" integer NOT NULL,
  "admitted_by" text NOT NULL,
  "admitted_at" integer NOT NULL,
  "expires_at" integer NOT NULL
);
CREATE INDEX "rate_limits_expiry" ON "rate_limits" ("expires_at");

CREATE TABLE "passcodes" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL,
  "selector" text NOT NULL,
  "counter" integer NOT NULL,
  "created_at" integer NOT NULL,
  "expires_at" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade
);
CREATE INDEX "passcodes_user" ON "passcodes" ("user_id");
CREATE INDEX "passcodes_expiry" ON "passcodes" ("expires_at");

CREATE TABLE "passcode_tries" (
  "id" text PRIMARY KEY NOT NULL,
  "passcode_id" text NOT NULL,
  FOREIGN KEY ("passcode_id") REFERENCES "passcodes"("id") ON DELETE cascade
);
CREATE INDEX "passcode_tries_passcode" ON "passcode_tries" ("passcode_id");

ALTER TABLE "users" ADD COLUMN "passcode_counter" integer DEFAULT 0 NOT NULL;
ALTER TABLE "notification_messages" ADD COLUMN "sealed_labels" text;
ALTER TABLE "notification_messages" ADD COLUMN "expires_at" integer;
CREATE INDEX "notification_messages_expiry" ON "notification_messages" ("expires_at") WHERE sealed_labels IS NOT NULL;
