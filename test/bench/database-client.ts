// `npm run bench:database`: our client of a libSQL server beside the official one, over the same connections to the same
// server. The figures are for comparing within one run.
import { sql } from "drizzle-orm";
import { createDatabase, query } from "../../db/client.ts";
import { openClient } from "../../src/runtime/database.ts";
import { startLibsqlServer } from "../support/sqld.ts";

const batches = Number(process.env["BATCHES"] ?? 300);
const server = await startLibsqlServer();
const setUp = await openClient({ databaseUrl: server.url, databaseAuthToken: undefined });
await setUp.batch(["CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"], "write");
setUp.close();

const reads = () => ({
  last: query.all(sql`SELECT id, text FROM kept ORDER BY id DESC LIMIT 50`),
  count: query.all(sql`SELECT count(*) AS n FROM kept`),
});
const put = (text: string) => query.run(sql`INSERT INTO kept (text) VALUES (${text})`);

async function measure(databaseClient: "belfry" | "official") {
  let answers = 0;
  const client = await openClient(
    { databaseUrl: server.url, databaseAuthToken: undefined, databaseClient },
    { onAnswer: () => (answers += 1) },
  );
  const db = createDatabase(client);
  for (let warm = 0; warm < 30; warm += 1) await db.write([put("warm")], reads());
  answers = 0;
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let at = 0; at < batches; at += 1) {
    const began = performance.now();
    if (at % 2 === 0) await db.read(reads());
    else await db.write([put(`text ${at}`)], reads());
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(before);
  db.close();
  const median = times.toSorted((a, b) => a - b)[Math.floor(batches / 2)]!;
  return {
    client: databaseClient,
    "requests per batch": answers / batches,
    "median ms": Number(median.toFixed(2)),
    "cpu ms per batch": Number(((user + system) / 1_000 / batches).toFixed(2)),
  };
}

const rounds = [];
for (let round = 0; round < 3; round += 1)
  for (const client of ["belfry", "official"] as const) rounds.push(await measure(client));
console.table(rounds);
await server.stop();
