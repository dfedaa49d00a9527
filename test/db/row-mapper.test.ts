// The rows of a prepared statement are the ones that drizzle makes of the same statement.
import { join } from "node:path";
import { eq, gt, sql } from "drizzle-orm";
import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { createDatabase, query } from "../../db/client.ts";
import { prepared } from "../../db/prepared.ts";
import { openFileClient } from "../../src/runtime/file-client.ts";
import { temporaryFolder } from "../support/program.ts";

const things = sqliteTable("things", {
  id: text("id").primaryKey(),
  isOpen: integer("is_open", { mode: "boolean" }),
  content: blob("content", { mode: "buffer" }),
  at: integer("at", { mode: "timestamp_ms" }),
});
const notes = sqliteTable("notes", { thingId: text("thing_id"), words: text("words") });

const columns = (least: number) =>
  query
    .select({
      id: things.id,
      isOpen: things.isOpen,
      content: things.content,
      at: things.at,
      words: notes.words,
      size: sql<number>`length(content)`.mapWith((size: number) => size * 2).as("size"),
      none: sql<null>`NULL`,
    })
    .from(things)
    .leftJoin(notes, eq(notes.thingId, things.id))
    .where(gt(things.at, new Date(least)))
    .orderBy(things.id);
const nested = (id: string) =>
  query.select().from(things).leftJoin(notes, eq(notes.thingId, things.id)).where(eq(things.id, id));

test("columns, joins and expressions are decoded, and rows belong to each caller", async () => {
  const client = openFileClient(join(await temporaryFolder(), "rows.db"), 1_000);
  const db = createDatabase(client);
  await client.execute(
    "CREATE TABLE things (id TEXT PRIMARY KEY, is_open INTEGER, content BLOB, at INTEGER)",
  );
  await client.execute("CREATE TABLE notes (thing_id TEXT, words TEXT)");
  await client.execute("INSERT INTO things VALUES ('a', 1, x'00ff', 1795785894286), ('b', NULL, NULL, 5)");
  await client.execute("INSERT INTO notes VALUES ('a', 'kept')");

  const findColumns = prepared((id: string) =>
    query.select({ id: things.id }).from(things).where(eq(things.id, id)),
  );
  const direct = await db.read({ columns: columns(1), nested: nested("a"), one: findColumns("a") });
  const selected = prepared(() => columns(1));
  const whole = prepared(nested);
  const read = () => db.read({ columns: selected(), nested: whole("a"), one: findColumns("a") });
  const [first, second] = await Promise.all([read(), read()]);
  expect(first).toEqual(direct);
  expect(first.columns).toEqual([
    {
      id: "a",
      isOpen: true,
      content: Buffer.from([0, 255]),
      at: new Date(1_795_785_894_286),
      words: "kept",
      size: 4,
      none: null,
    },
    { id: "b", isOpen: null, content: null, at: new Date(5), words: null, size: null, none: null },
  ]);
  expect(second).toEqual(first);
  expect(second.columns[0]).not.toBe(first.columns[0]);
  db.close();
});
