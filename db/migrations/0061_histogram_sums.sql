-- The sum of a histogram is stored with its buckets: an observation writes one row.
ALTER TABLE "counters" ADD COLUMN "sum" real DEFAULT 0 NOT NULL;
