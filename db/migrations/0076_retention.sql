-- Old rows are deleted: who refers to a version, a file or a resource is found without reading everything.
CREATE INDEX "workspace_builds_version" ON "workspace_builds" ("version_id");
CREATE INDEX "template_versions_file" ON "template_versions" ("file_id");
CREATE INDEX "workspace_agents_resource" ON "workspace_agents" ("resource_id");
