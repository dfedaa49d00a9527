// What the reports of agents cost on a real libSQL server: round trips, and rows that the server reads for them. Neither
// may grow with what an app has reported before.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { workspaceAppStatuses } from "../../db/schema.ts";
import { createMeter } from "../support/meter.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";
import { startTask } from "../support/task.ts";

describe.skipIf(noServer)("on a libSQL server", () => {
  let libsql: LibsqlServer;
  beforeAll(async () => {
    libsql = await startLibsqlServer();
  });
  afterAll(() => libsql.stop());

  test("a report takes two round trips, and the same rows after many reports as after few", async () => {
    const meter = createMeter();
    const { server, status, lifecycle, workspaceId, workspace } = await startTask({
      server: {
        adapter: "plain",
        environment: { BELFRY_DATABASE_URL: libsql.url },
        onTrip: meter.onTrip,
        onAnswer: meter.onAnswer,
      },
    });
    async function cost(request: () => Promise<unknown>) {
      await server.settled();
      meter.reset();
      await request();
      await server.settled();
      return { trips: meter.trips, rowsRead: meter.rowsRead };
    }
    async function fill(count: number) {
      const { app_id: appId } = (await workspace()).latest_app_status!;
      const { now, newId } = server.deps();
      const rows = Array.from({ length: count }, () => ({
        id: newId(),
        appId,
        workspaceId,
        state: "working" as const,
        message: "x",
        createdAt: now(),
        stateSince: now(),
        superseded: true,
      }));
      await server.db.write(insertRows(workspaceAppStatuses, rows), {});
    }
    const table = async () => ({
      lifecycle: await cost(() => lifecycle("ready")),
      "the same state": await cost(() => status("working")),
      "a change that notifies": await cost(() => status("idle")),
      "the next": await cost(() => status("working")),
      workspace: await cost(() => workspace()),
      "idle tick": await cost(() => server.runTick()),
    });
    await status("working");
    await fill(20);
    await table();
    const some = await table();
    await fill(5_000);
    const much = await table();
    console.table(much);
    expect(Object.values(much).map(({ trips }) => trips)).toEqual([2, 2, 2, 2, 1, 2]);
    for (const [name, { rowsRead }] of Object.entries(much)) {
      expect(rowsRead, name).toBeLessThanOrEqual(some[name as keyof typeof some].rowsRead + 5);
      expect(rowsRead, name).toBeLessThanOrEqual(240);
    }
  });
});
