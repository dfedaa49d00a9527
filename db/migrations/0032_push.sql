-- Browsers that get push messages, and pages that are open and visible: their readers get none.
CREATE TABLE "push_subscriptions" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL,
  "endpoint" text NOT NULL,
  "p256dh" text NOT NULL,
  "auth" text NOT NULL,
  "server_key" text NOT NULL,
  "device" text NOT NULL,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade
);
CREATE UNIQUE INDEX "push_subscriptions_endpoint" ON "push_subscriptions" ("endpoint");
CREATE INDEX "push_subscriptions_user" ON "push_subscriptions" ("user_id","created_at");
CREATE TABLE "visible_pages" (
  "id" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL,
  "until" integer NOT NULL,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade
);
CREATE INDEX "visible_pages_user" ON "visible_pages" ("user_id","until");
