-- What lists of workspaces and tasks are searched and sorted by is stored with the workspace, so that a page of them is read
-- from an index. Triggers keep it, whichever release writes.

ALTER TABLE "workspaces" ADD COLUMN "workspace_status" text;
ALTER TABLE "workspaces" ADD COLUMN "task_rank" integer;
ALTER TABLE "workspaces" ADD COLUMN "task_since" integer;

-- The status in Coder's words; of a task, its place in the list and since when: 1 waits for its owner, 2 failed, 3 works,
-- 4 complete, 5 stopped.
CREATE VIEW "workspace_summaries" AS
SELECT "latest"."id" AS "build_id",
  CASE "latest"."status"
    WHEN 'succeeded' THEN CASE "latest"."transition" WHEN 'start' THEN 'running' WHEN 'stop' THEN 'stopped' ELSE 'deleted' END
    WHEN 'running' THEN CASE "latest"."transition" WHEN 'start' THEN 'starting' WHEN 'stop' THEN 'stopping' ELSE 'deleting' END
    ELSE "latest"."status" END AS "workspace_status",
  CASE WHEN NOT "latest"."has_ai_task" THEN NULL WHEN "latest"."status" = 'failed' THEN 2
    WHEN "latest"."transition" <> 'start' OR "latest"."status" IN ('canceling', 'canceled') THEN 5
    WHEN "latest"."status" <> 'succeeded' THEN 3
    ELSE CASE "report"."state" WHEN 'idle' THEN 1 WHEN 'failure' THEN 2 WHEN 'complete' THEN 4 ELSE 3 END END AS "task_rank",
  CASE WHEN "latest"."has_ai_task" THEN coalesce("report"."state_since", "latest"."created_at") END AS "task_since"
FROM "workspace_builds" "latest"
LEFT JOIN "workspace_app_statuses" "report" ON "latest"."has_ai_task" AND "report"."seq" = (
  SELECT max("s"."seq") FROM "workspace_app_statuses" "s" WHERE "s"."app_id" = (
    SELECT "h"."ai_task_sidebar_app_id" FROM "workspace_builds" "h" WHERE "h"."workspace_id" = "latest"."workspace_id"
      AND "h"."number" > "latest"."number" - 20 AND "h"."number" <= "latest"."number" AND "h"."ai_task_prompt" IS NOT NULL
    ORDER BY "h"."number" DESC LIMIT 1));

UPDATE "workspaces" SET ("workspace_status", "task_rank", "task_since") = (
  SELECT "workspace_status", "task_rank", "task_since" FROM "workspace_summaries" WHERE "build_id" = "latest_build_id");

CREATE TRIGGER "workspaces_summary" AFTER UPDATE OF "latest_build_id" ON "workspaces"
WHEN NEW."latest_build_id" IS NOT OLD."latest_build_id"
BEGIN
  UPDATE "workspaces" SET ("workspace_status", "task_rank", "task_since") = (
      SELECT "workspace_status", "task_rank", "task_since" FROM "workspace_summaries" WHERE "build_id" = NEW."latest_build_id")
    WHERE "seq" = NEW."seq"
  ; END;

-- A copy of a database may name the build first, or write it first.
CREATE TRIGGER "workspaces_summary_inserted" AFTER INSERT ON "workspaces" WHEN NEW."latest_build_id" IS NOT NULL
BEGIN
  UPDATE "workspaces" SET ("workspace_status", "task_rank", "task_since") = (
      SELECT "workspace_status", "task_rank", "task_since" FROM "workspace_summaries" WHERE "build_id" = NEW."latest_build_id")
    WHERE "seq" = NEW."seq"
  ; END;

CREATE TRIGGER "workspace_builds_summary_inserted" AFTER INSERT ON "workspace_builds"
WHEN EXISTS (SELECT 1 FROM "workspaces" WHERE "id" = NEW."workspace_id" AND "latest_build_id" = NEW."id")
BEGIN
  UPDATE "workspaces" SET ("workspace_status", "task_rank", "task_since") = (
      SELECT "workspace_status", "task_rank", "task_since" FROM "workspace_summaries" WHERE "build_id" = NEW."id")
    WHERE "id" = NEW."workspace_id"
  ; END;

CREATE TRIGGER "workspace_builds_summary" AFTER UPDATE OF "status", "has_ai_task", "ai_task_prompt", "ai_task_sidebar_app_id" ON "workspace_builds"
WHEN NEW."status" <> OLD."status" OR NEW."has_ai_task" <> OLD."has_ai_task"
  OR NEW."ai_task_prompt" IS NOT OLD."ai_task_prompt" OR NEW."ai_task_sidebar_app_id" IS NOT OLD."ai_task_sidebar_app_id"
BEGIN
  UPDATE "workspaces" SET ("workspace_status", "task_rank", "task_since") = (
      SELECT "workspace_status", "task_rank", "task_since" FROM "workspace_summaries" WHERE "build_id" = NEW."id")
    WHERE "id" = NEW."workspace_id" AND "latest_build_id" = NEW."id"
  ; END;

-- A report of the same state changes nothing.
CREATE TRIGGER "workspace_app_statuses_summary" AFTER INSERT ON "workspace_app_statuses"
BEGIN
  UPDATE "workspaces" SET ("task_rank", "task_since") = (
      SELECT "task_rank", "task_since" FROM "workspace_summaries" WHERE "build_id" = "latest_build_id")
    WHERE "id" = NEW."workspace_id" AND "task_rank" IS NOT NULL AND ("task_since" IS NOT NEW."state_since"
      OR "task_rank" <> CASE NEW."state" WHEN 'idle' THEN 1 WHEN 'failure' THEN 2 WHEN 'complete' THEN 4 ELSE 3 END)
  ; END;

