// The contract of `read` and `write`, the same for an embedded file and for a libSQL server.
import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { asc, eq, sql } from "drizzle-orm";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createDatabase, isTaken, query, type Database, type DatabaseClient } from "../../db/client.ts";
import { DatabaseError, type DatabaseErrorKind } from "../../db/errors.ts";
import { insertRows } from "../../db/rows.ts";
import { openClient } from "../../src/runtime/database.ts";
import { createMeter } from "../support/meter.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";

const things = sqliteTable("things", {
  seq: integer("seq").primaryKey({ autoIncrement: true }),
  id: text("id").notNull(),
  name: text("name").notNull(),
  size: integer("size"),
  ratio: real("ratio"),
  isNew: integer("is_new", { mode: "boolean" }),
  parent: text("parent"),
});
const tables = [
  `CREATE TABLE things (seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    size INTEGER CHECK(size >= 0), ratio REAL, is_new INTEGER, parent TEXT REFERENCES things(id))`,
  "CREATE UNIQUE INDEX things_id ON things (id)",
  "CREATE UNIQUE INDEX things_name ON things (lower(name))",
  // So that the foreign key is cheap to check when the table is dropped.
  "CREATE INDEX things_parent ON things (parent)",
];
const allThings = () => query.select().from(things).orderBy(asc(things.seq));
const thing = (id: string, more: Partial<typeof things.$inferInsert> = {}) =>
  query.insert(things).values({ id, name: id, ...more });
const thingOnce = (id: string) => thing(id).onConflictDoNothing();

let server: LibsqlServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-"));
  if (!noServer) server = await startLibsqlServer();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server?.stop();
});

type Target = "file" | "server" | "server, by the official client";
const clientFor = (target: Target) =>
  target === "server, by the official client" ? "official" : ("belfry" as const);

/** What is the same for all, and a connection that nothing else uses. */
async function connect(target: Target, requestTimeoutMs = 5_000): Promise<DatabaseClient> {
  const databaseUrl = target === "file" ? `file:${join(folder, "contract.db")}` : server.url;
  const client = await openClient(
    { databaseUrl, databaseAuthToken: undefined, databaseClient: clientFor(target) },
    { requestTimeoutMs },
  );
  onTestFinished(() => {
    if (!client.closed) client.close();
  });
  return client;
}

/** Somebody else's transaction, begun by libSQL's own client. */
async function hold(target: Target) {
  const url = target === "file" ? `file:${join(folder, "contract.db")}` : server.url;
  const client = createClient({ url });
  onTestFinished(() => client.close());
  return client.transaction("write");
}

const failureOf = async (work: Promise<unknown>): Promise<DatabaseError> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof DatabaseError) return error;
  throw new Error(`expected a DatabaseError, got ${String(error)}`);
};

