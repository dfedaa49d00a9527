// `npm run bench:prebuilds`: what a run over the pools costs on a real libSQL server, with many pools, and with a short and a
// long history. Rows are counted by the server; times are for comparing within one run.
import { sql } from "drizzle-orm";
import { query } from "../../db/client.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { reconcile } from "../../src/prebuilds/reconcile/reconcile.ts";
import { startServer } from "../../src/runtime/server.ts";
import { createMeter } from "../support/meter.ts";
import { addHistory, fillPools, type PoolWorld } from "../support/pool-history.ts";
import { startLibsqlServer } from "../support/sqld.ts";

const presets = Number(process.env["PRESETS"] ?? 1_000);
const short = Number(process.env["SHORT"] ?? 10_000);
const long = Number(process.env["LONG"] ?? 1_000_000);

const many = Number(process.env["MANY"] ?? 10_000);

interface World extends PoolWorld {
  deps: () => Deps;
  presets: number;
}

const meter = createMeter();

/** A server with so many presets, on a libSQL server of its own. */
async function withPresets<T>(presets: number, work: (world: World) => Promise<T>): Promise<T> {
  const libsql = await startLibsqlServer();
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
    const { db, deps } = server;
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
    return await work({ ...world, deps, presets });
  } finally {
    await server.stop();
    await libsql.stop();
  }
}

/** The rows that an idle run reads. */
async function measure({ deps, presets }: World, builds: number): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    meter.reset();
    const started = performance.now();
    const run = await reconcile(deps(), { forced: true });
    times.push(performance.now() - started);
    if (run.outcome !== "done" || run.plan!.actions.length > 0 || run.plan!.states.length !== presets)
      throw new Error(`The run was to be idle: ${run.outcome}, ${run.plan?.actions[0]?.reason}`);
  }
  const median = times.toSorted((a, b) => a - b)[2]!;
  const each = (meter.rowsRead / presets).toFixed(1);
  console.log(
    `${builds} finished builds, ${presets} presets: ${meter.trips} trips, ${meter.rowsRead} rows read (${each} a preset), ${median.toFixed(0)} ms`,
  );
  return meter.rowsRead;
}

await withPresets(many, (world) => measure(world, 0));
await withPresets(presets, async (world) => {
  await measure(world, 0);
  const from = await addHistory(world, { builds: short, presets, from: presets * 2 });
  const before = await measure(world, short);
  await addHistory(world, { builds: long - short, presets, from });
  const after = await measure(world, long);
  const growth = (after / before - 1) * 100;
  console.log(`rows read: ${growth.toFixed(1)} % more with ${long / short} times the history`);
  process.exitCode = growth < 10 ? 0 : 1;
});
