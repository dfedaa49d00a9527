// `npm run bench:prebuilds`: what a pass over the pools costs on a real libSQL server, with a short and with a long history
// behind it. Rows are counted by the server; times are for comparing within one run.
import { sql } from "drizzle-orm";
import { query } from "../../db/client.ts";
import { reconcile } from "../../src/prebuilds/reconcile/reconcile.ts";
import { startServer } from "../../src/runtime/server.ts";
import { createMeter } from "../support/meter.ts";
import { addHistory, fillPools } from "../support/pool-history.ts";
import { startLibsqlServer } from "../support/sqld.ts";

const presets = Number(process.env["PRESETS"] ?? 1_000);
const short = Number(process.env["SHORT"] ?? 10_000);
const long = Number(process.env["LONG"] ?? 1_000_000);

const libsql = await startLibsqlServer();
const meter = createMeter();
const server = await startServer(
  {
    BELFRY_DATABASE_URL: libsql.url,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    BELFRY_LOG_LEVEL: "warn",
  },
  {
    write: (line) => console.error(line),
    terminal: false,
    ticking: false,
    onTrip: meter.onTrip,
    onAnswer: meter.onAnswer,
  },
);
try {
  const { db } = server;
  const [organization] = (
    await db.read({ rows: query.all<{ id: string }>(sql`SELECT id FROM organizations`) })
  ).rows;
  const world = { db, now: Date.now(), organizationId: organization!.id, userId: crypto.randomUUID() };
  await db.write(
    [
      query.run(sql`INSERT INTO users (id, username, email, name, status, is_system, created_at, updated_at)
        VALUES (${world.userId}, 'bench', 'bench@example.com', '', 'active', 0, 0, 0)`),
    ],
    {},
  );
  await fillPools(world, presets);
  const from = await addHistory(world, { builds: short, presets, from: presets * 2 });
  const before = await measure(short);
  await addHistory(world, { builds: long - short, presets, from });
  const after = await measure(long);
  const growth = (after / before - 1) * 100;
  console.log(`rows read: ${growth.toFixed(1)} % more with ${long / short} times the history`);
  process.exitCode = growth < 10 ? 0 : 1;
} finally {
  await server.stop();
  await libsql.stop();
}

/** The rows that an idle pass reads. */
async function measure(builds: number): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    meter.reset();
    const started = performance.now();
    const pass = await reconcile(server.deps(), { forced: true });
    times.push(performance.now() - started);
    if (pass.outcome !== "done" || pass.plan!.actions.length > 0)
      throw new Error(`The pass was to be idle: ${pass.outcome}, ${pass.plan?.actions[0]?.reason}`);
  }
  const median = times.toSorted((a, b) => a - b)[2]!;
  const each = (meter.rowsRead / presets).toFixed(1);
  console.log(
    `${builds} finished builds, ${presets} presets: ${meter.trips} trips, ${meter.rowsRead} rows read (${each} a preset), ${median.toFixed(0)} ms`,
  );
  return meter.rowsRead;
}
