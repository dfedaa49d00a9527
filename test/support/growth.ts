// A deployment of any size: rows of every table, copied from one of each by the database itself. What belongs to mia and what
// belongs to others grows alike, so that a statement that reads more than it answers shows by its rows.
import { accounts, templates, workspaces } from "./growth-workspaces.ts";
import { agentSessions, notifications, sources } from "./growth-notifications.ts";
import type { Copies, Sizes } from "./growth-rows.ts";
import type { TestServer } from "./server.ts";

/** What there is none of yet: one row of each to copy. */
const firsts = (ids: Record<string, string>): string[] => [
  `INSERT INTO notification_attempts (message_id, number, started_at, outcome)
    VALUES ('${ids["messages"]}', 1, 1, 'sent')`,
  `INSERT INTO build_logs (id, build_id, at, level, source, stage, output)
    VALUES ('first', '${ids["workspacebuilds"]}', 1, 'info', 'provisioner', '', 'x')`,
  `INSERT INTO workspace_app_statuses (id, app_id, workspace_id, state, message, created_at)
    SELECT 'first', p.id, '${ids["workspaces"]}', 'working', 'x', 1 FROM workspace_apps p LIMIT 1`,
  `INSERT INTO situations (id, key, opened_at, last_at, occurrences, last_event_id, notified_event_id, is_quiet)
    VALUES ('first', 'pool/${ids["presets"]}', 1, 1, 1, '${ids["events"]}', '${ids["events"]}', 0)`,
  `INSERT INTO inbox_changes (user_id, version, recent) SELECT id, 1000, '' FROM users WHERE username = 'bob'`,
  `INSERT INTO audit_entries (id, at, action, resource_type, request_id, detail)
    VALUES ('rare', 1, 'rare', 'deployment', 'x', '{}')`,
  `INSERT INTO source_receipts (message_id, source_id, delivery_id, received_at) SELECT 'first', id, 'first', 1 FROM sources`,
];

const perStatement = 4_000;

/** Adds copies up to these sizes; `from` are the sizes of an earlier call. */
export async function grow(
  server: TestServer,
  ids: Record<string, string>,
  sizes: Sizes,
  from?: Sizes,
): Promise<void> {
  if (from === undefined) for (const statement of firsts(ids)) await server.sql(`${statement} RETURNING 1`);
  const all = [
    ...accounts(),
    ...templates(ids),
    ...workspaces(ids, sizes),
    ...notifications(ids, sizes),
    ...agentSessions(sizes),
    ...sources(),
  ];
  for (const copies of all) {
    const end = sizes[copies.count];
    for (let at = from?.[copies.count] ?? 0; at < end; at += perStatement)
      await copyRows(server, copies, at, Math.min(end, at + perStatement));
  }
}

async function copyRows(server: TestServer, { table, from, but }: Copies, after: number, end: number) {
  const columns = await server.sql(`SELECT name FROM pragma_table_info('${table}') WHERE name <> 'seq'`);
  const names = columns.map(({ name }) => String(name));
  const [described] = await server.sql(`SELECT wr FROM pragma_table_list WHERE name = '${table}'`);
  const order = Number(described!["wr"]) === 1 ? "" : "ORDER BY rowid";
  const values = names.map((name) => but[name] ?? `one."${name}"`);
  const made = await server.sql(`WITH RECURSIVE counted(n) AS
      (SELECT ${after + 1} UNION ALL SELECT n + 1 FROM counted WHERE n < ${end})
    INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(", ")})
    SELECT ${values.join(", ")} FROM (SELECT * FROM ${table} WHERE ${from} ${order} LIMIT 1) one, counted
    RETURNING 1`);
  if (made.length < end - after) throw new Error(`there is nothing to copy in ${table}`);
}
