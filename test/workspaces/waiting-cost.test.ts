// What it costs on a libSQL server to know what waits for a user: one round trip, and rows that don't grow with past builds,
// other people's workspaces, or presets that work.
import { expect, onTestFinished, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { startTask } from "../support/task.ts";

test.skipIf(noServer)(
  "what waits for a user is one round trip, of rows of their own workspaces",
  async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(() => libsql.stop());
    const meter = createMeter();
    const environment = { BELFRY_DATABASE_URL: libsql.url };
    const { server, token, member, workspaceId, status } = await startTask({
      server: { environment, onTrip: meter.onTrip, onAnswer: meter.onAnswer },
    });
    await status("idle", "Which one?");
    const cost = async (as: string) => {
      await server.settled();
      meter.reset();
      const answer = await server.call("GET", "/api/v2/users/me/waiting", { token: as });
      expect(answer.status).toBe(200);
      await server.settled();
      return { trips: meter.trips, rowsRead: meter.rowsRead, count: answer.json.count };
    };
    // The use of each key is noted once.
    for (const as of [token, member.token]) await cost(as);
    const before = { owner: await cost(token), member: await cost(member.token) };

    const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)";
    await server.sql(`${numbers} INSERT INTO workspace_builds (id, workspace_id, number, version_id, transition, reason,
      stage, initiator_id, status, agent_generation, has_ai_task, created_at, updated_at, completed_at, priority)
    SELECT 'past-' || i, workspace_id, -i, version_id, 'stop', reason, stage, initiator_id, 'failed', agent_generation,
      has_ai_task, created_at, updated_at, completed_at, priority
    FROM workspace_builds, n WHERE workspace_id = '${workspaceId}' AND number = 1`);
    await server.sql(`${numbers} INSERT INTO workspaces (id, owner_id, organization_id, template_id, name,
      automatic_updates, created_at, updated_at, last_used_at)
    SELECT 'other-' || i, (SELECT id FROM users WHERE is_system LIMIT 1), organization_id, template_id, 'other-' || i,
      automatic_updates, created_at, updated_at, last_used_at
    FROM workspaces, n WHERE id = '${workspaceId}'`);
    await server.sql(`${numbers} INSERT INTO presets (id, version_id, name, is_default, desired_instances, created_at)
    SELECT 'preset-' || i, (SELECT active_version_id FROM templates LIMIT 1), 'preset ' || i, 0, 1, 1 FROM n`);
    const after = { owner: await cost(token), member: await cost(member.token) };
    for (const who of ["owner", "member"] as const) {
      expect([who, after[who].trips]).toEqual([who, 1]);
      expect(after[who].rowsRead).toBeLessThan(before[who].rowsRead + 10);
      expect(after[who].count).toBe(before[who].count);
    }
    expect(after.member.count).toBe(1);
  },
);
