-- Templates, their versions and presets; workspaces, their builds, agents and statuses.

CREATE TABLE "files" (
  "id" text PRIMARY KEY NOT NULL,
  "hash" text NOT NULL,
  "size" integer NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL
);
CREATE UNIQUE INDEX "files_hash" ON "files" ("hash");

CREATE TABLE "file_chunks" (
  "file_id" text NOT NULL,
  "position" integer NOT NULL,
  "content" blob NOT NULL,
  PRIMARY KEY("file_id", "position"),
  FOREIGN KEY ("file_id") REFERENCES "files"("id") ON DELETE cascade
);

CREATE TABLE "templates" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "organization_id" text NOT NULL,
  "name" text NOT NULL,
  "display_name" text NOT NULL,
  "description" text NOT NULL,
  "deprecation_message" text NOT NULL,
  "active_version_id" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "deleted_at" integer,
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id")
);
CREATE UNIQUE INDEX "templates_id" ON "templates" ("id");
CREATE UNIQUE INDEX "templates_name" ON "templates" ("organization_id",lower("name")) WHERE deleted_at IS NULL;
CREATE INDEX "templates_active_version" ON "templates" ("active_version_id");

CREATE TABLE "template_versions" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "organization_id" text NOT NULL,
  "template_id" text,
  "name" text NOT NULL,
  "message" text NOT NULL,
  "file_id" text,
  "has_ai_task" integer NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id"),
  FOREIGN KEY ("template_id") REFERENCES "templates"("id"),
  FOREIGN KEY ("file_id") REFERENCES "files"("id")
);
CREATE UNIQUE INDEX "template_versions_id" ON "template_versions" ("id");
CREATE UNIQUE INDEX "template_versions_name" ON "template_versions" ("template_id",lower("name"));

CREATE TABLE "template_parameters" (
  "version_id" text NOT NULL,
  "position" integer NOT NULL,
  "name" text NOT NULL,
  "required" integer NOT NULL,
  "default_value" text,
  "description" text NOT NULL,
  "sensitive" integer NOT NULL,
  PRIMARY KEY("version_id", "name"),
  FOREIGN KEY ("version_id") REFERENCES "template_versions"("id") ON DELETE cascade
);

CREATE TABLE "presets" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "version_id" text NOT NULL,
  "name" text NOT NULL,
  "is_default" integer NOT NULL,
  "desired_instances" integer,
  "ttl_seconds" integer,
  "scheduling_timezone" text,
  "prebuild_status" text DEFAULT 'normal' NOT NULL,
  "limit_event_id" text,
  "failures_forgiven_at" integer,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("version_id") REFERENCES "template_versions"("id") ON DELETE cascade,
  CONSTRAINT "presets_prebuild_status" CHECK(prebuild_status IN ('normal', 'hard_limited', 'validation_failed'))
);
CREATE UNIQUE INDEX "presets_id" ON "presets" ("id");
CREATE UNIQUE INDEX "presets_name" ON "presets" ("version_id",lower("name"));
CREATE INDEX "presets_pools" ON "presets" ("version_id") WHERE desired_instances IS NOT NULL;

CREATE TABLE "preset_parameters" (
  "preset_id" text NOT NULL,
  "name" text NOT NULL,
  "value" text NOT NULL,
  PRIMARY KEY("preset_id", "name"),
  FOREIGN KEY ("preset_id") REFERENCES "presets"("id") ON DELETE cascade
);

CREATE TABLE "preset_schedules" (
  "preset_id" text NOT NULL,
  "position" integer NOT NULL,
  "cron" text NOT NULL,
  "instances" integer NOT NULL,
  PRIMARY KEY("preset_id", "position"),
  FOREIGN KEY ("preset_id") REFERENCES "presets"("id") ON DELETE cascade
);

CREATE TABLE "provisioner_keys" (
  "id" text PRIMARY KEY NOT NULL,
  "organization_id" text NOT NULL,
  "name" text NOT NULL,
  "secret_hash" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id"),
  FOREIGN KEY ("created_by") REFERENCES "users"("id")
);
CREATE UNIQUE INDEX "provisioner_keys_name" ON "provisioner_keys" ("organization_id",lower("name"));

