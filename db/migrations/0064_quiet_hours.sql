-- Quiet hours of a person: JSON of ranges, in their time zone.
ALTER TABLE "users" ADD COLUMN "quiet_hours" text;
