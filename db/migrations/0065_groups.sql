-- Groups of users, by name: whom a notification goes to, or a rule is about.
CREATE TABLE "user_groups" (
  "id" text PRIMARY KEY NOT NULL,
  "organization_id" text NOT NULL,
  "name" text NOT NULL,
  "display_name" text DEFAULT '' NOT NULL,
  "avatar_url" text DEFAULT '' NOT NULL,
  "change_id" text NOT NULL,
  "created_by" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  FOREIGN KEY ("organization_id") REFERENCES "organizations"("id")
);
CREATE UNIQUE INDEX "user_groups_name" ON "user_groups" (lower("name"));
CREATE TABLE "user_group_members" (
  "group_id" text NOT NULL,
  "user_id" text NOT NULL,
  "created_at" integer NOT NULL,
  PRIMARY KEY ("group_id", "user_id"),
  FOREIGN KEY ("group_id") REFERENCES "user_groups"("id") ON DELETE CASCADE,
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE
);
CREATE INDEX "user_group_members_user" ON "user_group_members" ("user_id", "group_id");
