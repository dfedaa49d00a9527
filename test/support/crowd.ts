// Many rows of every kind, so that a statement that scans shows by what it reads.
import type { TestServer } from "./server.ts";

interface Copies {
  table: string;
  /** SQL: which row is copied. */
  from: string;
  /** SQL of the columns that differ, where `n` is the number of the copy. */
  but: Record<string, string>;
}

const newId = "lower(hex(randomblob(16)))";

const kinds = (ids: Record<string, string>): Copies[] => [
  { table: "audit_entries", from: "true", but: { id: newId } },
  {
    table: "users",
    from: "username = 'bob'",
    but: {
      id: newId,
      username: "'bob-' || n",
      email: "'bob-' || n || '@example.com'",
      email_canonical: "''",
    },
  },
  {
    table: "api_keys",
    from: `id = '${ids["keys"]}'`,
    but: { id: "substr(hex(randomblob(5)), 1, 10)", kind: "'token'", name: "'token-' || n" },
  },
  {
    table: "notification_messages",
    from: `id = '${ids["messages"]}'`,
    but: { id: newId, dedupe_key: "NULL", due_at: "NULL" },
  },
  {
    table: "notification_attempts",
    from: "true",
    but: { number: "n + 100" },
  },
  { table: "inbox_notifications", from: `id = '${ids["inbox"]}'`, but: { id: newId } },
  { table: "build_logs", from: "true", but: { id: newId } },
  {
    table: "workspace_builds",
    from: `id = '${ids["workspacebuilds"]}'`,
    but: { id: newId, number: "n + 100", acquire_id: "NULL" },
  },
  { table: "templates", from: `id = '${ids["templates"]}'`, but: { id: newId, name: "'pooled-' || n" } },
  {
    table: "template_versions",
    from: `id = '${ids["templateversions"]}'`,
    but: { id: newId, name: "'version-' || n" },
  },
  { table: "workspace_app_statuses", from: "true", but: { id: newId } },
  {
    table: "workspaces",
    from: `id = '${ids["workspaces"]}'`,
    but: { id: newId, name: "'fix-bug-' || n" },
  },
];

/** What there is none of yet: one row of each to copy. */
const firsts = (ids: Record<string, string>): string[] => [
  `INSERT INTO notification_attempts (message_id, number, started_at, outcome)
    VALUES ('${ids["messages"]}', 1, 1, 'sent')`,
  `INSERT INTO build_logs (id, build_id, at, level, source, stage, output)
    VALUES ('first', '${ids["workspacebuilds"]}', 1, 'info', 'provisioner', '', 'x')`,
  `INSERT INTO workspace_app_statuses (id, app_id, workspace_id, state, message, created_at)
    SELECT 'first', p.id, '${ids["workspaces"]}', 'working', 'x', 1 FROM workspace_apps p LIMIT 1`,
];

/** `count` more of each kind. Throws where there was nothing to copy. */
export async function crowd(server: TestServer, ids: Record<string, string>, count: number): Promise<void> {
  for (const statement of firsts(ids)) await server.sql(`${statement} RETURNING 1`);
  for (const { table, from, but } of kinds(ids)) {
    const columns = await server.sql(`SELECT name FROM pragma_table_info('${table}') WHERE name <> 'seq'`);
    const names = columns.map(({ name }) => String(name));
    const values = names.map((name) => but[name] ?? `one."${name}"`);
    const made = await server.sql(`WITH RECURSIVE counted(n) AS
        (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${count})
      INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(", ")})
      SELECT ${values.join(", ")} FROM (SELECT * FROM ${table} WHERE ${from} LIMIT 1) one, counted RETURNING 1`);
    if (made.length < count) throw new Error(`there is nothing to copy in ${table}`);
  }
}
