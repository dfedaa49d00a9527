// What a database holds from the first start: the deployment's id, the default organization, the user who owns pools and
// the notification templates that ship. Seeding twice changes nothing; a changed template file becomes a new version.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { sql } from "drizzle-orm";
import { query, type Database, type Statement } from "./client.ts";
import { insertRows } from "./rows.ts";
import {
  methods,
  notificationTemplates,
  notificationTemplateVersions,
  organizations,
  prebuildsUser,
  settings,
  users,
  type Action,
  type Method,
} from "./schema.ts";

export interface TemplateFile {
  id: string;
  key: string;
  name: string;
  group: string;
  kind: "system" | "custom";
  enabledByDefault: boolean;
  method: Method | null;
  title: string;
  body: string;
  actions: Action[];
  sample: { labels: Record<string, string>; data: Record<string, unknown> | null };
}

const folder = new URL("./templates/", import.meta.url);

/** The notification templates of this release, by name. Throws with the file's name for one that is malformed. */
export function loadTemplateFiles(): TemplateFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .toSorted()
    .map((file) => {
      try {
        return parseTemplateFile(readFileSync(new URL(file, folder), "utf8"));
      } catch (error) {
        throw new Error(`db/templates/${file}: ${(error as Error).message}`, { cause: error });
      }
    });
}

const fieldNames = ["id", "key", "name", "group", "kind", "enabled_by_default", "method", "title", "sample"];

/**
 * Front matter is one `name: value` a line, the value as it stands; `action: Label -> URL` may repeat. Throws with the
 * line's number.
 */
export function parseTemplateFile(text: string): TemplateFile {
  const parts = /^---\n(.*?)\n---\n(.*)$/s.exec(text);
  if (parts === null) throw new Error("front matter between two lines of --- is missing");
  const fields = new Map<string, { value: string; line: number }>();
  const actions: Action[] = [];
  for (const [at, content] of parts[1]!.split("\n").entries()) {
    const line = at + 2;
    const [, name, value] = /^(\w+): (.*)$/.exec(content) ?? [];
    if (name === undefined || value === undefined)
      throw new Error(`line ${line}: "${content}" is not "name: value"`);
    if (name === "action") actions.push(parseAction(value, line));
    else if (fieldNames.includes(name)) fields.set(name, { value, line });
    else throw new Error(`line ${line}: there is no field ${name}`);
  }
  return toTemplateFile(fields, actions, parts[2]!.trim());
}

function parseAction(value: string, line: number): Action {
  const [label, url] = value.split(" -> ");
  if (label === undefined || url === undefined)
    throw new Error(`line ${line}: "${value}" is not "action: Label -> URL"`);
  return { label, url };
}

function toTemplateFile(
  fields: Map<string, { value: string; line: number }>,
  actions: Action[],
  body: string,
): TemplateFile {
  const need = (name: string) => {
    const field = fields.get(name);
    if (field === undefined) throw new Error(`${name} is missing`);
    return field.value;
  };
  const oneOf = <T extends string>(name: string, values: readonly T[]): T => {
    const found = values.find((value) => value === need(name));
    if (found === undefined)
      throw new Error(`line ${fields.get(name)!.line}: ${name} is neither ${values.join(" nor ")}`);
    return found;
  };
  return {
    id: need("id"),
    key: need("key"),
    name: need("name"),
    group: need("group"),
    kind: oneOf("kind", ["system", "custom"]),
    enabledByDefault: oneOf("enabled_by_default", ["true", "false"]) === "true",
    method: fields.has("method") ? oneOf("method", methods) : null,
    title: need("title"),
    body,
    actions,
    sample: parseSample(need("sample"), fields.get("sample")!.line),
  };
}

function parseSample(text: string, line: number): TemplateFile["sample"] {
  try {
    return JSON.parse(text) as TemplateFile["sample"];
  } catch (cause) {
    throw new Error(`line ${line}: sample is no JSON (${(cause as Error).message})`, { cause });
  }
}

const systemUser = { email: "", name: "", status: "active", isSystem: true } as const;

/** Brings the database up to these templates, in one write. `newId` makes ids for what is missing. */
export async function seed(
  db: Database,
  now: number,
  newId: () => string,
  files = loadTemplateFiles(),
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

function seedTemplate(file: TemplateFile, now: number): Statement[] {
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
    // Only who stands on the newest shipped text goes on to the next: an admin's own text stays, and an older one that
    // an admin went back to stays too. The shipped one waits beside it.
    query.run(sql`UPDATE ${notificationTemplates}
      SET active_version = 1 + (SELECT max(number) FROM ${versions} WHERE template_id = ${file.id})
      WHERE id = ${file.id} AND active_version = (${shipped}) AND ${isNew}`),
    query.run(sql`INSERT INTO ${versions} (template_id, number, title, body, actions, origin, content_hash, created_by, created_at)
      SELECT ${file.id}, 1 + coalesce((SELECT max(number) FROM ${versions} WHERE template_id = ${file.id}), 0),
        ${file.title}, ${file.body}, ${actions}, 'seed', ${contentHash}, NULL, ${now}
      WHERE ${isNew}`),
  ];
}
