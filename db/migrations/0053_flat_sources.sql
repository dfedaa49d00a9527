-- A page of a source's people is read in its order, those whom Belfry did not recognise first, however many are pinned.
CREATE INDEX "source_people_listed" ON "source_people" ("source_id", (user_id IS NOT NULL), "last_seen_at" DESC, "foreign_id");
