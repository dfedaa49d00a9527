-- Claims until then no longer count as drift of the version and preset.
ALTER TABLE "presets" ADD COLUMN "drift_fixed_at" integer;
