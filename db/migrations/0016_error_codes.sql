-- Failures of creations whose cause has a code: what a pass looks up for each pool.
CREATE INDEX "workspace_builds_coded" ON "workspace_builds" ("preset_id","created_at") WHERE stage = 'create' AND error_code IS NOT NULL;
