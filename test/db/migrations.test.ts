// From any state to this release's database: migrations, the copy before them, and the seeds.
import { hash } from "node:crypto";
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { is, SQL } from "drizzle-orm";
import { getTableConfig, SQLiteSyncDialect, SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createDatabase, type DatabaseClient } from "../../db/client.ts";
import { appliedMigrations, loadMigrations, migrate, type Migration } from "../../db/migrate.ts";
import * as schema from "../../db/schema.ts";
import { seed, type StoredTemplate } from "../../db/seed.ts";
import { parseTemplateFile } from "../../db/rules/template-file.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { dedupeForPerson } from "../../src/notifications/outbox/rules/duplicates.ts";
import type { PlanOptions } from "../../src/notifications/outbox/rules/plan.ts";
import { openClient } from "../../src/runtime/database.ts";
import { prepareDatabase } from "../../src/runtime/prepare.ts";
import { wrapClient } from "../support/adapters.ts";
import { runCommand } from "../support/command.ts";
import { freePort } from "../support/program.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
let ids = 0;
const clock = { now: () => now, newId: () => `id-${(ids += 1)}` };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

async function connect(databaseUrl: string): Promise<DatabaseClient> {
  const client = await openClient({ databaseUrl, databaseAuthToken: undefined });
  onTestFinished(() => client.close());
  return client;
}

const rowsOf = async (client: DatabaseClient, statement: string) =>
  (await client.execute(statement)).rows.map((row) => ({ ...row })) as Record<
    string,
    string | number | null
  >[];

// What the schema declares and what a database has, in the same words.

interface Table {
  columns: Record<string, { type: string; notNull: boolean }>;
  primaryKey: string[];
  autoincrement: boolean;
  indexes: Record<string, { unique: boolean; columns: string[]; where: string }>;
  foreignKeys: string[];
  checks: string[];
}

const dialect = new SQLiteSyncDialect();
const plain = (text: string) => text.replaceAll(/"(\w+)"\."(\w+)"|"(\w+)"/g, "$2$3").replaceAll(/\s+/g, " ");
const words = (part: unknown) =>
  is(part, SQL) ? plain(dialect.sqlToQuery(part).sql) : (part as { name: string }).name;

function declaredTable(table: SQLiteTable): Table {
  const config = getTableConfig(table);
  const single = config.columns.filter((column) => column.primary);
  return {
    columns: Object.fromEntries(
      config.columns.map((column) => [
        column.name,
        { type: column.getSQLType().toUpperCase(), notNull: column.notNull },
      ]),
    ),
    primaryKey: [...single, ...config.primaryKeys.flatMap((key) => key.columns)].map(({ name }) => name),
    autoincrement: single.some((column) => (column as { autoIncrement?: boolean }).autoIncrement === true),
    indexes: Object.fromEntries(
      config.indexes.map(({ config: index }) => [
        index.name,
        {
          unique: index.unique,
          columns: index.columns.map(words),
          where: index.where === undefined ? "" : words(index.where),
        },
      ]),
    ),
    foreignKeys: config.foreignKeys
      .map((key) => {
        const { columns, foreignTable, foreignColumns } = key.reference();
        const names = (parts: { name: string }[]) => parts.map(({ name }) => name).join(", ");
        const target = getTableConfig(foreignTable as SQLiteTable).name;
        return `${names(columns)} -> ${target} ${names(foreignColumns)} ${(key.onDelete ?? "no action").toUpperCase()}`;
      })
      .toSorted(),
    checks: config.checks.map((check) => `${check.name}: ${words(check.value)}`).toSorted(),
  };
}

async function storedTable(client: DatabaseClient, name: string): Promise<Table> {
  const [{ sql: text } = { sql: "" }] = await rowsOf(
    client,
    `SELECT sql FROM sqlite_master WHERE name = '${name}'`,
  );
  const ddl = String(text);
  const columns = await rowsOf(client, `SELECT * FROM pragma_table_xinfo('${name}')`);
  const keys = await rowsOf(client, `SELECT * FROM pragma_foreign_key_list('${name}') ORDER BY id, seq`);
  return {
    columns: Object.fromEntries(
      columns.map((column) => [
        String(column["name"]),
        { type: String(column["type"]).toUpperCase(), notNull: column["notnull"] === 1 },
      ]),
    ),
    primaryKey: columns
      .filter((column) => column["pk"] !== 0)
      .toSorted((a, b) => Number(a["pk"]) - Number(b["pk"]))
      .map((column) => String(column["name"])),
    autoincrement: /AUTOINCREMENT/.test(ddl),
    indexes: await storedIndexes(client, name),
    foreignKeys: [...Map.groupBy(keys, (key) => key["id"]).values()]
      .map((parts) => {
        const list = (member: string) => parts.map((part) => part[member]).join(", ");
        return `${list("from")} -> ${parts[0]!["table"]} ${list("to")} ${parts[0]!["on_delete"]}`;
      })
      .toSorted(),
    checks: [...ddl.matchAll(/CONSTRAINT "(\w+)" CHECK\((.*)\),?$/gm)]
      .map(([, check, condition]) => `${check}: ${plain(condition!)}`)
      .toSorted(),
  };
}

