// A deployment of any size: rows of every table, copied from one of each by the database itself. What belongs to mia and what
// belongs to others grows alike, so that a statement that reads more than it answers shows by its rows.
import { prebuildsUser } from "../../db/schema.ts";
import type { TestServer } from "./server.ts";

/** How many there are of each. */
export interface Sizes {
  users: number;
  templates: number;
  /** Presets with a pool and one prebuilt workspace. */
  pools: number;
  /** mia's, and as many of each of the others together. */
  workspaces: number;
  /** Of one of mia's workspaces. */
  builds: number;
  /** Older builds of the others' workspaces. */
  pastBuilds: number;
  messages: number;
  inbox: number;
  audit: number;
}

interface Copies {
  table: string;
  count: keyof Sizes;
  /** SQL: which row is copied. */
  from: string;
  /** SQL of the columns that differ, where `n` is the number of the copy. */
  but: Record<string, string>;
}

/** An id of the n-th of a kind. */
const id = (kind: number, n = "n") => `printf('%08x-0000-7000-8000-%012x', ${kind}, ${n})`;
const kind = {
  user: 1,
  template: 2,
  version: 3,
  preset: 4,
  mine: 5,
  theirs: 6,
  mineBuild: 7,
  theirsBuild: 8,
  pool: 9,
  poolBuild: 10,
  past: 11,
  further: 12,
  event: 13,
  message: 14,
  myMessage: 15,
  inbox: 16,
  myInbox: 17,
  audit: 18,
  rareAudit: 19,
  resource: 20,
  agent: 21,
  app: 22,
  status: 23,
  log: 24,
  situation: 25,
  situationEvent: 26,
  key: 27,
  resolved: 28,
  session: 29,
  mute: 30,
} as const;

/** One of the users, the same for each copy. */
const aUser = (sizes: Sizes) => id(kind.user, `1 + n % ${sizes.users}`);
/** Status and transition of a latest build; few have failed, however many there are. */
const status = "CASE WHEN n <= 100 THEN 'failed' ELSE 'succeeded' END";
const transition = "CASE WHEN n <= 150 THEN 'stop' ELSE 'start' END";

function people(): Copies[] {
  return [
    {
      table: "users",
      count: "users",
      from: "username = 'bob'",
      but: {
        id: id(kind.user),
        username: "printf('user-%07d', n)",
        email: "printf('user-%07d@example.com', n)",
        email_canonical: "printf('user-%07d@example.com', n)",
        name: "'Person ' || n",
      },
    },
    {
      table: "user_roles",
      count: "templates",
      from: "true",
      but: { user_id: id(kind.user), role: "CASE n % 3 WHEN 0 THEN 'auditor' ELSE 'template-admin' END" },
    },
    {
      table: "api_keys",
      count: "users",
      from: "true",
      but: {
        id: "printf('%010x', n)",
        user_id: id(kind.user),
        kind: "'token'",
        name: "'token-' || n",
      },
    },
    {
      table: "notification_mutes",
      count: "users",
      from: "true",
      but: { id: id(kind.mute), user_id: id(kind.user) },
    },
    {
      table: "audit_entries",
      count: "audit",
      from: "true",
      but: { id: id(kind.audit), action: "'login'", at: "1 + n" },
    },
  ];
}

function templates(ids: Record<string, string>): Copies[] {
  return [
    {
      table: "templates",
      count: "templates",
      from: `id = '${ids["templates"]}'`,
      but: { id: id(kind.template), name: "printf('template-%06d', n)", active_version_id: id(kind.version) },
    },
    {
      table: "template_versions",
      count: "templates",
      from: `id = '${ids["templateversions"]}'`,
      but: { id: id(kind.version), template_id: id(kind.template), name: "'v1'" },
    },
    {
      table: "template_versions",
      count: "templates",
      from: `id = '${ids["templateversions"]}'`,
      but: { id: id(kind.further), name: "printf('version-%06d', n)" },
    },
    {
      table: "presets",
      count: "pools",
      from: `id = '${ids["presets"]}'`,
      but: { id: id(kind.preset), version_id: id(kind.version), name: "'pool'" },
    },
  ];
}

