-- Ids tell the age of a message, and what is due is read channel by channel: each notice writes fewer rows. The newest events of a
-- kind are found by an index.
DROP INDEX "notification_messages_due";
DROP INDEX "notification_messages_final";
CREATE INDEX "notification_events_template" ON "notification_events" ("template_id", "seq");