async function storedIndexes(client: DatabaseClient, table: string): Promise<Table["indexes"]> {
  const made = await rowsOf(
    client,
    `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '${table}' AND sql IS NOT NULL`,
  );
  return Object.fromEntries(
    made.map(({ name, sql }) => {
      const [, unique, columns = "", where = ""] =
        /^CREATE (UNIQUE )?INDEX "\w+" ON "\w+" \((.*?)\)(?: WHERE (.*))?$/s.exec(String(sql)) ?? [];
      const list = columns.split(",").map((column) => plain(column.trim()));
      return [String(name), { unique: unique !== undefined, columns: list, where }];
    }),
  );
}

const declaredTables = Object.values<unknown>(schema).filter((value): value is SQLiteTable =>
  is(value, SQLiteTable),
);
const declared = Object.fromEntries(
  declaredTables.map((table) => [getTableConfig(table).name, declaredTable(table)]),
);

async function storedTables(client: DatabaseClient): Promise<Record<string, Table>> {
  const names = await rowsOf(
    client,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'libsql_%'",
  );
  const tables: Record<string, Table> = {};
  for (const { name } of names) tables[String(name)] = await storedTable(client, String(name));
  return tables;
}

const bookkeeping: Table = {
  columns: {
    number: { type: "INTEGER", notNull: false },
    name: { type: "TEXT", notNull: true },
    applied_at: { type: "INTEGER", notNull: true },
  },
  primaryKey: ["number"],
  autoincrement: false,
  indexes: {},
  foreignKeys: [],
  checks: [],
};

let server: LibsqlServer;
beforeAll(async () => {
  if (!noServer) server = await startLibsqlServer();
});
afterAll(() => server?.stop());

const small: Migration[] = [
  { number: 1, name: "0001_one", statements: ["CREATE TABLE one (a)", "INSERT INTO one VALUES (1)"] },
  { number: 2, name: "0002_two", statements: ["CREATE TABLE two (a)", "INSERT INTO two SELECT a FROM one"] },
];

const messageBy = (id: string, method: string, user = "u") =>
  `INSERT INTO notification_messages (id, event_id, user_id, method, status, reasons, due_at, attempt_count, created_at, updated_at)
    VALUES ('${id}', 'e', '${user}', '${method}', 'pending', '["to_self"]', 5, 1, 1, 2)`;
/** A message of each kind of row that refers to another. */
const storedMessages = [
  "INSERT INTO users (id, username, email, name, status, is_system, created_at, updated_at) VALUES ('u', 'ada', 'ada@example.com', '', 'active', 0, 1, 1)",
  "INSERT INTO notification_templates VALUES ('t', 'TemplateOne', 'One', 'Ones', 'system', 1, 'webhook', 1, '{}')",
  "INSERT INTO notification_template_versions VALUES ('t', 1, 'Title', 'Text', '[]', 'seed', 'x', NULL, 1)",
  "INSERT INTO notification_preferences VALUES ('u', 't', 1, 1, 1)",
  "INSERT INTO notification_events (id, template_id, template_version, labels, targets, created_by, created_at) VALUES ('e', 't', 1, '{}', '[]', 'me', 1)",
  `INSERT INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, created_at)
    VALUES ('i', 'u', 't', '[]', 'Title', 'Text', '', '[]', 1)`,
  messageBy("m1", "webhook"),
  messageBy("m2", "smtp"),
  messageBy("m3", "inbox"),
  "INSERT INTO notification_attempts VALUES ('m1', 1, 1, 2, 'temporary_failure', 'answered 500')",
];

