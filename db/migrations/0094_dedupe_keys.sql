-- 96 bits are enough to tell events apart; a key is stored with each message and in an index.
UPDATE "notification_messages" SET "dedupe_key" = substr("dedupe_key", 1, 24) WHERE "dedupe_key" IS NOT NULL;
