-- Receivers of users: chats of their own, which they confirm with a code. Names are unique for each user, and for the deployment.
ALTER TABLE "notification_receivers" ADD COLUMN "owner_id" text REFERENCES "users"("id");
ALTER TABLE "notification_receivers" ADD COLUMN "code_hash" text;
ALTER TABLE "notification_receivers" ADD COLUMN "code_sent_at" integer;
ALTER TABLE "notification_receivers" ADD COLUMN "code_tries" integer DEFAULT 0 NOT NULL;
DROP INDEX "notification_receivers_name";
CREATE UNIQUE INDEX "notification_receivers_name" ON "notification_receivers" (lower("name")) WHERE deleted_at IS NULL AND owner_id IS NULL;
CREATE UNIQUE INDEX "notification_receivers_own_name" ON "notification_receivers" ("owner_id", lower("name")) WHERE deleted_at IS NULL AND owner_id IS NOT NULL;