for (const target of ["file", "server"]) {
  describe.skipIf(target === "server" && noServer)(`on a ${target}`, () => {
    let url: string;
    beforeEach(async () => {
      url = target === "file" ? `file:${join(folder, "belfry.db")}` : server.url;
      if (target === "file") return;
      const client = await connect(url);
      const things = (
        await rowsOf(
          client,
          "SELECT name, type FROM sqlite_master WHERE type IN ('view', 'table') ORDER BY type DESC",
        )
      ).filter(({ name }) => !/^(sqlite|libsql)_/.test(String(name)));
      // One pipeline keeps one connection, in which the switch holds.
      await createClient({ url }).executeMultiple(
        [
          "PRAGMA foreign_keys = off",
          ...things.map(({ name, type }) => `DROP ${String(type)} "${String(name)}"`),
        ].join(";\n"),
      );
    });

    test("the migrations make what the schema declares", async () => {
      const client = await connect(url);
      expect(await migrate(client, now)).toEqual(loadMigrations().map(({ name }) => name));
      expect(Object.keys(declared).length).toBeGreaterThan(10);
      expect(await storedTables(client)).toEqual({ ...declared, migrations: bookkeeping });
    });

    test("migrating again changes nothing", async () => {
      const client = await connect(url);
      await migrate(client, now);
      const before = await rowsOf(client, "SELECT * FROM migrations");
      expect(before.map((row) => row["applied_at"])).toEqual(loadMigrations().map(() => now));
      expect(await migrate(client, now + 1)).toEqual([]);
      expect(await rowsOf(client, "SELECT * FROM migrations")).toEqual(before);
    });

    test("two that migrate at once share the work, and both find it done", async () => {
      const clients = [await connect(url), await connect(url)];
      const done = await Promise.all(clients.map((client) => migrate(client, now, small)));
      expect(done.flat().toSorted()).toEqual(["0001_one", "0002_two"]);
      for (const client of clients) expect(await rowsOf(client, "SELECT a FROM two")).toEqual([{ a: 1 }]);
    });

    test("a migration that breaks off leaves nothing, those before it stay, and the next try goes on", async () => {
      const client = await connect(url);
      const broken = [
        small[0]!,
        { ...small[1]!, statements: [...small[1]!.statements, "INSERT INTO three VALUES (1)"] },
      ];
      await expect(migrate(client, now, broken)).rejects.toThrow(
        "Migration 0002_two failed: no such table: three",
      );
      expect(await appliedMigrations(client)).toEqual([1]);
      expect(await rowsOf(client, "SELECT name FROM sqlite_master WHERE name = 'two'")).toEqual([]);
      expect(await migrate(client, now, small)).toEqual(["0002_two"]);
      expect(await rowsOf(client, "SELECT a FROM two")).toEqual([{ a: 1 }]);
    });

    test("a migration whose answer is lost is done once", async () => {
      const client = wrapClient(await connect(url), "lost");
      await migrate(client, now, small);
      expect(await appliedMigrations(client)).toEqual([1, 2]);
      expect(await rowsOf(client, "SELECT a FROM two")).toEqual([{ a: 1 }]);
    });

    test("a database of a later release is refused, with a remedy", async () => {
      const client = await connect(url);
      await migrate(client, now, small);
      await expect(migrate(client, now, small.slice(0, 1))).rejects.toThrow(
        /^The database is at migration 2; this release knows 1. .* Install that release, or restore the copy/,
      );
      expect(await appliedMigrations(client)).toEqual([1, 2]);
    });

    test.each(["plain", "lost"] as const)(
      "a table that others refer to is rebuilt with all that it holds (answers %s)",
      async (adapter) => {
        const client = await connect(url);
        const until = (number: number) => loadMigrations().filter((migration) => migration.number <= number);
        await migrate(client, now, until(16));
        await client.batch(storedMessages, "write");
        // The newest has been purged: its number is not given again.
        await client.execute("DELETE FROM notification_messages WHERE id = 'm3'");
        const read = async () => ({
          templates: await rowsOf(client, "SELECT * FROM notification_templates"),
          messages: await rowsOf(client, "SELECT * FROM notification_messages ORDER BY seq"),
          attempts: await rowsOf(client, "SELECT * FROM notification_attempts"),
          preferences: await rowsOf(client, "SELECT * FROM notification_preferences"),
          inbox: await rowsOf(client, "SELECT * FROM inbox_notifications"),
        });
        const before = await read();
        expect(before.messages).toHaveLength(2);
        expect(before.attempts).toHaveLength(1);
        await expect(client.execute(messageBy("m4", "pager"))).rejects.toThrow(/CHECK/);

        const unchecked = until(17).at(-1)!;
        const broken = {
          ...unchecked,
          statements: [...unchecked.statements, "INSERT INTO three VALUES (1)"],
        };
        await expect(migrate(client, now, [...until(16), broken])).rejects.toThrow("no such table: three");
        expect(await read()).toEqual(before);
        await migrate(wrapClient(client, adapter), now, until(17));
        expect(await read()).toEqual(before);
        expect(await rowsOf(client, "PRAGMA foreign_key_check")).toEqual([]);

        await client.execute(messageBy("m4", "pager"));
        expect(await rowsOf(client, "SELECT seq FROM notification_messages WHERE id = 'm4'")).toEqual([
          { seq: 4 },
        ]);
        // Foreign keys hold again, from the children too.
        await expect(client.execute(messageBy("m5", "smtp", "nobody"))).rejects.toThrow(/FOREIGN KEY/);
        await client.execute("DELETE FROM notification_messages WHERE id = 'm1'");
        expect((await read()).attempts).toEqual([]);
      },
    );

    test("tables that are copied keep their rows, and a number that the newest row has isn't given again", async () => {
      const client = await connect(url);
      const until = (number: number) => loadMigrations().filter((migration) => migration.number <= number);
      await migrate(client, now, until(16));
      await client.batch(storedMessages, "write");
      await migrate(client, now, until(94));
      const read = async () => {
        const client = await connect(url);
        const rows = await Promise.all(
          ["events", "messages", "attempts"].map((name) =>
            rowsOf(client, `SELECT * FROM notification_${name} ORDER BY 1, 2`),
          ),
        );
        return [...rows, await rowsOf(client, "SELECT * FROM inbox_notifications ORDER BY seq")].map((all) =>
          all.map(({ seq, ...row }) => (row["template_version"] === undefined ? { seq, ...row } : row)),
        );
      };
      const before = await read();
      expect(before.map(({ length }) => length)).toEqual([1, 3, 1, 1]);
      await migrate(client, now, until(95));
      expect(await read()).toEqual(before);
      expect(await rowsOf(client, "PRAGMA foreign_key_check")).toEqual([]);
      await client.execute(messageBy("m4", "pager"));
      expect(await rowsOf(client, "SELECT seq FROM notification_messages WHERE id = 'm4'")).toEqual([
        { seq: 4 },
      ]);
      await expect(client.execute(messageBy("m5", "smtp", "nobody"))).rejects.toThrow(/FOREIGN KEY/);
      // Changes of the inbox are still noted, and what belongs to an event still goes with it.
      await client.execute("UPDATE inbox_notifications SET read_at = 2");
      expect(await rowsOf(client, "SELECT user_id, recent FROM inbox_changes")).toEqual([
        { user_id: "u", recent: "1:1," },
      ]);
      await client.execute("DELETE FROM notification_events");
      expect(await rowsOf(client, "SELECT id FROM notification_messages")).toEqual([]);
    });

    test("an event that was stored with a longer key is still a duplicate", async () => {
      const client = await connect(url);
      const until = (number: number) => loadMigrations().filter((migration) => migration.number <= number);
      await migrate(client, now, until(16));
      await client.batch(storedMessages, "write");
      await migrate(client, now, until(93));
      const same = ["t", "u", "webhook", "identity build 1"];
      const former = hash("sha256", JSON.stringify(same), "hex");
      await client.execute(`UPDATE notification_messages SET dedupe_key = '${former}' WHERE id = 'm1'`);
      await migrate(client, now, loadMigrations());
      const template = { id: "t" } as PlanOptions["template"];
      const options = { template, identity: "identity build 1", thing: "t" };
      const { dedupeKey } = dedupeForPerson("u", { id: "webhook" }, options);
      expect(dedupeKey).toHaveLength(24);
      expect(await rowsOf(client, "SELECT id, dedupe_key FROM notification_messages ORDER BY id")).toEqual([
        { id: "m1", dedupe_key: dedupeKey },
        { id: "m2", dedupe_key: null },
        { id: "m3", dedupe_key: null },
      ]);
    });

    test("preparing a database twice seeds it once", async () => {
      const client = await connect(url);
      const db = createDatabase(client);
      const first = await prepareDatabase(client, db, url, clock);
      expect(first).toEqual({
        applied: loadMigrations().map(({ name }) => name),
        copy: undefined,
        sharedMailboxes: [],
      });
      const content = await contentOf(client);
      expect(content.organizations).toMatchObject([{ name: "default" }]);
      expect(content.templates).toHaveLength(loadTemplateFiles().length);
      expect(await prepareDatabase(client, db, url, { ...clock, now: () => now + 1_000 })).toEqual({
        applied: [],
        copy: undefined,
        sharedMailboxes: [],
      });
      expect(await contentOf(client)).toEqual(content);
    });
  });
}

