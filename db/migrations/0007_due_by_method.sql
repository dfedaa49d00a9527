-- Each channel claims what is due of its own, however much waits for another.
CREATE INDEX "notification_messages_due_by_method" ON "notification_messages" ("method","due_at","seq") WHERE due_at IS NOT NULL;
