// What sessions cost on a libSQL server: a change of state is two round trips, whose rows don't grow with ended sessions, other
// users' sessions, or old notifications. A tick without anything due is two, however many sessions work and wait.
import { expect, onTestFinished, test } from "vitest";
import { startSessions } from "../support/agent-sessions.ts";
import { createMeter } from "../support/meter.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

const numbers = (count: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;

test.skipIf(noServer)("a change of state is two round trips, of rows of the session alone", async () => {
  const libsql = await startLibsqlServer();
  onTestFinished(() => libsql.stop());
  const meter = createMeter();
  const { server, mia, report } = await startSessions({
    environment: { BELFRY_DATABASE_URL: libsql.url },
    adapter: "plain",
    onTrip: meter.onTrip,
    onAnswer: meter.onAnswer,
  });
  const measure = async (work: () => Promise<unknown>) => {
    await server.settled();
    meter.reset();
    await work();
    // What is delivered after the response isn't part of it.
    const { trips, rowsRead, rowsWritten } = meter;
    await server.settled();
    return { trips, rowsRead, rowsWritten };
  };
  /** The costs of each change, by its name. */
  const costs = async (key: string) => {
    const all: Record<string, Awaited<ReturnType<typeof measure>>> = {};
    for (const state of ["working", "working", "waiting", "working", "done", "working", "failed"]) {
      const name = `${Object.keys(all).length} ${state}`;
      all[name] = await measure(() => report(key, state));
      server.clock.advance(1_000);
    }
    all["list"] = await measure(() =>
      server.call("GET", "/api/v2/agent-sessions?limit=3", { token: mia.token }),
    );
    all["waiting"] = await measure(() =>
      server.call("GET", "/api/v2/users/me/waiting", { token: mia.token }),
    );
    all["tick"] = await measure(() => server.runTick());
    return all;
  };
  const session = (prefix: string, user: string, state: string, ended: string) =>
    server.sql(`${numbers(500)} INSERT INTO agent_sessions (id, user_id, key, state, title, message, is_task, created_at,
      state_since, seen_at, ended_at, minute_at, minute_changes, change_id)
    SELECT '${prefix}' || i, (SELECT id FROM users WHERE username = '${user}'), '${prefix}' || i, '${state}', 'x', '', 0,
      1, 1, ${server.clock.now()}, ${ended}, 1, 0, 'x' FROM n`);
  for (const key of ["x", "y", "z"]) await report(key, "done");
  await server.sql("UPDATE agent_sessions SET ended_at = ended_at + 1000000");
  // What a process asks once is asked.
  await costs("warm");
  const before = await costs("a");
  await session("ended", "mia", "done", `${server.clock.now()}`);
  await session("other", "ada", "done", `${server.clock.now()}`);
  await session("live", "ada", "working", "NULL");
  await session("waits", "ada", "waiting", "NULL");
  const after = await costs("b");
  for (const [name, { trips }] of Object.entries(after))
    expect([name, trips]).toEqual([name, name === "list" || name === "waiting" ? 1 : 2]);
  // A tick looks at the messages that are due within the time of a lease, of which the later changes have left more.
  const dueSoon = after["tick"]!.rowsRead - before["tick"]!.rowsRead;
  expect(dueSoon).toBeLessThan(8);
  after["tick"]!.rowsRead -= dueSoon;
  expect(after).toEqual(before);
});