const contentOf = async (client: DatabaseClient) => ({
  settings: await rowsOf(client, "SELECT * FROM settings"),
  organizations: await rowsOf(client, "SELECT * FROM organizations"),
  templates: await rowsOf(client, "SELECT * FROM notification_templates ORDER BY id"),
  versions: await rowsOf(client, "SELECT * FROM notification_template_versions ORDER BY template_id, number"),
});

describe("the copy before an upgrade", () => {
  const copies = () =>
    readdirSync(folder)
      .filter((name) => name.includes(".before-"))
      .toSorted();

  test("is made when an existing database is about to change, and the last three are kept", async () => {
    const url = `file:${join(folder, "belfry.db")}`;
    const client = await connect(url);
    const db = createDatabase(client);
    const steps = [
      ...loadMigrations(),
      ...[101, 102, 103, 104].map((number) => ({
        number,
        name: `0${number}_more`,
        statements: [`CREATE TABLE more_${number} (a)`],
      })),
    ];
    const release = (count: number) => prepareDatabase(client, db, url, clock, steps.slice(0, count));
    const shipped = loadMigrations().length;
    expect((await release(shipped)).copy).toBeUndefined();
    expect(copies()).toEqual([]);
    for (let more = 1; more <= 4; more += 1) {
      const { applied, copy } = await release(shipped + more);
      expect(applied).toEqual([`0${100 + more}_more`]);
      expect(copy).toBe(join(folder, `belfry.db.before-${100 + more}`));
    }
    expect(copies()).toEqual([102, 103, 104].map((number) => `belfry.db.before-${number}`));
    // Nothing to do, no copy.
    expect(await release(shipped + 4)).toEqual({ applied: [], copy: undefined, sharedMailboxes: [] });
    expect(copies()).toHaveLength(3);
    // The copy is the database as it was, and as private.
    const copy = join(folder, "belfry.db.before-104");
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const old = await connect(`file:${copy}`);
    expect((await appliedMigrations(old)).at(-1)).toBe(103);
    expect(await rowsOf(old, "SELECT count(*) AS count FROM organizations")).toEqual([{ count: 1 }]);
  });

  test("what an earlier start left unfinished is not in the way, and other files stay", async () => {
    const url = `file:${join(folder, "belfry.db")}`;
    const client = await connect(url);
    const db = createDatabase(client);
    await prepareDatabase(client, db, url, clock);
    const step = { number: 101, name: "0101_more", statements: ["CREATE TABLE more (a)"] };
    const half = join(folder, "belfry.db.before-101.partial-x");
    writeFileSync(half, "half a copy");
    utimesSync(half, new Date(now - 7_200_000), new Date(now - 7_200_000));
    writeFileSync(join(folder, "belfry.db.before-the-party"), "a person's own");
    await prepareDatabase(client, db, url, clock, [...loadMigrations(), step]);
    expect(copies()).toEqual(["belfry.db.before-101", "belfry.db.before-the-party"]);
  });
});

