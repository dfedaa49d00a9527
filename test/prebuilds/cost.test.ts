// What a pass over the pools costs on a real libSQL server: what lies behind it is not read. `npm run bench:prebuilds` does
// the same with a thousand presets and a million builds.
import { sql } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test, vi } from "vitest";
import { query } from "../../db/client.ts";
import { reconcile } from "../../src/prebuilds/reconcile/reconcile.ts";
import { createMeter } from "../support/meter.ts";
import { addHistory, fillPools } from "../support/pool-history.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { organizationOf } from "../support/workspaces.ts";

const presets = 50;

/** A run over many pools of a file, with the statements and rows of each write, and the pauses before it. */
async function startRun(pools: number) {
  interface Write {
    statements: number;
    rows: number;
    /** Whether timers had their turn since the write before. */
    waited: boolean;
  }
  const writes: Write[] = [];
  /** Presets whose values each read asks for. */
  const asked: number[] = [];
  let hadTurn = true;
  const server = await startTestServer({
    adapter: "plain",
    environment: { BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING: "1000" },
    onStatement: undefined,
    wrapClient: (client) => ({
      ...client,
      batch: async (statements, mode) => {
        for (const one of statements) {
          if (
            typeof one !== "object" ||
            !("sql" in one) ||
            !/FROM preset_parameters\s+WHERE preset_id IN/.test(one.sql)
          )
            continue;
          asked.push((JSON.parse(String((one.args as unknown[])[0])) as string[]).length);
        }
        const results = await client.batch(statements, mode);
        if (mode === "write") {
          const rows = results.reduce((sum, result) => sum + result.rows.length, 0);
          writes.push({ statements: statements.length, rows, waited: hadTurn });
          hadTurn = false;
          // Shorter than a pause, longer than what comes between two writes without one.
          setTimeout(() => (hadTurn = true), 5);
        }
        return results;
      },
    }),
  });
  const { userId } = await signInFirst(server);
  const organizationId = String((await server.sql("SELECT id FROM organizations"))[0]!["id"]);
  await fillPools({ db: server.db, now: server.clock.now(), organizationId, userId }, pools);
  const run = async () => {
    await server.settled();
    writes.length = 0;
    const { plan, done } = await reconcile(server.deps(), { forced: true });
    expect(plan!.states).toHaveLength(pools);
    return [...done].reduce((sum, [, count]) => sum + count, 0);
  };
  return { server, writes, asked, run };
}

test("A run that creates 200 workspaces writes 25 at a time, with pauses, and builds no SQL text again", async () => {
  const { server, writes, run } = await startRun(presets);
  await server.sql("UPDATE presets SET desired_instances = 3");
  expect(await run()).toBe(presets);
  const texts = vi.spyOn(SQLiteAsyncDialect.prototype, "sqlToQuery");
  onTestFinished(() => texts.mockRestore());
  await server.sql("UPDATE presets SET desired_instances = 7");
  const built = texts.mock.calls.length;
  expect(await run()).toBe(4 * presets);
  const slices = writes.filter(({ statements }) => statements > 25);
  expect(slices).toHaveLength(8);
  expect(slices.slice(1).filter(({ waited }) => !waited)).toEqual([]);
  // What the run reads and writes besides, but nothing for each workspace.
  expect(texts.mock.calls.length - built).toBeLessThan(2 * presets);
  texts.mockClear();
  // Canceled or deleted.
  await server.sql("UPDATE templates SET deprecation_message = 'Use another'");
  expect(await run()).toBe(7 * presets);
  expect(texts.mock.calls.length).toBeLessThan(2 * presets);
});

test("A run over 250 pools reads at most 100 at a time, with pauses, and pauses in its log", async () => {
  const { server, writes, asked, run } = await startRun(250);
  expect(await run()).toBe(0);
  // Each pool has two workspaces.
  const parts = writes.filter(({ rows }) => rows > 100);
  expect(parts.map(({ rows }) => Math.floor(rows / 3))).toEqual([100, 100, 50].map((few) => few + 1));
  expect(parts.slice(1).filter(({ waited }) => !waited)).toEqual([]);

  await server.sql("UPDATE presets SET desired_instances = 3");
  const lines: number[] = [];
  const { push } = server.logs;
  let turn = 0;
  const timer = setInterval(() => (turn += 1), 1);
  onTestFinished(() => clearInterval(timer));
  server.logs.push = (line) => {
    if (line.includes("prebuild pool changed")) lines.push(turn);
    return push.call(server.logs, line);
  };
  expect(await run()).toBe(250);
  const together = Math.max(...[...Map.groupBy(lines, (at) => at).values()].map(({ length }) => length));
  expect([lines.length, together]).toEqual([250, 100]);
  expect(asked).toEqual([100, 100, 50]);
});

test.skipIf(noServer)("An idle pass reads as much behind ten times the history, in two trips", async () => {
  const libsql = await startLibsqlServer();
  onTestFinished(() => libsql.stop());
  const meter = createMeter();
  const server = await startTestServer({
    environment: { BELFRY_DATABASE_URL: libsql.url },
    onTrip: meter.onTrip,
    onAnswer: meter.onAnswer,
  });
  const { userId } = await signInFirst(server);
  const organizationId = await organizationOf(server);
  const { db } = server;
  const world = { db, now: server.clock.now(), organizationId, userId };
  await fillPools(world, presets);
  const measure = async () => {
    meter.reset();
    const { plan } = await reconcile(server.deps(), { forced: true });
    expect(plan!.actions).toEqual([]);
    expect(plan!.states.filter(({ eligible }) => eligible.length === 2).length).toBe(presets);
    return { trips: meter.trips, rows: meter.rowsRead };
  };
  const from = await addHistory(world, { builds: 500, presets, from: presets * 2 });
  const before = await measure();
  await addHistory(world, { builds: 4_500, presets, from });
  const after = await measure();
  // The failed ones in the pools are there, and are not what is read.
  const [{ count } = { count: 0 }] = (
    await db.read({
      rows: query.all<{ count: number }>(
        sql`SELECT count(*) AS count FROM workspace_builds WHERE pool_preset_id IS NOT NULL AND status = 'failed'`,
      ),
    })
  ).rows;
  expect(count).toBe(500);
  expect(before.trips).toBe(2);
  expect(after.trips).toBe(2);
  expect(after.rows / before.rows).toBeLessThan(1.1);
  expect(after.rows / presets).toBeLessThan(60);
});
