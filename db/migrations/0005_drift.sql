-- What builds destroy and make anew.
CREATE TABLE "resource_replacements" (
  "build_id" text NOT NULL,
  "position" integer NOT NULL,
  "address" text NOT NULL,
  "path" text,
  "reason" text,
  PRIMARY KEY ("build_id", "position"),
  FOREIGN KEY ("build_id") REFERENCES "workspace_builds"("id") ON DELETE cascade
);
CREATE INDEX "workspace_builds_claims" ON "workspace_builds" ("version_id","preset_id") WHERE stage = 'claim';
