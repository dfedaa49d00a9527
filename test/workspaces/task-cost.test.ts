// What the list of AI tasks costs on a libSQL server: one round trip, and rows that don't grow with a task's past.
import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { workspaceAppStatuses } from "../../db/schema.ts";
import { createMeter } from "../support/meter.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { startTask } from "../support/task.ts";

test.skipIf(noServer)(
  "The list of tasks is one round trip, however many builds and statuses there were",
  async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(() => libsql.stop());
    const meter = createMeter();
    const environment = { BELFRY_DATABASE_URL: libsql.url };
    const { server, member, workspace, workspaceId, status } = await startTask({
      server: { environment, onTrip: meter.onTrip, onAnswer: meter.onAnswer },
    });
    await status("working", "Reading");
    const cost = async (path: string) => {
      await server.settled();
      meter.reset();
      const answer = await server.call("GET", `/api/v2/tasks${path}`, { token: member.token });
      expect(answer.status).toBe(200);
      await server.settled();
      return { trips: meter.trips, rowsRead: meter.rowsRead };
    };
    // The key's use is noted once.
    await cost("");
    const before = { list: await cost("?q=owner:me"), one: await cost("/me/fix-bug") };

    // Builds of before, numbered from below.
    await server.sql(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
    INSERT INTO workspace_builds (id, workspace_id, number, version_id, transition, reason, stage, initiator_id, status,
      agent_generation, has_ai_task, created_at, updated_at, priority)
    SELECT 'past-' || i, workspace_id, -i, version_id, 'stop', reason, stage, initiator_id, 'succeeded',
      agent_generation, has_ai_task, created_at, updated_at, priority
    FROM workspace_builds, n WHERE workspace_id = '${workspaceId}' AND number = 1`);
    const { app_id: appId } = (await workspace()).latest_app_status!;
    const statuses = Array.from({ length: 300 }, () => ({
      id: randomUUID(),
      appId,
      workspaceId,
      state: "working" as const,
      message: "x",
      uri: null,
      createdAt: 1,
      stateSince: 1,
      superseded: true,
    }));
    await server.db.write(insertRows(workspaceAppStatuses, statuses), {});
    const after = { list: await cost("?q=owner:me"), one: await cost("/me/fix-bug") };
    console.table({ ...before, "list, after": after.list, "one, after": after.one });
    // An app is shown with its last ten statuses.
    for (const route of ["list", "one"] as const) {
      expect(after[route].trips).toBe(1);
      expect(after[route].rowsRead).toBeLessThan(before[route].rowsRead + 60);
    }
  },
);
