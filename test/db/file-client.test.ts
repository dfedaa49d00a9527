// The embedded database's client remembers statements: they answer as new ones would, whatever happened in between.
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { expect, test } from "vitest";
import { openFileClient } from "../../src/runtime/file-client.ts";
import { temporaryFolder } from "../support/program.ts";

async function open() {
  const file = join(await temporaryFolder(), "a.db");
  const client = openFileClient(file, 20);
  await client.execute("PRAGMA journal_mode = WAL");
  await client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, note TEXT)");
  const other = createClient({ url: `file:${file}`, concurrency: 1 });
  return { client, other };
}

const insert = (name: string) => ({
  sql: "INSERT INTO t (name) VALUES (?) RETURNING id, name",
  args: [name],
});
const count = "SELECT count(*) AS count FROM t";

test("a statement that broke a constraint works the next time, and its transaction is undone", async () => {
  const { client } = await open();
  await client.execute(insert("a"));
  await expect(client.batch([insert("b"), insert("a")], "write")).rejects.toThrow("UNIQUE");
  await expect(client.execute(insert("a"))).rejects.toThrow("UNIQUE");
  expect((await client.batch([insert("b"), count], "write"))[1]!.rows[0]!["count"]).toBe(2);
});

test("a statement sees a table that another connection has changed since", async () => {
  const { client, other } = await open();
  await client.execute(insert("a"));
  const read = "SELECT id, name, note FROM t ORDER BY id";
  expect((await client.execute(read)).rows).toHaveLength(1);
  await other.execute("ALTER TABLE t ADD COLUMN more TEXT NOT NULL DEFAULT 'x'");
  await other.execute("CREATE INDEX by_note ON t (note)");
  expect((await client.execute(read)).rows).toMatchObject([{ id: 1, name: "a", note: null }]);
  await other.executeMultiple(
    "DROP TABLE t; CREATE TABLE t (note TEXT, name TEXT UNIQUE, id INTEGER PRIMARY KEY); INSERT INTO t VALUES ('n', 'z', 9)",
  );
  expect((await client.execute(read)).rows).toMatchObject([{ id: 9, name: "z", note: "n" }]);
  expect((await client.execute(insert("a"))).rows).toMatchObject([{ id: 10, name: "a" }]);
});

test("the same statement twice in a batch, with other values, gives each its own rows", async () => {
  const { client } = await open();
  const [first, second] = await client.batch([insert("a"), insert("b")], "write");
  expect([first!.rows, second!.rows]).toMatchObject([[{ name: "a" }], [{ name: "b" }]]);
  const byName = (name: string) => ({ sql: "SELECT id FROM t WHERE name = ?", args: [name] });
  const found = await client.batch(["b", "missing", "a"].map(byName), "read");
  expect(found.map(({ rows }) => rows.map(({ id }) => id))).toEqual([[2], [], [1]]);
});

test("a write that meets another's lock leaves nothing behind in the statements of a new connection", async () => {
  const { client, other } = await open();
  await client.execute(insert("a"));
  const held = await other.transaction("write");
  await expect(client.batch([insert("b")], "write")).rejects.toThrow(/locked|busy/i);
  await held.rollback();
  held.close();
  await client.reconnect();
  await client.batch([insert("b")], "write");
  expect((await other.execute(count)).rows[0]!["count"]).toBe(2);
});

test("more statements than it remembers are no trouble", async () => {
  const { client } = await open();
  await client.execute(insert("a"));
  for (let number = 0; number < 1_200; number += 1) {
    const { rows } = await client.execute(`SELECT ${number} AS number, name FROM t`);
    expect(rows[0]!["number"]).toBe(number);
  }
  expect((await client.execute(count)).rows[0]!["count"]).toBe(1);
});
