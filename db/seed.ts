// Seeds a database: the deployment's id, the default organization, the user who owns prebuilt workspaces, and the
// notification templates of this release. Idempotent; a changed template file becomes a new version.
import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { query, type Database, type Statement } from "./client.ts";
import { insertRows } from "./rows.ts";
import {
  notificationTemplates,
  notificationTemplateVersions,
  organizations,
  prebuildsUser,
  settings,
  users,
} from "./schema.ts";
import type { TemplateFile } from "./rules/template-file.ts";
import { loadTemplateFiles } from "./template-files.ts";

/** The part of a template file that is stored; the rest of its front matter is for the program. */
export type StoredTemplate = Pick<
  TemplateFile,
  | "id"
  | "key"
  | "name"
  | "group"
  | "kind"
  | "enabledByDefault"
  | "method"
  | "title"
  | "body"
  | "actions"
  | "sample"
>;

const systemUser = { email: "", name: "", status: "active", isSystem: true } as const;

/** Seeds in one write. `newId` creates ids for missing rows. */
export async function seed(
  db: Database,
  now: number,
  newId: () => string,
  files: readonly StoredTemplate[] = loadTemplateFiles(),
): Promise<void> {
  await db.write(
    [
      ...insertRows(settings, [{ key: "deployment_id", value: newId(), updatedAt: now }]),
      ...insertRows(organizations, [
        { id: newId(), name: "default", displayName: "Default", createdAt: now, updatedAt: now },
      ]),
      ...insertRows(users, [{ ...prebuildsUser, ...systemUser, createdAt: now, updatedAt: now }]),
      ...files.flatMap((file) => seedTemplate(file, now)),
    ],
    {},
  );
}

function seedTemplate(file: StoredTemplate, now: number): Statement[] {
  const actions = JSON.stringify(file.actions);
  const contentHash = createHash("sha256")
    .update(JSON.stringify([file.title, file.body, actions]))
    .digest("hex");
  const versions = notificationTemplateVersions;
  const shipped = sql`SELECT max(number) FROM ${versions} WHERE template_id = ${file.id} AND origin = 'seed'`;
  const isNew = sql`${contentHash} IS NOT (SELECT content_hash FROM ${versions} WHERE template_id = ${file.id} AND number = (${shipped}))`;
  return [
    query
      .insert(notificationTemplates)
      .values({
        id: file.id,
        key: file.key,
        name: file.name,
        group: file.group,
        kind: file.kind,
        enabledByDefault: file.enabledByDefault,
        method: file.method,
        activeVersion: 1,
        sample: JSON.stringify(file.sample),
      })
      .onConflictDoUpdate({
        target: notificationTemplates.id,
        set: {
          key: file.key,
          name: file.name,
          group: file.group,
          kind: file.kind,
          enabledByDefault: file.enabledByDefault,
          sample: JSON.stringify(file.sample),
        },
      }),
    // Only a template on the latest shipped text gets the new one: an admin's own text stays active, and so does an older
    // one that an admin restored.
    query.run(sql`UPDATE ${notificationTemplates}
      SET active_version = 1 + (SELECT max(number) FROM ${versions} WHERE template_id = ${file.id})
      WHERE id = ${file.id} AND active_version = (${shipped}) AND ${isNew}`),
    query.run(sql`INSERT INTO ${versions} (template_id, number, title, body, actions, origin, content_hash, created_by, created_at)
      SELECT ${file.id}, 1 + coalesce((SELECT max(number) FROM ${versions} WHERE template_id = ${file.id}), 0),
        ${file.title}, ${file.body}, ${actions}, 'seed', ${contentHash}, NULL, ${now}
      WHERE ${isNew}`),
  ];
}
