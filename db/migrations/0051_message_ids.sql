-- A message of a source counts once for ever: when its receipt is deleted, its id stays for as long as its source. Both ids are
-- the 16 bytes of a UUID.
CREATE TABLE "source_message_ids" (
  "source_id" blob NOT NULL,
  "message_id" blob NOT NULL,
  PRIMARY KEY ("source_id", "message_id")
) WITHOUT ROWID;
CREATE TRIGGER "source_receipts_deleted" AFTER DELETE ON "source_receipts"
WHEN EXISTS (SELECT 1 FROM "sources" WHERE "id" = old."source_id") BEGIN
  INSERT INTO "source_message_ids" ("source_id", "message_id")
  VALUES (unhex(old."source_id", '-'), unhex(old."message_id", '-')) ON CONFLICT DO NOTHING; END;