function workspaces(ids: Record<string, string>, sizes: Sizes): Copies[] {
  const one = `id = '${ids["workspaces"]}'`;
  const build = `id = '${ids["workspacebuilds"]}'`;
  const ofWorkspaces = (
    name: string,
    [workspace, its]: [number, number],
    count: keyof Sizes,
    more: Record<string, Record<string, string>> = {},
  ): Copies[] => [
    {
      table: "workspaces",
      count,
      from: one,
      but: { id: id(workspace), name: `'${name}-' || n`, latest_build_id: id(its), ...more["workspace"] },
    },
    {
      table: "workspace_builds",
      count,
      from: build,
      but: {
        id: id(its),
        workspace_id: id(workspace),
        number: "20",
        acquire_id: "NULL",
        status,
        transition,
        has_ai_task: "n % 2",
        ...more["build"],
      },
    },
  ];
  return [
    ...ofWorkspaces("mine", [kind.mine, kind.mineBuild], "workspaces"),
    ...ofWorkspaces("theirs", [kind.theirs, kind.theirsBuild], "workspaces", {
      workspace: { owner_id: aUser(sizes) },
    }),
    ...ofWorkspaces("prebuild", [kind.pool, kind.poolBuild], "pools", {
      workspace: { owner_id: `'${prebuildsUser.id}'`, template_id: id(kind.template) },
      build: {
        version_id: id(kind.version),
        preset_id: id(kind.preset),
        stage: "'create'",
        status: "'succeeded'",
        transition: "'start'",
        has_ai_task: "0",
      },
    }),
    {
      table: "workspace_builds",
      count: "builds",
      from: build,
      but: { id: id(kind.further), number: "n + 100", acquire_id: "NULL", status: "'succeeded'" },
    },
    {
      table: "workspace_builds",
      count: "pastBuilds",
      from: build,
      but: {
        id: id(kind.past),
        workspace_id: id(kind.theirs, `1 + n % ${sizes.workspaces}`),
        number: "-n",
        acquire_id: "NULL",
        status: "'succeeded'",
      },
    },
    {
      table: "workspace_resources",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.resource), build_id: id(kind.mineBuild) },
    },
    {
      table: "workspace_agents",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.agent), resource_id: id(kind.resource), build_id: id(kind.mineBuild) },
    },
    {
      table: "workspace_apps",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.app), agent_id: id(kind.agent) },
    },
    {
      table: "workspace_app_statuses",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.status), app_id: id(kind.app), workspace_id: id(kind.mine) },
    },
    {
      table: "workspace_app_statuses",
      count: "workspaces",
      from: `workspace_id = '${ids["workspaces"]}'`,
      but: { id: id(kind.further) },
    },
    {
      table: "build_logs",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.log), build_id: id(kind.mineBuild) },
    },
  ];
}

function notifications(ids: Record<string, string>, sizes: Sizes): Copies[] {
  const message = `id = '${ids["messages"]}'`;
  const finished = { dedupe_key: "NULL", due_at: "NULL", status: "'sent'" };
  return [
    {
      table: "notification_events",
      count: "messages",
      from: `id = '${ids["events"]}'`,
      but: { id: id(kind.event) },
    },
    {
      table: "notification_messages",
      count: "messages",
      from: message,
      but: { id: id(kind.message), event_id: id(kind.event), user_id: aUser(sizes), ...finished },
    },
    {
      table: "notification_messages",
      count: "messages",
      from: message,
      but: { id: id(kind.myMessage), event_id: id(kind.event), ...finished },
    },
    {
      table: "notification_attempts",
      count: "messages",
      from: "true",
      but: { message_id: id(kind.message), number: "1" },
    },
    {
      table: "inbox_notifications",
      count: "inbox",
      from: `id = '${ids["inbox"]}'`,
      but: { id: id(kind.inbox), user_id: aUser(sizes) },
    },
    {
      table: "inbox_notifications",
      count: "inbox",
      from: `id = '${ids["inbox"]}'`,
      but: {
        id: id(kind.myInbox),
        read_at: "CASE n % 50 WHEN 0 THEN 1 END",
        done_at: "CASE n % 100 WHEN 0 THEN 1 END",
      },
    },
    {
      table: "inbox_changes",
      count: "users",
      from: "true",
      but: { user_id: id(kind.user), version: "n + 1000", recent: "''" },
    },
    {
      table: "situations",
      count: "pools",
      from: "true",
      but: {
        id: id(kind.situation),
        key: `'pool/' || ${id(kind.preset)}`,
        last_event_id: id(kind.event),
        notified_event_id: id(kind.event),
      },
    },
    {
      table: "situations",
      count: "messages",
      from: "true",
      but: {
        id: id(kind.resolved),
        key: `'pool/' || ${id(kind.preset)}`,
        last_event_id: id(kind.event),
        notified_event_id: id(kind.event),
        resolved_at: "1",
        how: "'recovered'",
      },
    },
  ];
}

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
];

const perStatement = 20_000;

/** Adds copies up to these sizes; `from` are the sizes of an earlier call. */
export async function grow(
  server: TestServer,
  ids: Record<string, string>,
  sizes: Sizes,
  from?: Sizes,
): Promise<void> {
  if (from === undefined) for (const statement of firsts(ids)) await server.sql(`${statement} RETURNING 1`);
  const all = [...people(), ...templates(ids), ...workspaces(ids, sizes), ...notifications(ids, sizes)];
  for (const copies of all) {
    const end = sizes[copies.count];
    for (let at = from?.[copies.count] ?? 0; at < end; at += perStatement)
      await copyRows(server, copies, at, Math.min(end, at + perStatement));
  }
}

async function copyRows(server: TestServer, { table, from, but }: Copies, after: number, end: number) {
  const columns = await server.sql(`SELECT name FROM pragma_table_info('${table}') WHERE name <> 'seq'`);
  const names = columns.map(({ name }) => String(name));
  const values = names.map((name) => but[name] ?? `one."${name}"`);
  const made = await server.sql(`WITH RECURSIVE counted(n) AS
      (SELECT ${after + 1} UNION ALL SELECT n + 1 FROM counted WHERE n < ${end})
    INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(", ")})
    SELECT ${values.join(", ")} FROM (SELECT * FROM ${table} WHERE ${from} ORDER BY rowid LIMIT 1) one, counted
    RETURNING 1`);
  if (made.length < end - after) throw new Error(`there is nothing to copy in ${table}`);
}
