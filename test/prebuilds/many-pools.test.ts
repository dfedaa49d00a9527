// More pools than one answer of a libSQL server holds: a run reads them in parts, under its lease.
import { expect, onTestFinished, test } from "vitest";
import { reconcile } from "../../src/prebuilds/reconcile/reconcile.ts";
import { fillPools } from "../support/pool-history.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

const presets = 400;

async function start() {
  // A fiftieth of the usual limit.
  const libsql = await startLibsqlServer(["--max-response-size", "200KB"]);
  onTestFinished(() => libsql.stop());
  const trips = { writes: 0, onWrite: (_count: number): Promise<unknown> | undefined => undefined };
  const server = await startTestServer({
    environment: { BELFRY_DATABASE_URL: libsql.url },
    ticking: false,
    wrapClient: (client) => ({
      ...client,
      batch: async (statements, mode) => {
        if (mode === "write") await trips.onWrite((trips.writes += 1));
        return client.batch(statements, mode);
      },
    }),
  });
  const { userId } = await signInFirst(server);
  const organizationId = String((await server.sql("SELECT id FROM organizations"))[0]!["id"]);
  await fillPools({ db: server.db, now: server.clock.now(), organizationId, userId }, presets);
  return { server, trips };
}

test.skipIf(noServer)("all of them are reconciled", async () => {
  const { server } = await start();
  const idle = await reconcile(server.deps(), { forced: true });
  expect(idle.outcome).toBe("done");
  expect(idle.plan!.actions).toEqual([]);
  const ready = idle.plan!.states.filter(({ eligible }) => eligible.length === 2);
  expect(new Set(ready.map(({ pool }) => pool.presetId)).size).toBe(presets);

  await server.sql(
    "UPDATE presets SET desired_instances = 3 WHERE name IN ('preset-3', 'preset-399') RETURNING 1",
  );
  const { done } = await reconcile(server.deps(), { forced: true });
  expect([...done].map(([{ kind, pool }, count]) => [kind, pool.presetName, count])).toEqual([
    ["create", "preset-3", 1],
    ["create", "preset-399", 1],
  ]);
});

test.skipIf(noServer)("a run that loses its lease between two parts ends, and changes nothing", async () => {
  const { server, trips } = await start();
  await server.sql("UPDATE presets SET desired_instances = 3 WHERE name = 'preset-3' RETURNING 1");
  const before = trips.writes;
  trips.onWrite = (count) =>
    count === before + 4
      ? server.sql("UPDATE leases SET token = 'another' WHERE name = 'prebuilds' RETURNING 1")
      : undefined;
  expect((await reconcile(server.deps(), { forced: true })).outcome).toBe("busy");
  expect(trips.writes).toBeGreaterThanOrEqual(before + 4);
  const [row] = await server.sql("SELECT count(*) AS count FROM workspace_builds WHERE status = 'pending'");
  expect(row!["count"]).toBe(0);
});
