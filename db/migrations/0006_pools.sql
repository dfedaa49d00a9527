-- Pools of prebuilt workspaces: who makes the next pass, which builds are the pools' present, and their totals.

CREATE TABLE "leases" (
  "name" text PRIMARY KEY NOT NULL,
  "token" text,
  "expires_at" integer NOT NULL,
  "next_due_at" integer NOT NULL,
  "wished_at" integer
);
INSERT INTO "leases" ("name", "token", "expires_at", "next_due_at") VALUES ('prebuilds', NULL, 0, 0);

CREATE TABLE "pool_totals" (
  "template_id" text NOT NULL,
  "preset_name" text NOT NULL,
  "created" integer NOT NULL,
  "failed" integer NOT NULL,
  "claimed" integer NOT NULL,
  PRIMARY KEY("template_id", "preset_name"),
  FOREIGN KEY ("template_id") REFERENCES "templates"("id")
);

ALTER TABLE "presets" ADD COLUMN "limited_at" integer;
CREATE INDEX "presets_limited" ON "presets" ("id") WHERE prebuild_status = 'hard_limited';
CREATE INDEX "template_parameters_demanded" ON "template_parameters" ("version_id") WHERE required = 1 AND default_value IS NULL;

ALTER TABLE "workspace_builds" ADD COLUMN "pool_preset_id" text;
CREATE INDEX "workspace_builds_pool_now" ON "workspace_builds" ("pool_preset_id") WHERE pool_preset_id IS NOT NULL AND (status IN ('pending', 'running', 'canceling') OR (status = 'succeeded' AND transition = 'start'));
CREATE INDEX "workspace_builds_pool_starts" ON "workspace_builds" ("pool_preset_id","created_at") WHERE pool_preset_id IS NOT NULL AND preset_id IS NOT NULL AND transition = 'start';
CREATE INDEX "workspace_builds_pool_made" ON "workspace_builds" ("preset_id","created_at") WHERE stage = 'create' AND status = 'succeeded';

-- Whatever changes a workspace's owner, latest build or end, the builds that are its pool's present follow. A claim is
-- counted before they do.
CREATE TRIGGER "workspaces_pool" AFTER UPDATE OF "owner_id", "latest_build_id", "deleted_at" ON "workspaces"
WHEN OLD."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0' OR NEW."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0'
BEGIN
  INSERT INTO "pool_totals" ("template_id", "preset_name", "created", "failed", "claimed")
    SELECT NEW."template_id", p."name", 0, 0, 0 FROM "workspace_builds" b JOIN "presets" p ON p."id" = b."pool_preset_id"
    WHERE b."id" = OLD."latest_build_id" AND OLD."owner_id" <> NEW."owner_id" AND NOT EXISTS (
      SELECT 1 FROM "pool_totals" t WHERE t."template_id" = NEW."template_id" AND t."preset_name" = p."name")
  ; UPDATE "pool_totals" SET "claimed" = "claimed" + 1
    WHERE OLD."owner_id" <> NEW."owner_id" AND OLD."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0'
      AND ("template_id", "preset_name") = (SELECT NEW."template_id", p."name" FROM "workspace_builds" b
        JOIN "presets" p ON p."id" = b."pool_preset_id" WHERE b."id" = OLD."latest_build_id")
  ; UPDATE "workspace_builds" SET "pool_preset_id" = CASE
      WHEN NEW."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0' AND NEW."deleted_at" IS NULL THEN
        COALESCE("preset_id", (SELECT o."pool_preset_id" FROM "workspace_builds" o WHERE o."id" = OLD."latest_build_id"))
      END
    WHERE "id" = NEW."latest_build_id"
  ; UPDATE "workspace_builds" SET "pool_preset_id" = NULL
    WHERE "id" = OLD."latest_build_id" AND OLD."latest_build_id" IS NOT NEW."latest_build_id"
  ; END;

-- The same for a build that comes after its workspace has named it (a copy of a database, say).
CREATE TRIGGER "workspace_builds_pool" AFTER INSERT ON "workspace_builds"
WHEN EXISTS (SELECT 1 FROM "workspaces" w WHERE w."id" = NEW."workspace_id" AND w."latest_build_id" = NEW."id"
  AND w."owner_id" = 'c42fdf75-3097-471c-8c33-fb52454d81c0' AND w."deleted_at" IS NULL)
BEGIN
  UPDATE "workspace_builds" SET "pool_preset_id" = "preset_id" WHERE "id" = NEW."id"
  ; END;

CREATE TRIGGER "workspace_builds_pool_created" AFTER INSERT ON "workspace_builds" WHEN NEW."stage" = 'create'
BEGIN
  INSERT INTO "pool_totals" ("template_id", "preset_name", "created", "failed", "claimed")
    SELECT v."template_id", p."name", 0, 0, 0 FROM "presets" p JOIN "template_versions" v ON v."id" = p."version_id"
    WHERE p."id" = NEW."preset_id" AND NOT EXISTS (SELECT 1 FROM "pool_totals" t
      WHERE t."template_id" = v."template_id" AND t."preset_name" = p."name")
  ; UPDATE "pool_totals" SET "created" = "created" + 1
    WHERE ("template_id", "preset_name") = (SELECT v."template_id", p."name" FROM "presets" p
      JOIN "template_versions" v ON v."id" = p."version_id" WHERE p."id" = NEW."preset_id")
  ; END;

CREATE TRIGGER "workspace_builds_pool_failed" AFTER UPDATE OF "status" ON "workspace_builds"
WHEN NEW."stage" = 'create' AND NEW."status" = 'failed' AND OLD."status" <> 'failed'
BEGIN
  UPDATE "pool_totals" SET "failed" = "failed" + 1
    WHERE ("template_id", "preset_name") = (SELECT v."template_id", p."name" FROM "presets" p
      JOIN "template_versions" v ON v."id" = p."version_id" WHERE p."id" = NEW."preset_id")
  ; END;
