-- Recipients by their role for whom a kind is off by default are counted with the event, and have no messages.
ALTER TABLE "notification_events" ADD COLUMN "off_by_default" integer;
