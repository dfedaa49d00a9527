-- Whom an event was for, so that it can be said why somebody else did not get it; NULL where its messages say it all.
ALTER TABLE "notification_events" ADD COLUMN "recipient_rule" text;
