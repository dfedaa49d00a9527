-- When a provisioner's key was last used, and from where.
ALTER TABLE "provisioner_keys" ADD COLUMN "last_used_at" integer;
ALTER TABLE "provisioner_keys" ADD COLUMN "last_used_address" text;
