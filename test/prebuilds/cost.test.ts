// What a pass over the pools costs on a real libSQL server: what lies behind it is not read. `npm run bench:prebuilds` does
// the same with a thousand presets and a million builds.
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { query } from "../../db/client.ts";
import { reconcile } from "../../src/prebuilds/reconcile/reconcile.ts";
import { createMeter } from "../support/meter.ts";
import { addHistory, fillPools } from "../support/pool-history.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { organizationOf } from "../support/workspaces.ts";

const presets = 50;

test("A run that creates 200 workspaces writes 25 at a time, and other requests are served in between", async () => {
  const writes: number[] = [];
  const server = await startTestServer({
    adapter: "plain",
    environment: { BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING: "1000" },
    onTrip: ({ mode, statements }) => mode === "write" && writes.push(statements),
  });
  const { userId } = await signInFirst(server);
  const organizationId = String((await server.sql("SELECT id FROM organizations"))[0]!["id"]);
  const { db } = server;
  await fillPools({ db, now: server.clock.now(), organizationId, userId }, presets);
  await server.sql("UPDATE presets SET desired_instances = 6");
  writes.length = 0;
  const reconciling = reconcile(server.deps(), { forced: true });
  let served = 0;
  const serve = async () => {
    while (!isDone) served += (await server.call("GET", "/healthz")).status === 200 ? 1 : 0;
  };
  let isDone = false;
  const serving = serve();
  const { done } = await reconciling;
  isDone = true;
  await serving;
  expect([...done.values()].reduce((sum, count) => sum + count, 0)).toBe(4 * presets);
  const slices = writes.filter((statements) => statements > 25);
  expect(slices).toHaveLength(8);
  // Requests come to their end while it runs, one for each slice at least.
  expect(served).toBeGreaterThanOrEqual(8);
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
