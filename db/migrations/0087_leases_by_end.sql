-- Messages of a lease are found by its channel and its end, which has an index already.
DROP INDEX "notification_messages_lease";