describe("seeding notification templates", () => {
  const file: StoredTemplate = {
    id: "00000000-0000-4000-8000-000000000001",
    key: "TemplateExample",
    name: "Example",
    group: "Examples",
    kind: "system",
    enabledByDefault: true,
    method: null,
    title: "First",
    body: "Text",
    actions: [],
    sample: { labels: {}, data: null },
  };

  async function seeded() {
    const client = await connect(`file:${join(folder, "belfry.db")}`);
    await migrate(client, now);
    const db = createDatabase(client);
    const sow = (changes: Partial<StoredTemplate>, at = now) =>
      seed(db, at, clock.newId, [{ ...file, ...changes }]);
    await sow({});
    const look = async () => ({
      active: (await rowsOf(client, "SELECT active_version AS number FROM notification_templates"))[0]![
        "number"
      ],
      versions: await rowsOf(
        client,
        "SELECT number, title, body, actions, origin FROM notification_template_versions ORDER BY number",
      ),
    });
    return { client, sow, look };
  }
  const first = { number: 1, title: "First", body: "Text", actions: "[]", origin: "seed" };

  test("the same file again changes nothing", async () => {
    const { sow, look, client } = await seeded();
    const before = await contentOf(client);
    await sow({}, now + 1_000);
    expect(await contentOf(client)).toEqual(before);
    expect(await look()).toEqual({ active: 1, versions: [first] });
  });

  test("a changed title, body or action is the next version, and is active", async () => {
    const { sow, look } = await seeded();
    await sow({ title: "Second" });
    await sow({ title: "Second", body: "More text" });
    await sow({ title: "Second", body: "More text", actions: [{ label: "Look", url: "https://a.example" }] });
    const second = { ...first, number: 2, title: "Second" };
    const third = { ...second, number: 3, body: "More text" };
    const fourth = { ...third, number: 4, actions: '[{"label":"Look","url":"https://a.example"}]' };
    expect(await look()).toEqual({ active: 4, versions: [first, second, third, fourth] });
    // The way back is another version too.
    await sow({});
    expect(await look()).toMatchObject({ active: 5, versions: { length: 5 } });
  });

  test("another name, group or default is no new version", async () => {
    const { client, sow, look } = await seeded();
    await sow({ name: "Renamed", group: "Others", enabledByDefault: false });
    expect(await look()).toEqual({ active: 1, versions: [first] });
    expect(
      await rowsOf(client, "SELECT name, group_name, enabled_by_default FROM notification_templates"),
    ).toEqual([{ name: "Renamed", group_name: "Others", enabled_by_default: 0 }]);
  });

  test("what an admin has activated stays active; what ships is stored beside it", async () => {
    const { client, sow, look } = await seeded();
    await client.batch(
      [
        `INSERT INTO notification_template_versions VALUES ('${file.id}', 2, 'Ours', 'Text', '[]', 'admin', 'x', NULL, ${now})`,
        "UPDATE notification_templates SET active_version = 2",
      ],
      "write",
    );
    await sow({ title: "Second" });
    const expected = {
      active: 2,
      versions: [
        first,
        { ...first, number: 2, title: "Ours", origin: "admin" },
        { ...first, number: 3, title: "Second" },
      ],
    };
    expect(await look()).toEqual(expected);
    await sow({ title: "Second" });
    expect(await look()).toEqual(expected);
    // Back on a shipped text, the next one that ships is active again.
    await client.execute("UPDATE notification_templates SET active_version = 3");
    await sow({ title: "Third" });
    expect(await look()).toMatchObject({ active: 4, versions: { length: 4 } });
    // An older shipped text that an admin went back to stays, at the next start and at the next release.
    await client.execute("UPDATE notification_templates SET active_version = 3");
    await sow({ title: "Third" });
    await sow({ title: "Fourth" });
    expect(await look()).toMatchObject({ active: 3, versions: { length: 5 } });
  });
});

