-- Until when a notification is snoozed: it is done until then, and comes back as a new one. And the zone of people's clocks.
ALTER TABLE "inbox_notifications" ADD COLUMN "snoozed_until" integer;
CREATE INDEX "inbox_notifications_snoozed" ON "inbox_notifications" ("user_id","seq") WHERE snoozed_until IS NOT NULL AND done_at IS NOT NULL;
CREATE INDEX "inbox_notifications_due" ON "inbox_notifications" ("snoozed_until") WHERE snoozed_until IS NOT NULL AND done_at IS NOT NULL;
ALTER TABLE "users" ADD COLUMN "time_zone" text;
