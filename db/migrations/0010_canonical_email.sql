-- One mailbox, one account: the form of an address by which it is found. '' until it is known; what is not in ASCII the
-- program fills in when it starts, and where two accounts have one mailbox, the later keeps ''.
ALTER TABLE "users" ADD COLUMN "email_canonical" text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX "users_email_canonical" ON "users" ("email_canonical") WHERE deleted_at IS NULL AND email_canonical <> '';
UPDATE OR IGNORE "users" SET "email_canonical" = lower("email") WHERE "email" <> '' AND "email" NOT GLOB '*[^ -~]*';
