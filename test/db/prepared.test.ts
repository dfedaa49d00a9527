// Prepared statements: the same text and values as drizzle would build each time, and the text is built once.
import { join } from "node:path";
import { and, eq, sql, type SQL } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { expect, test, vi } from "vitest";
import { createDatabase, query, type Statement } from "../../db/client.ts";
import { bothSql, failUnless } from "../../db/statements.ts";
import { prepared, verifyPrepared } from "../../db/prepared.ts";
import { users } from "../../db/schema.ts";
import { openFileClient } from "../../src/runtime/file-client.ts";
import { temporaryFolder } from "../support/program.ts";

interface Text {
  sql: string;
  params: unknown[];
}
const textOf = (statement: Statement): Text => {
  // oxlint-disable-next-line no-underscore-dangle -- what drizzle's batch calls
  const built = (statement as unknown as { _prepare: () => { getQuery: () => Text } })._prepare();
  const { sql: text, params } = built.getQuery();
  return { sql: text, params };
};
const built = <T>(run: () => T): number => {
  const texts = vi.spyOn(SQLiteAsyncDialect.prototype, "sqlToQuery");
  try {
    run();
    return texts.mock.calls.length;
  } finally {
    texts.mockRestore();
  }
};

const verifiedTextOf = (statement: Statement): Text => {
  verifyPrepared(statement);
  return textOf(statement);
};

const byId = (id: string) => query.select({ id: users.id }).from(users).where(eq(users.id, id));

test("a prepared statement is the one that drizzle builds, with one text for all values", () => {
  const findById = prepared(byId);
  expect(textOf(findById("a"))).toEqual(textOf(byId("a")));
  expect(built(() => expect(textOf(findById("b")).params).toEqual(["b"]))).toBe(0);
});

test("columns encode values that are filled in", () => {
  const insert = (row: Pick<typeof users.$inferInsert, "id" | "isSystem" | "name">) =>
    query.insert(users).values(row as typeof users.$inferInsert);
  const prepare = prepared(insert);
  for (const row of [
    { id: "a", isSystem: true, name: "A" },
    { id: "b", isSystem: false, name: "B" },
    { name: "C", id: "c", isSystem: false },
  ])
    expect(textOf(prepare(row))).toMatchObject(textOf(insert(row)));
});

test("fragments, also nested ones, are parts of a prepared statement's text", () => {
  const isUser = prepared((id: string): SQL => sql`id = ${id}`);
  const isNamed = prepared((name: string): SQL => sql`name = ${name}`);
  const isEither = prepared(
    (first: SQL, second: SQL, id: string): SQL => sql`(${first} OR ${second} OR ${isUser(id)})`,
  );
  const find = prepared((least: number, which: SQL, most: number) =>
    query.all<{ id: string }>(sql`SELECT id FROM users WHERE ${least} < seq AND ${which} AND seq < ${most}`),
  );
  const call = (id: string) => find(1, isEither(isNamed("b"), isUser(id), `${id}'`), 9);
  expect(verifiedTextOf(call("c")).params).toEqual([1, "b", "c", "c'", 9]);
  expect(built(() => expect(textOf(call("d")).params).toEqual([1, "b", "d", "d'", 9]))).toBe(0);
  expect(textOf(find(1, isNamed("x"), 9)).sql).not.toBe(textOf(call("d")).sql);
});

test("a prepared fragment stands in a statement that isn't prepared", () => {
  const isUser = prepared((id: string): SQL => sql`id = ${id}`);
  const find = (which: SQL) =>
    query
      .select({ id: users.id })
      .from(users)
      .where(and(which, eq(users.name, "n")));
  expect(textOf(find(isUser("a")))).toEqual(textOf(find(sql`id = ${"a"}`)));
});

test("a fragment that isn't prepared has the statement built again, with its own values", () => {
  const find = prepared((which: SQL) => query.all(sql`SELECT id FROM users WHERE ${which}`));
  expect(textOf(find(sql`id = ${"a"}`)).params).toEqual(["a"]);
  expect(textOf(find(sql`name = ${"b"}`)).params).toEqual(["b"]);
});

test("null, undefined and booleans choose among texts", () => {
  const find = prepared((name: string | null, isActive?: boolean) =>
    query
      .select({ id: users.id })
      .from(users)
      .where(
        and(name === null ? undefined : eq(users.name, name), isActive ? sql`status = 'active'` : undefined),
      ),
  );
  for (let round = 0; round < 2; round += 1) {
    expect(verifiedTextOf(find(null)).params).toEqual([]);
    expect(verifiedTextOf(find("n", true)).params).toEqual(["n"]);
    expect(verifiedTextOf(find("n", false)).sql).not.toContain("active");
  }
});

test("a builder that looks at a value is found out", () => {
  const joined = prepared((ids: string) => query.all(sql`SELECT ${`${ids}!`}`));
  expect(() => joined("a")).toThrow("looks at a value");
  const compared = prepared((id: string) => query.all(id === "a" ? sql`SELECT 1` : sql`SELECT 2`));
  expect(() => verifyPrepared(compared("a"))).toThrow("isn't the one that its values make");
});

test("beyond a hundred texts, statements are built each time and stay right", () => {
  const find = prepared((values: Record<string, string>) =>
    query.all(
      sql`SELECT ${sql.join(
        Object.values(values).map((value) => sql`${value}`),
        sql`, `,
      )}`,
    ),
  );
  for (let index = 0; index < 150; index += 1)
    expect(textOf(find({ [`name${index}`]: String(index) })).params).toEqual([String(index)]);
});

test("guards of prepared conditions are built once, and fail as before", async () => {
  const db = createDatabase(openFileClient(join(await temporaryFolder(), "a.db"), 20));
  const is = prepared((left: number, right: number): SQL => sql`${left} = ${right}`);
  const ask = (right: number) =>
    db.read({
      guard: failUnless(bothSql(is(1, 1), is(2, right))),
      answer: prepared((n: number) => query.all(sql`SELECT ${n} AS n`))(7),
    });
  expect((await ask(2)).answer).toEqual([{ n: 7 }]);
  await expect(ask(3)).rejects.toMatchObject({ kind: "guard" });
});
