// New rows are stored the same, one at a time and many at once, whatever their values are.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test } from "vitest";
import { createDatabase, query } from "../../db/client.ts";
import { insertNewRows, insertRows } from "../../db/rows.ts";
import { openClient } from "../../src/runtime/database.ts";

const things = sqliteTable("things", {
  kind: text("kind").notNull(),
  name: text("name").notNull(),
  note: text("note"),
  count: integer("count"),
  share: real("share"),
});

const rows = [
  { kind: "plain", name: "a", note: "x", count: 1, share: 0.5 },
  { kind: "plain", name: "nothing", note: null },
  { kind: "plain", name: "like JSON", note: '{"a":[1,"\\n"]}', count: 0 },
  { kind: "plain", name: "quotes ' and \" and \\", note: "", count: -1 },
  { kind: "plain", name: "large", count: 1_893_456_000_123, share: 1e-9 },
  { kind: "plain", name: "🔔 no ASCII\u0001", note: "1" },
];

async function openThings() {
  const folder = await mkdtemp(join(tmpdir(), "belfry-rows-"));
  const client = await openClient({ databaseUrl: `file:${folder}/belfry.db`, databaseAuthToken: undefined });
  const db = createDatabase(client);
  onTestFinished(async () => {
    db.close();
    await rm(folder, { recursive: true, force: true });
  });
  await db.write(
    [query.run(sql`CREATE TABLE things (kind text, name text, note text, count integer, share real)`)],
    {},
  );
  const add = (some: typeof rows, shared: ("kind" | "name")[]) =>
    db.write(insertNewRows(things, some, shared), {});
  const stored = async () =>
    (await db.read({ all: query.all(sql`SELECT *, typeof(note), typeof(count) FROM things`) })).all;
  return { db, add, stored };
}

test("each by itself as all together", async () => {
  const [alone, together] = [await openThings(), await openThings()];
  for (const row of rows) await alone.add([row], ["kind"]);
  await together.add(rows, ["kind"]);
  expect(await alone.stored()).toHaveLength(rows.length);
  expect(await together.stored()).toEqual(await alone.stored());
});

test("rows that agree on everything are stored each", async () => {
  const { add, stored } = await openThings();
  await add(
    [
      { kind: "plain", name: "same" } as (typeof rows)[0],
      { kind: "plain", name: "same" } as (typeof rows)[0],
    ],
    ["kind", "name"],
  );
  expect(await stored()).toHaveLength(2);
});

test("what many rows agree on is sent once, and stored as of each alone", async () => {
  const many = Array.from({ length: 60 }, (_one, index) => ({
    ...rows[index % rows.length]!,
    kind: "plain '\u0000",
    note: null,
    share: 0.25,
    count: 1_893_456_000_123,
  }));
  const [alone, together] = [await openThings(), await openThings()];
  const isPlainSql = sql`row.value ->> '$.name' <> 'nothing'`;
  for (const row of many) await alone.db.write(insertRows(things, [row], isPlainSql), {});
  const statements = insertRows(things, many, isPlainSql) as unknown as {
    getQuery: () => { params: unknown[] };
  }[];
  const sent = JSON.stringify(statements.map((statement) => statement.getQuery().params));
  await together.db.write(insertRows(things, many, isPlainSql), {});
  expect(await alone.stored()).toHaveLength(50);
  expect(await together.stored()).toEqual(await alone.stored());
  expect(sent.split("plain '")).toHaveLength(2);
});
