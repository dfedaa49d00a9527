// Seeds a database: the deployment's id, the default organization, the system's users, and the notification
// templates of this release. Idempotent; a changed template file becomes a new version. A database that was
// last seeded with the same is left alone.
import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { query, type Database, type Statement } from "./client.ts";
import { insertRows } from "./rows.ts";
import {
  everybodyUser,
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

const system = { email: "", status: "active", isSystem: true } as const;
const systemUsers = [
  { ...prebuildsUser, ...system, name: "" },
  { ...everybodyUser, ...system, name: "Everybody" },
] as const;
const organization = { name: "default", displayName: "Default" };
/** Of the setting with the hash of the latest seed. */
const seededKey = "seeded";

/** Seeds in one write. `newId` creates ids for missing rows; an organization's may be given. */
export async function seed(
  db: Database,
  now: number,
  newId: () => string,
  files: readonly StoredTemplate[] = loadTemplateFiles(),
  organizationId = "",
): Promise<void> {
  const hash = hashOf([systemUsers, organization, files.map(storedOf)]);
  const stored = query.select({ value: settings.value }).from(settings).where(eq(settings.key, seededKey));
  const [seeded] = (await db.read({ stored })).stored;
  if (seeded?.value === hash) return;
  await db.write(
    [
      ...insertRows(settings, [{ key: "deployment_id", value: newId(), updatedAt: now }]),
      ...insertRows(organizations, [
        { ...organization, id: organizationId || newId(), createdAt: now, updatedAt: now },
      ]),
      ...insertRows(
        users,
        systemUsers.map((user) => ({ ...user, createdAt: now, updatedAt: now })),
      ),
      makeRoomForNames(files),
      ...files.flatMap((file) => seedTemplate(file, now)),
      query
        .insert(settings)
        .values({ key: seededKey, value: hash, updatedAt: now })
        .onConflictDoUpdate({ target: settings.key, set: { value: hash, updatedAt: now } }),
    ],
    {},
  );
}

/** A kind that was created for events of another system gives way to a shipped one of its name. */
const makeRoomForNames = (files: readonly StoredTemplate[]): Statement =>
  query.run(sql`UPDATE ${notificationTemplates} SET name = name || ' (' || id || ')'
    WHERE key LIKE 'given:%' AND EXISTS (SELECT 1 FROM json_each(${JSON.stringify(files.map(({ id, name }) => [id, name]))}) AS row
      WHERE row.value ->> 1 = ${notificationTemplates.name} AND row.value ->> 0 <> ${notificationTemplates.id})`);

const hashOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const storedOf = (file: StoredTemplate): unknown[] => [
  file.id,
  file.key,
  file.name,
  file.group,
  file.kind,
  file.enabledByDefault,
  file.method,
  file.title,
  file.body,
  file.actions,
  file.sample,
];

function seedTemplate(file: StoredTemplate, now: number): Statement[] {
  const actions = JSON.stringify(file.actions);
  const contentHash = hashOf([file.title, file.body, actions]);
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
