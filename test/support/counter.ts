// A process of its own that counts in a database: reads the count, decides, and writes it back guarded by what it read.
// Run as `node counter.ts URL NAME TIMES`; says when it is ready, begins when it is asked to, and prints how many of its
// writes were taken and how many were too late.
import { once } from "node:events";
import { eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { createDatabase, query, type Database } from "../../db/client.ts";
import { openClient } from "../../src/runtime/database.ts";

export const counters = sqliteTable("counters", {
  id: text("id").primaryKey(),
  count: integer("count").notNull(),
  token: text("token").notNull(),
});
export const counts = sqliteTable("counts", { token: text("token").primaryKey() });

/** A counter, and a row for each time that it was counted up. */
export const counterTables = [
  "CREATE TABLE counters (id TEXT PRIMARY KEY, count INTEGER NOT NULL, token TEXT NOT NULL)",
  "CREATE TABLE counts (token TEXT PRIMARY KEY)",
  "INSERT INTO counters VALUES ('all', 0, '')",
];

export async function countUp(
  db: Database,
  name: string,
  times: number,
): Promise<{ taken: number; late: number }> {
  const read = () => query.select().from(counters).where(eq(counters.id, "all"));
  let late = 0;
  for (let taken = 0; taken < times;) {
    const seen = (await db.read({ counter: read() })).counter[0]!;
    const token = `${name} ${taken} ${late}`;
    const { counter } = await db.write(
      [
        query
          .update(counters)
          .set({ count: seen.count + 1, token })
          .where(eq(counters.count, seen.count)),
        query.run(
          sql`INSERT INTO counts SELECT ${token} FROM counters WHERE token = ${token} ON CONFLICT DO NOTHING`,
        ),
      ],
      { counter: query.select().from(counts).where(eq(counts.token, token)) },
    );
    if (counter.length === 1) taken += 1;
    else late += 1;
  }
  return { taken: times, late };
}

if (import.meta.main) {
  const [url = "", name = "", times = ""] = process.argv.slice(2);
  const db = createDatabase(await openClient({ databaseUrl: url, databaseAuthToken: undefined }));
  console.log("ready");
  await once(process.stdin, "data");
  console.log(JSON.stringify(await countUp(db, name, Number(times))));
  db.close();
  process.stdin.destroy();
}