const targets = (["file", "server", "server, by the official client"] as const).map((target) => ({ target }));
for (const { target } of targets) {
  describe.skipIf(target !== "file" && noServer)(`on a ${target}`, () => {
    let client: DatabaseClient;
    let db: Database;
    beforeEach(async () => {
      client = await connect(target);
      await client.batch(["DROP TABLE IF EXISTS things", ...tables], "write");
      db = createDatabase(client);
    });

    test("each named read is answered with its own rows, as their columns are declared", async () => {
      await db.write([thing("a", { size: 1, ratio: 0.5, isNew: true }), thing("b", { isNew: false })], {});
      const answers = await db.read({
        all: allThings(),
        counted: query.select({ count: sql<number>`count(*)` }).from(things),
        none: query.select().from(things).where(eq(things.id, "z")),
      });
      expect(answers).toEqual({
        all: [
          { seq: 1, id: "a", name: "a", size: 1, ratio: 0.5, isNew: true, parent: null },
          { seq: 2, id: "b", name: "b", size: null, ratio: null, isNew: false, parent: null },
        ],
        counted: [{ count: 2 }],
        none: [],
      });
    });

    test("values of every kind come back as they were given", async () => {
      const bytes = Uint8Array.from({ length: 300 }, (_, at) => at % 256);
      const { rows, columns } = await client.execute({
        sql: "SELECT ? AS none, ? AS whole, ? AS part, ? AS words, ? AS bytes, ? AS words",
        args: [null, -9_007_199_254_740_991n, 0.5, "Zażółć 🐋", bytes, "another"],
      });
      const [row] = rows;
      expect(columns).toEqual(["none", "whole", "part", "words", "bytes", "words"]);
      expect(row).toMatchObject({ none: null, whole: -9_007_199_254_740_991, part: 0.5 });
      expect([row!["words"], row![3], row![5], row!.length]).toEqual([
        "Zażółć 🐋",
        "Zażółć 🐋",
        "another",
        6,
      ]);
      expect(new Uint8Array(row!["bytes"] as ArrayBuffer)).toEqual(bytes);
    });

    test("a write answers what holds after it", async () => {
      const { all } = await db.write(
        [thing("a", { size: 1 }), query.update(things).set({ size: 2 }).where(eq(things.id, "a"))],
        { all: allThings() },
      );
      expect(all).toMatchObject([{ id: "a", size: 2 }]);
    });

    test("a write of which one member fails leaves nothing behind", async () => {
      await db.write([thing("a", { size: 1 })], {});
      const failing = [
        query.update(things).set({ size: 2 }),
        thing("b"),
        thing("c", { parent: "nobody" }),
        thing("d"),
      ];
      expect(await failureOf(db.write(failing, { all: allThings() }))).toMatchObject({ kind: "constraint" });
      const { all } = await db.read({ all: allThings() });
      expect(all).toMatchObject([{ id: "a", size: 1 }]);
      // The connection is as good as before.
      await db.write([thing("b")], {});
      expect((await db.read({ all: allThings() })).all).toHaveLength(2);
    });

    test("an answer that fails takes its write with it", async () => {
      const broken = query.run(sql`SELECT * FROM nowhere`);
      expect(await failureOf(db.write([thing("a")], { broken }))).toMatchObject({ kind: "schema" });
      expect((await db.read({ all: allThings() })).all).toEqual([]);
    });

    test("nothing to do is no round trip", async () => {
      const meter = createMeter();
      const metered = createDatabase(client, meter);
      expect(await metered.read({})).toEqual({});
      expect(await metered.write([], {})).toEqual({});
      expect(meter.trips).toBe(0);
    });

    test("integers stay integers and fractions fractions", async () => {
      const largest = Number.MAX_SAFE_INTEGER;
      const { values } = await db.read({
        values: query
          .select({
            types: sql<string>`typeof(${7}) || ' ' || typeof(${-7}) || ' ' || typeof(${largest}) || ' ' || typeof(${1.5})`,
            json: sql<string>`json_object('v', ${1})`,
            largest: sql<number>`${largest}`,
          })
          .from(sql`(SELECT 1)`),
      });
      expect(values).toEqual([{ types: "integer integer integer real", json: '{"v":1}', largest }]);
      await db.write(insertRows(things, [{ id: "a", name: "a", size: largest, ratio: 3 }]), {});
      const stored = query
        .select({ types: sql<string>`typeof(size) || ' ' || typeof(ratio)`, size: things.size })
        .from(things);
      expect((await db.read({ stored })).stored).toEqual([{ types: "integer real", size: largest }]);
    });

    const texts = [
      "",
      "plain",
      'O\'Brien said "no"; DROP TABLE things; --',
      "tabs\tand\nlines\r\n\\u0041 \\ud83d \\",
      "日本語 العربية עברית",
      "👩‍👩‍👧‍👦 e\u0301 \u{10FFFF} \uFEFF",
      "007",
      "1e3",
      '{"json": [1, null, "\\ud83d\\ude00"]}',
    ];
    test("text comes back as it went, by a parameter and by many rows", async () => {
      const rows = texts.map((name, at) => ({ id: `row ${at}`, name: `${at}${name}`, parent: null }));
      const changes = [
        ...insertRows(things, rows),
        ...rows.map((row) => thing(`single ${row.id}`, { name: `single ${row.name}` })),
      ];
      const { all } = await db.write(changes, { all: allThings() });
      expect(all.map(({ id, name }) => ({ id, name }))).toEqual([
        ...rows.map(({ id, name }) => ({ id, name })),
        ...rows.map(({ id, name }) => ({ id: `single ${id}`, name: `single ${name}` })),
      ]);
    });

    test("text that a database can't keep is kept with replacement characters", async () => {
      const rows = [
        { id: "nul", name: "a\0b" },
        { id: "half", name: "c\uD83Dd" },
        { id: "other half", name: "\uDE00e" },
      ];
      const { all } = await db.write(
        [...insertRows(things, rows), ...rows.map(({ id, name }) => thing(`1 ${id}`, { name: `1${name}` }))],
        { all: allThings() },
      );
      const kept = ["a\uFFFDb", "c\uFFFDd", "\uFFFDe"];
      expect(all.map((row) => row.name)).toEqual([...kept, ...kept.map((name) => `1${name}`)]);
    });

    test("more than a megabyte of rows goes in at once, in order", async () => {
      const rows = Array.from({ length: 9_000 }, (_, at) => ({
        id: `id ${at}`,
        name: `${at} ${"née 日本 ".repeat(15)}`,
        size: at % 3 === 0 ? null : at,
        isNew: at % 2 === 0,
      }));
      const statements = insertRows(things, rows);
      expect(JSON.stringify(rows).length).toBeGreaterThan(1_000_000);
      expect(statements).toHaveLength(2);
      const { all } = await db.write(statements, { all: allThings() });
      expect(all).toEqual(rows.map((row, at) => ({ seq: at + 1, ratio: null, parent: null, ...row })));
    });

    test("rows need not have the same members", async () => {
      const { all } = await db.write(
        insertRows(things, [
          { id: "a", name: "a" },
          { id: "b", name: "b", size: 2 },
        ]),
        { all: allThings() },
      );
      expect(all.map((row) => row.size)).toEqual([null, 2]);
    });

    test("rows that are there already are left out, and so are those that their guard refuses", async () => {
      const rows = [
        { id: "a", name: "a", size: 1 },
        { id: "b", name: "b", size: 2 },
      ];
      const isSmall = sql`row.value ->> '$.size' < 2`;
      await db.write(insertRows(things, rows, isSmall), {});
      expect((await db.read({ all: allThings() })).all.map((row) => row.id)).toEqual(["a"]);
      await db.write(insertRows(things, rows), {});
      await db.write(insertRows(things, rows), {});
      expect((await db.read({ all: allThings() })).all.map((row) => row.id)).toEqual(["a", "b"]);
      expect(insertRows(things, [])).toEqual([]);
    });

    const failures: [what: string, kind: DatabaseErrorKind, words: RegExp, statement: () => unknown][] = [
      [
        "a UNIQUE column",
        "constraint",
        /^UNIQUE constraint failed: things\.id$/,
        () => thing("x", { name: "other" }),
      ],
      [
        "a UNIQUE index",
        "constraint",
        /^UNIQUE constraint failed: index 'things_name'$/,
        () => thing("y", { name: "X" }),
      ],
      ["a CHECK", "constraint", /^CHECK constraint failed: size >= 0$/, () => thing("y", { size: -1 })],
      [
        "NOT NULL",
        "constraint",
        /^NOT NULL constraint failed: things\.name$/,
        () => query.run(sql`INSERT INTO things (id) VALUES ('y')`),
      ],
      ["a foreign key", "constraint", /^FOREIGN KEY constraint failed$/, () => thing("y", { parent: "z" })],
      ["a missing table", "schema", /^no such table: nowhere$/, () => query.run(sql`SELECT 1 FROM nowhere`)],
      [
        "a missing column",
        "schema",
        /^no such column: colour/,
        () => query.run(sql`SELECT colour FROM things`),
      ],
      [
        "a missing column of an INSERT",
        "schema",
        /no column named colour$/,
        () => query.run(sql`INSERT INTO things (colour) VALUES (1)`),
      ],
      [
        "a value that is too long",
        "too_large",
        /too big$/,
        () => query.run(sql`SELECT zeroblob(2000000000)`),
      ],
      ["a syntax error", "statement", /syntax error/, () => query.run(sql`SELEC 1`)],
    ];
    test.each(failures)("%s fails as %s", async (_what, kind, words, statement) => {
      await db.write([thing("x")], {});
      const meter = createMeter();
      const error = await failureOf(createDatabase(client, meter).write([statement() as never], {}));
      expect(error).toMatchObject({ kind, isPassing: false });
      expect(error.message).toMatch(words);
      expect(meter.trips).toBe(1);
    });

    test("a taken value is known by its column or its index", async () => {
      await db.write([thing("x")], {});
      const id = await failureOf(db.write([thing("x", { name: "other" })], {}));
      expect([isTaken(id, "things.id"), isTaken(id, "things_name")]).toEqual([true, false]);
      const name = await failureOf(db.write([thing("other", { name: "X" })], {}));
      expect([isTaken(name, "things.id"), isTaken(name, "things_name")]).toEqual([false, true]);
      expect(isTaken(new Error("things.id"), "things.id")).toBe(false);
    });

    test("a write waits for whoever holds the database, and reads go on meanwhile", async () => {
      const holder = await hold(target);
      await holder.execute("INSERT INTO things (id, name) VALUES ('held', 'held')");
      let tries = 0;
      const waiting = createDatabase(await connect(target, 300), {
        onTrip: ({ mode }) => {
          if (mode === "read") return;
          tries += 1;
          if (tries === 2) void holder.commit();
        },
      });
      const [written] = await Promise.all([
        waiting.write([thingOnce("a")], { all: allThings() }),
        waiting.read({ all: allThings() }),
      ]);
      expect(written.all.map((row) => row.id)).toEqual(["held", "a"]);
    });

    test("a write gives up on a database that stays held, and the next one succeeds", async () => {
      const holder = await hold(target);
      await holder.execute("INSERT INTO things (id, name) VALUES ('held', 'held')");
      const waiting = createDatabase(await connect(target, 300), { timeoutMs: 0 });
      const error = await failureOf(waiting.write([thingOnce("a")], {}));
      expect(error).toMatchObject({ kind: "unavailable", isPassing: true });
      await holder.rollback();
      // What a server had begun when the time was up may still come to pass; nothing that was rolled back does.
      await Promise.all([waiting.write([thing("b")], {}), waiting.write([thing("c")], {})]);
      const ids = (await waiting.read({ all: allThings() })).all.map((row) => row.id);
      expect(ids.filter((id) => id !== "a").toSorted()).toEqual(["b", "c"]);
    });

    test("a closed database is unavailable and is not asked again", async () => {
      const meter = createMeter();
      const closed = createDatabase(client, meter);
      closed.close();
      expect(await failureOf(closed.read({ all: allThings() }))).toMatchObject({ kind: "unavailable" });
      expect(meter.trips).toBe(1);
    });

    test("the meter counts round trips, and a server's rows", async () => {
      const meter = createMeter();
      const databaseUrl = target === "file" ? `file:${join(folder, "contract.db")}` : server.url;
      const metered = createDatabase(
        await openClient(
          { databaseUrl, databaseAuthToken: undefined, databaseClient: clientFor(target) },
          meter,
        ),
        meter,
      );
      await metered.write([thing("a"), thing("b"), thing("c")], {});
      expect(meter.trips).toBe(1);
      // Each row is written to the table, to its three indexes and to the table of sequences.
      if (target !== "file") expect(meter.rowsWritten).toBe(15);
      meter.reset();
      const byId = (id: string) => query.select().from(things).where(eq(things.id, id));
      await metered.read({ all: allThings(), one: byId("b") });
      expect(meter).toMatchObject({ trips: 1, rowsWritten: 0, rowsRead: target === "file" ? 0 : 4 });
      metered.close();
    });
  });
}

describe("an embedded file", () => {
  test("only its owner may read it, and each connection has it on the disk before it answers", async () => {
    const client = await connect("file");
    await client.execute("CREATE TABLE IF NOT EXISTS t (a)");
    for (const name of ["contract.db", "contract.db-wal", "contract.db-shm"])
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    const pragma = async (name: string) =>
      Object.values((await client.execute(`PRAGMA ${name}`)).rows[0]!)[0];
    for (let connection = 1; connection <= 2; connection += 1) {
      expect(await pragma("journal_mode")).toBe("wal");
      expect(await pragma("synchronous")).toBe(2);
      expect(await pragma("foreign_keys")).toBe(1);
      await client.reconnect();
    }
  });

  test("one that is no database, or can't be opened, is reported with its path and what to do", async () => {
    const open = (databaseUrl: string) => openClient({ databaseUrl, databaseAuthToken: undefined });
    await expect(open(`file:${import.meta.filename}/belfry.db`)).rejects.toThrow(
      /^The database file .*\/belfry\.db can't be used .*BELFRY_DATABASE_URL=/,
    );
    await expect(open(`file:${import.meta.filename}`)).rejects.toThrow(/not a database/);
  });
});