describe("a template file", () => {
  const good = [
    "---",
    "id: 00000000-0000-4000-8000-000000000001",
    "key: TemplateExample",
    "name: Example",
    "group: Examples",
    "kind: system",
    "enabled_by_default: true",
    "icon: other",
    "severity: info",
    "about: Something happened.",
    "audience: the user",
    "coder: same: but later",
    "title: It: is {{ labels.what }}",
    "action: Look -> {{ base_url | raw }}/a -> b",
    'sample: {"labels": {}, "data": null}',
    "facts: template, owner",
    "---",
    "",
    "Text",
    "---",
    "more",
    "",
  ];
  const parse = (lines: string[]) => parseTemplateFile(lines.join("\n"));
  const replace = (at: number, line: string) => good.map((old, position) => (position === at ? line : old));

  test("is read as it stands", () => {
    expect(parse(good)).toMatchObject({
      title: "It: is {{ labels.what }}",
      body: "Text\n---\nmore",
      enabledByDefault: true,
      facts: ["template", "owner"],
      alwaysOn: false,
      coder: { verdict: "same", note: "but later" },
      method: null,
    });
  });

  const mistakes: [what: string, lines: string[], words: RegExp][] = [
    ["no front matter", ["Text"], /front matter/],
    ["a line without a value", replace(3, "name"), /line 4: "name" is not "name: value"/],
    ["a value on the next line", replace(14, "sample:"), /line 15: "sample:" is not "name: value"/],
    ["an action without a link", replace(13, "action: Look"), /line 14: .*is not "action: Label -> URL"/],
    ["a field that is missing", good.filter((line) => !line.startsWith("title")), /^title is missing$/],
    [
      "fields that are missing",
      good.filter((line) => !/^(icon|about)/.test(line)),
      /^icon, about are missing$/,
    ],
    ["a verdict that nobody knows", replace(11, "coder: equal"), /line 12: coder is neither same nor/],
    ["a severity that nobody knows", replace(8, "severity: bad"), /line 9: severity is neither info nor/],
    ["a field that nobody knows", replace(3, "nmae: Example"), /line 4: there is no field nmae/],
    ["a kind that nobody knows", replace(5, "kind: special"), /line 6: kind is neither system nor custom/],
    ["a fact that nobody knows", replace(15, "facts: owner, name"), /line 16: facts is neither template nor/],
    ["a sample that is no JSON", replace(14, "sample: {labels}"), /line 15: sample is no JSON/],
  ];
  test.each(mistakes)("with %s is refused, and the line is named", (_what, lines, words) => {
    expect(() => parse(lines)).toThrow(words);
  });

  test("that ships is well-formed", () => {
    for (const shipped of loadTemplateFiles()) {
      expect(shipped.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      expect(shipped.title, shipped.name).not.toMatch(/\{ \{/);
      expect(shipped.body, shipped.name).not.toBe("");
    }
  });
});

describe("belfry admin migrate", () => {
  async function run(databaseUrl: string) {
    const environment = { BELFRY_DATABASE_URL: databaseUrl };
    const { stdout, stderr, code } = await runCommand(["admin", "migrate"], { environment });
    return {
      code,
      stderr,
      report: stdout === "" ? undefined : (JSON.parse(stdout) as Record<string, unknown>),
    };
  }

  test("says what it did and the setup code, until there is a first user", async () => {
    const file = join(folder, "deep", "belfry.db");
    const first = await run(`file:${file}`);
    expect(first).toEqual({
      code: 0,
      stderr: "",
      report: {
        msg: "the database is up to date",
        database: file,
        migrations: loadMigrations().map(({ name }) => name),
        setup_code: expect.stringMatching(/^\w{4}(-\w{4})+$/),
      },
    });
    const second = await run(`file:${file}`);
    expect(second.report).toMatchObject({ migrations: [], setup_code: expect.any(String) });
    expect(second.report!["setup_code"]).not.toBe(first.report!["setup_code"]);
    const client = await connect(`file:${file}`);
    await client.execute(`INSERT INTO users (id, username, email, name, status, is_system, created_at, updated_at)
      VALUES ('1', 'ada', 'ada@example.com', 'Ada', 'active', 0, ${now}, ${now})`);
    expect((await run(`file:${file}`)).report).not.toHaveProperty("setup_code");
  });

  test("a server that can't be reached is reported by its name, without a stack and without a token", async () => {
    const port = await freePort();
    const { code, stderr, report } = await run(`http://127.0.0.1:${port}/?authToken=hidden`);
    expect(code).toBe(1);
    expect(report).toBeUndefined();
    expect(stderr).toMatch(
      new RegExp(
        `^belfry: The database 127\\.0\\.0\\.1:${port} can't be used: .*ECONNREFUSED.*BELFRY_DATABASE_URL\\.\n$`,
      ),
    );
    expect(stderr).not.toContain("hidden");
  });

  test("a rejected token and a database of a later release have errors with a remedy", async () => {
    const refusing = createServer((_request, response) => response.writeHead(401).end("no")).listen(
      0,
      "127.0.0.1",
    );
    onTestFinished(() => void refusing.close());
    await new Promise((resolve) => refusing.once("listening", resolve));
    const refused = await run(`http://127.0.0.1:${(refusing.address() as AddressInfo).port}`);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^belfry: .* rejects the token: set BELFRY_DATABASE_AUTH_TOKEN.*\n$/);

    const url = `file:${join(folder, "belfry.db")}`;
    await migrate(await connect(url), now, [
      ...loadMigrations(),
      { number: 999, name: "0999_x", statements: [] },
    ]);
    const newer = await run(url);
    expect(newer.code).toBe(1);
    expect(newer.stderr).toMatch(/^belfry: The database is at migration 999; .*\n$/);
  });
});
