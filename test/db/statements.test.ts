// The guard at a batch's beginning: where it fails nothing after it is run, on a file as on a libSQL server.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { createDatabase, query } from "../../db/client.ts";
import { bothSql, failUnless, isGuardFailure } from "../../db/statements.ts";
import { openClient } from "../../src/runtime/database.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

async function fileUrl(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-guard-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return `file:${join(folder, "belfry.db")}`;
}

async function serverUrl(): Promise<string> {
  const server = await startLibsqlServer();
  onTestFinished(() => server.stop());
  return server.url;
}

const places: [string, () => Promise<string>][] = [
  ["a file", fileUrl],
  ...(noServer ? [] : ([["a libSQL server", serverUrl]] as [string, () => Promise<string>][])),
];

test.each(places)("on %s", async (_where, urlOf) => {
  const client = await openClient({ databaseUrl: await urlOf(), databaseAuthToken: undefined });
  let trips = 0;
  const db = createDatabase(client, { onTrip: () => (trips += 1) });
  onTestFinished(() => db.close());
  const insert = (n: number) => query.run(sql`INSERT INTO numbers VALUES (${n})`);
  const all = () => query.all<{ n: number }>(sql`SELECT n FROM numbers`);
  await db.write([query.run(sql`CREATE TABLE numbers (n integer)`), insert(1)], {});
  const has = (n: number) => sql`EXISTS (SELECT 1 FROM numbers WHERE n = ${n})`;

  expect((await db.read({ guard: failUnless(has(1)), all: all() })).all).toEqual([{ n: 1 }]);
  trips = 0;
  for (const never of [has(2), sql`NULL`, sql`0`, bothSql(has(1), has(2)), bothSql(has(2), has(1))]) {
    const read = await db.read({ guard: failUnless(never), all: all() }).catch((error: unknown) => error);
    const write = await db.write([failUnless(never), insert(2)], {}).catch((error: unknown) => error);
    expect([isGuardFailure(read), isGuardFailure(write)]).toEqual([true, true]);
  }
  // Nobody tries again what was refused.
  expect(trips).toBe(10);
  // A mistake in a statement is no refusal.
  const mistake = await db
    .read({ guard: failUnless(has(1)), wrong: query.all(sql`SELECT json_extract('{}', 'x')`) })
    .catch((error: unknown) => error);
  expect(isGuardFailure(mistake)).toBe(false);
  await db.write([failUnless(bothSql(has(1), sql`NOT ${has(2)}`)), insert(2)], {});
  expect((await db.read({ all: all() })).all).toEqual([{ n: 1 }, { n: 2 }]);
});
