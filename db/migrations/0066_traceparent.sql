-- The trace that an event belongs to (W3C Trace Context), for its deliveries.
ALTER TABLE "notification_events" ADD COLUMN "traceparent" text;