CREATE INDEX "workspaces_by_name" ON "workspaces" (lower("name"), "seq") WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_by_status" ON "workspaces" ("workspace_status", lower("name"), "seq") WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_by_owner_status" ON "workspaces" ("owner_id", "workspace_status", lower("name"), "seq") WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_by_template" ON "workspaces" ("template_id", lower("name"), "seq") WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_template_owners" ON "workspaces" ("template_id", "owner_id") WHERE deleted_at IS NULL;
DROP INDEX "workspaces_template";
CREATE INDEX "workspaces_tasks" ON "workspaces" (lower("name"), "seq") WHERE task_rank IS NOT NULL AND deleted_at IS NULL AND owner_id <> 'c42fdf75-3097-471c-8c33-fb52454d81c0';
CREATE INDEX "workspaces_tasks_waiting" ON "workspaces" ("task_rank", "task_since", "seq") WHERE task_rank IS NOT NULL AND deleted_at IS NULL AND owner_id <> 'c42fdf75-3097-471c-8c33-fb52454d81c0';
CREATE INDEX "workspaces_tasks_of_owner" ON "workspaces" ("owner_id", lower("name"), "seq") WHERE task_rank IS NOT NULL AND deleted_at IS NULL AND owner_id <> 'c42fdf75-3097-471c-8c33-fb52454d81c0';
CREATE INDEX "workspaces_tasks_waiting_of_owner" ON "workspaces" ("owner_id", "task_rank", "task_since", "seq") WHERE task_rank IS NOT NULL AND deleted_at IS NULL AND owner_id <> 'c42fdf75-3097-471c-8c33-fb52454d81c0';

-- How many people have a workspace of a template: counted when the first one of a person is there, and when the last is gone.
ALTER TABLE "templates" ADD COLUMN "user_count" integer NOT NULL DEFAULT 0;
UPDATE "templates" SET "user_count" = (SELECT count(DISTINCT "owner_id") FROM "workspaces"
  WHERE "template_id" = "templates"."id" AND "deleted_at" IS NULL
    AND "owner_id" <> 'c42fdf75-3097-471c-8c33-fb52454d81c0');

CREATE TRIGGER "workspaces_first_of_user" AFTER INSERT ON "workspaces"
WHEN NEW."deleted_at" IS NULL AND NEW."owner_id" <> 'c42fdf75-3097-471c-8c33-fb52454d81c0'
  AND NOT EXISTS (SELECT 1 FROM "workspaces" WHERE "template_id" = NEW."template_id" AND "owner_id" = NEW."owner_id"
    AND "deleted_at" IS NULL AND "seq" <> NEW."seq")
BEGIN
  UPDATE "templates" SET "user_count" = "user_count" + 1 WHERE "id" = NEW."template_id"
  ; END;

-- A claim, or the end of a workspace.
CREATE TRIGGER "workspaces_users" AFTER UPDATE OF "owner_id", "template_id", "deleted_at" ON "workspaces"
WHEN NEW."owner_id" <> OLD."owner_id" OR NEW."template_id" <> OLD."template_id" OR NEW."deleted_at" IS NOT OLD."deleted_at"
BEGIN
  UPDATE "templates" SET "user_count" = "user_count" - 1 WHERE "id" = OLD."template_id" AND OLD."deleted_at" IS NULL
      AND OLD."owner_id" <> 'c42fdf75-3097-471c-8c33-fb52454d81c0'
      AND NOT EXISTS (SELECT 1 FROM "workspaces" WHERE "template_id" = OLD."template_id" AND "owner_id" = OLD."owner_id"
        AND "deleted_at" IS NULL AND "seq" <> OLD."seq")
  ; UPDATE "templates" SET "user_count" = "user_count" + 1 WHERE "id" = NEW."template_id" AND NEW."deleted_at" IS NULL
      AND NEW."owner_id" <> 'c42fdf75-3097-471c-8c33-fb52454d81c0'
      AND NOT EXISTS (SELECT 1 FROM "workspaces" WHERE "template_id" = NEW."template_id" AND "owner_id" = NEW."owner_id"
        AND "deleted_at" IS NULL AND "seq" <> NEW."seq")
  ; END;

CREATE TRIGGER "workspaces_last_of_user" AFTER DELETE ON "workspaces"
WHEN OLD."deleted_at" IS NULL AND OLD."owner_id" <> 'c42fdf75-3097-471c-8c33-fb52454d81c0'
  AND NOT EXISTS (SELECT 1 FROM "workspaces" WHERE "template_id" = OLD."template_id" AND "owner_id" = OLD."owner_id"
    AND "deleted_at" IS NULL)
BEGIN
  UPDATE "templates" SET "user_count" = "user_count" - 1 WHERE "id" = OLD."template_id"
  ; END;

CREATE INDEX "template_versions_latest" ON "template_versions" ("template_id", "seq");
CREATE INDEX "templates_by_name" ON "templates" (lower("name"), "seq") WHERE deleted_at IS NULL;
CREATE INDEX "users_deleted_username" ON "users" (lower("username")) WHERE deleted_at IS NOT NULL;
CREATE INDEX "users_by_status" ON "users" ("status", lower("username")) WHERE deleted_at IS NULL AND is_system = 0;
CREATE INDEX "audit_entries_action" ON "audit_entries" ("action", "seq");