CREATE TABLE "workspaces" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "owner_id" text NOT NULL,
  "organization_id" text NOT NULL,
  "template_id" text NOT NULL,
  "name" text NOT NULL,
  "autostart_schedule" text,
  "next_start_at" integer,
  "automatic_updates" text NOT NULL,
  "latest_build_id" text,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "last_used_at" integer NOT NULL,
  "deleted_at" integer,
  FOREIGN KEY ("owner_id") REFERENCES "users"("id"),
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id"),
  FOREIGN KEY ("template_id") REFERENCES "templates"("id"),
  CONSTRAINT "workspaces_automatic_updates" CHECK(automatic_updates IN ('always', 'never'))
);
CREATE UNIQUE INDEX "workspaces_id" ON "workspaces" ("id");
CREATE UNIQUE INDEX "workspaces_name" ON "workspaces" ("owner_id",lower("name")) WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_template" ON "workspaces" ("template_id") WHERE deleted_at IS NULL;
CREATE INDEX "workspaces_next_start" ON "workspaces" ("next_start_at") WHERE next_start_at IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE "workspace_builds" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "workspace_id" text NOT NULL,
  "number" integer NOT NULL,
  "version_id" text NOT NULL,
  "preset_id" text,
  "transition" text NOT NULL,
  "reason" text NOT NULL,
  "stage" text NOT NULL,
  "initiator_id" text NOT NULL,
  "status" text NOT NULL,
  "error" text,
  "error_code" text,
  "agent_generation" text NOT NULL,
  "has_ai_task" integer NOT NULL,
  "ai_task_prompt" text,
  "ai_task_sidebar_app_id" text,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "started_at" integer,
  "canceled_at" integer,
  "completed_at" integer,
  "acquire_id" text,
  "provisioner_name" text,
  "provisioner_key_id" text,
  "lease_expires_at" integer,
  "requeues" integer DEFAULT 0 NOT NULL,
  "plan_received_at" integer,
  "priority" integer NOT NULL,
  FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade,
  FOREIGN KEY ("version_id") REFERENCES "template_versions"("id"),
  FOREIGN KEY ("preset_id") REFERENCES "presets"("id"),
  CONSTRAINT "workspace_builds_transition" CHECK(transition IN ('start', 'stop', 'delete')),
  CONSTRAINT "workspace_builds_stage" CHECK(stage IN ('none', 'create', 'claim')),
  CONSTRAINT "workspace_builds_status" CHECK(status IN ('pending', 'running', 'succeeded', 'failed', 'canceling', 'canceled')),
  CONSTRAINT "workspace_builds_reason" CHECK(reason IN ('initiator', 'autostart', 'prebuild', 'prebuild_claim'))
);
CREATE UNIQUE INDEX "workspace_builds_id" ON "workspace_builds" ("id");
CREATE UNIQUE INDEX "workspace_builds_number" ON "workspace_builds" ("workspace_id","number");
CREATE UNIQUE INDEX "workspace_builds_active" ON "workspace_builds" ("workspace_id") WHERE status IN ('pending', 'running', 'canceling');
CREATE INDEX "workspace_builds_queue" ON "workspace_builds" ("priority","seq") WHERE status = 'pending';
CREATE INDEX "workspace_builds_leases" ON "workspace_builds" ("lease_expires_at") WHERE lease_expires_at IS NOT NULL;
CREATE UNIQUE INDEX "workspace_builds_acquire" ON "workspace_builds" ("acquire_id") WHERE acquire_id IS NOT NULL;
CREATE INDEX "workspace_builds_preset" ON "workspace_builds" ("preset_id","created_at");

CREATE TABLE "build_parameters" (
  "build_id" text NOT NULL,
  "name" text NOT NULL,
  "value" text NOT NULL,
  PRIMARY KEY("build_id", "name"),
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);

CREATE TABLE "build_logs" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "build_id" text NOT NULL,
  "at" integer NOT NULL,
  "level" text NOT NULL,
  "source" text NOT NULL,
  "stage" text NOT NULL,
  "output" text NOT NULL,
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
CREATE UNIQUE INDEX "build_logs_id" ON "build_logs" ("id");
CREATE INDEX "build_logs_build" ON "build_logs" ("build_id","seq");

CREATE TABLE "workspace_states" (
  "build_id" text NOT NULL,
  "position" integer NOT NULL,
  "content" blob NOT NULL,
  PRIMARY KEY("build_id", "position"),
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);

CREATE TABLE "workspace_resources" (
  "id" text PRIMARY KEY NOT NULL,
  "build_id" text NOT NULL,
  "type" text NOT NULL,
  "name" text NOT NULL,
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
CREATE INDEX "workspace_resources_build" ON "workspace_resources" ("build_id");

CREATE TABLE "workspace_agents" (
  "id" text PRIMARY KEY NOT NULL,
  "resource_id" text NOT NULL,
  "build_id" text NOT NULL,
  "name" text NOT NULL,
  "lifecycle_state" text NOT NULL,
  "lifecycle_changed_at" integer,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("resource_id") REFERENCES "workspace_resources"("id") ON DELETE cascade,
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade,
  CONSTRAINT "workspace_agents_lifecycle" CHECK(lifecycle_state IN ('created', 'starting', 'start_timeout', 'start_error', 'ready', 'shutting_down', 'shutdown_timeout', 'shutdown_error', 'off'))
);
CREATE UNIQUE INDEX "workspace_agents_name" ON "workspace_agents" ("build_id","name");

CREATE TABLE "workspace_apps" (
  "id" text PRIMARY KEY NOT NULL,
  "agent_id" text NOT NULL,
  "slug" text NOT NULL,
  "display_name" text NOT NULL,
  "url" text,
  FOREIGN KEY ("agent_id") REFERENCES "workspace_agents"("id") ON DELETE cascade
);
CREATE UNIQUE INDEX "workspace_apps_slug" ON "workspace_apps" ("agent_id","slug");

CREATE TABLE "workspace_app_statuses" (
  "seq" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id" text NOT NULL,
  "app_id" text NOT NULL,
  "workspace_id" text NOT NULL,
  "state" text NOT NULL,
  "message" text NOT NULL,
  "uri" text,
  "created_at" integer NOT NULL,
  FOREIGN KEY ("app_id") REFERENCES "workspace_apps"("id") ON DELETE cascade,
  FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE cascade,
  CONSTRAINT "workspace_app_statuses_state" CHECK(state IN ('working', 'idle', 'complete', 'failure'))
);
CREATE UNIQUE INDEX "workspace_app_statuses_id" ON "workspace_app_statuses" ("id");
CREATE INDEX "workspace_app_statuses_app" ON "workspace_app_statuses" ("app_id","seq");
