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

test("reads of one turn are one state, ask an equal question once, and each caller's failure is its own", async () => {
  const { client } = await open();
  await client.batch([insert("a"), insert("b")], "write");
  const byName = (name: string) => ({ sql: "SELECT id, name FROM t WHERE name = ?", args: [name] });
  const fails = { sql: "SELECT json_extract('{}', ?)", args: ["no path"] };
  const answers = await Promise.allSettled([
    client.batch([byName("a"), byName("b")], "read"),
    client.batch([fails, byName("a")], "read"),
    client.batch([byName("a")], "read"),
    client.batch([fails], "read"),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
  const [first, , third] = answers.map((answer) => (answer.status === "fulfilled" ? answer.value : []));
  expect(first!.map(({ rows }) => rows)).toMatchObject([[{ name: "a" }], [{ name: "b" }]]);
  expect(third![0]!.rows).toEqual(first![0]!.rows);
  expect(third![0]!.rows[0]).not.toBe(first![0]!.rows[0]);
  expect((await client.execute(count)).rows[0]!["count"]).toBe(2);
});

test("values that read alike are not asked as one", async () => {
  const { client } = await open();
  const typeOf = (value: string | number | bigint | null) =>
    client.batch([{ sql: "SELECT typeof(?) AS type, ? AS value", args: [value, value] }], "read");
  const answers = await Promise.all([typeOf("1"), typeOf(1n), typeOf(1.5), typeOf(null), typeOf("null")]);
  expect(answers.map(([result]) => result!.rows[0]!["type"])).toEqual([
    "text",
    "integer",
    "real",
    "null",
    "text",
  ]);
  const texts = await Promise.all(
    [
      ["a,string 1 b", "c"],
      ["a", "b,string 1 c"],
    ].map((args) => client.batch([{ sql: "SELECT ? AS first, ? AS second", args }], "read")),
  );
  expect(texts.map(([result]) => result!.rows[0]!["first"])).toEqual(["a,string 1 b", "a"]);
});

test("more reads than one transaction takes are all answered, and a write in between is seen by the later ones", async () => {
  const { client } = await open();
  await client.execute(insert("a"));
  const reads = Array.from({ length: 200 }, () => client.batch([count], "read"));
  const written = reads[0]!.then(() => client.execute(insert("b")));
  const counts = (await Promise.all(reads)).map(([result]) => result!.rows[0]!["count"]);
  await written;
  expect(counts.slice(0, 64)).toEqual(Array.from({ length: 64 }, () => 1));
  expect(counts.at(-1)).toBe(2);
});

test("reads that wait when the client is closed fail, and don't end the process", async () => {
  const { client } = await open();
  const read = client.batch([count], "read");
  client.close();
  await expect(read).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
});

test("a row has its columns by name in order, and by position", async () => {
  const { client } = await open();
  const { rows } = await client.execute("SELECT 7 AS at, 'x' AS length, 8 AS at, NULL AS zero");
  expect(JSON.stringify(rows[0])).toBe('{"at":7,"zero":null}');
  expect(Array.prototype.slice.call(rows[0])).toEqual([7, "x", 8, null]);
});

test("a caller that awaits one transaction after another leaves the event loop its turns", async () => {
  const { client } = await open();
  // Longer than an iteration may take, on any machine.
  const slow =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n";
  let turns = 0;
  const count = () => {
    turns += 1;
    turning = setImmediate(count);
  };
  let turning = setImmediate(count);
  for (let index = 0; index < 10; index += 1) await client.batch([slow], "write");
  clearImmediate(turning);
  expect(turns).toBeGreaterThanOrEqual(9);
});

test("transactions that wait for a turn keep their order, and one that fails stops no other", async () => {
  const { client } = await open();
  const slow =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n";
  const writes = ["a", "b", "a", "c"].map((name) => client.batch([slow, insert(name)], "write"));
  const results = await Promise.allSettled(writes);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  const { rows } = await client.execute("SELECT name FROM t ORDER BY id");
  expect(rows.map(({ name }) => name)).toEqual(["a", "b", "c"]);
});
