-- The organization of an event, its messages and inbox entries; '' is the database's first. A constant default changes no row.
ALTER TABLE "notification_events" ADD COLUMN "organization_id" text DEFAULT '' NOT NULL;
ALTER TABLE "notification_messages" ADD COLUMN "organization_id" text DEFAULT '' NOT NULL;
ALTER TABLE "inbox_notifications" ADD COLUMN "organization_id" text DEFAULT '' NOT NULL;
