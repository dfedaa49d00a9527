// What ends a situation, cut at every batch, before and after it is done, and raced by deliveries: nothing is ever over and
// unread, and nothing is sent of it afterwards.
import { expect, test } from "vitest";
import { claimMessages } from "../../src/notifications/delivery/store/claims.ts";
import { groupByKind } from "../../src/notifications/delivery/rules/totals.ts";
import { endSent, insertSentItems } from "../../src/notifications/delivery/store/outcomes.ts";
import { createCutter, type Cut } from "../support/adapters.ts";
import { startPools } from "../support/pools.ts";
import { addUser, type TestServer } from "../support/server.ts";
import { startTask } from "../support/task.ts";

/** What must never be, whatever was cut. */
const wrong = async (server: TestServer) => ({
  unreadButOver: (
    await server.sql(`SELECT s.key FROM inbox_notifications n JOIN situations s ON s.id = n.situation_id
      WHERE s.resolved_at IS NOT NULL AND n.read_at IS NULL`)
  ).length,
  toBeSentButOver: (
    await server.sql(`SELECT s.key FROM notification_messages m JOIN notification_events e ON e.id = m.event_id
      JOIN situations s ON s.id = e.situation_id WHERE s.resolved_at IS NOT NULL AND m.due_at IS NOT NULL
        AND m.status <> 'leased'`)
  ).length,
  twoRows: (
    await server.sql(`SELECT n.user_id FROM inbox_notifications n WHERE n.situation_id IS NOT NULL
      AND n.folded_at IS NULL GROUP BY n.user_id, n.situation_id HAVING count(*) > 1`)
  ).length,
  lonely: (
    await server.sql(`SELECT n.id FROM inbox_notifications n JOIN notification_messages m ON m.id = n.id
      JOIN notification_events e ON e.id = m.event_id WHERE e.situation_id IS NOT n.situation_id`)
  ).length,
});
const nothing = { unreadButOver: 0, toBeSentButOver: 0, twoRows: 0, lonely: 0 };

const dwell = 30_000;
const calm = { BELFRY_TASK_NOTIFICATIONS: "calm", BELFRY_TASK_IDLE_DWELL: "30s" };

test("a task that waits and works again, whose notification is delayed", async () => {
  const cutter = createCutter();
  const { server, status } = await startTask({
    server: { wrapClient: cutter.wrapClient, environment: calm },
  });
  await status("working");
  const turn = async (place: Cut | undefined) => {
    cutter.cut(place);
    await status("idle");
    server.clock.advance(dwell);
    await server.runTick();
    server.clock.advance(60_000);
    await status("working");
    await server.settled();
    const batches = cutter.mend();
    expect(await wrong(server)).toEqual(nothing);
    await status("idle");
    await status("working");
    // What was taken when it was cut is free again.
    server.clock.advance(3 * 60_000);
    await server.runTick();
    await server.settled();
    expect(await wrong(server)).toEqual(nothing);
    const open = await server.sql("SELECT key FROM situations WHERE resolved_at IS NULL");
    expect(open).toEqual([]);
    return batches;
  };
  const whole = await turn(undefined);
  expect(whole).toBeGreaterThan(4);
  for (let at = 1; at <= whole; at += 1) for (const done of [false, true]) await turn({ at, done });
});

test("a pool that reaches its limit and is resumed", async () => {
  const cutter = createCutter();
  const pools = await startPools(
    {},
    {
      wrapClient: cutter.wrapClient,
      environment: {
        BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "1",
        BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: "0s",
      },
    },
  );
  const { server, presetId, api } = pools;
  await addUser(server, "tess", ["template-admin"]);
  const resume = () => api("POST", `/prebuilds/presets/${presetId}/resume`);
  const turn = async (place: Cut | undefined) => {
    await server.runTick();
    await pools.fail();
    server.clock.advance(60_000);
    cutter.cut(place);
    await server.runTick();
    await resume();
    await server.settled();
    const batches = cutter.mend();
    expect(await wrong(server)).toEqual(nothing);
    server.clock.advance(20 * 60_000);
    expect((await resume()).status).toBe(200);
    await server.settled();
    expect(await wrong(server)).toEqual(nothing);
    expect(await server.sql("SELECT key FROM situations WHERE resolved_at IS NULL")).toEqual([]);
    return batches;
  };
  const whole = await turn(undefined);
  for (let at = 1; at <= whole; at += 1) for (const done of [false, true]) await turn({ at, done });
  expect((await server.sql("SELECT count(*) AS n FROM situations"))[0]!["n"]).toBeGreaterThan(1);
});

test("a delivery to the inbox that is under way when the task works again leaves nothing", async () => {
  const { server, status } = await startTask({ server: { environment: calm } });
  await status("working");
  await status("idle");
  server.clock.advance(dwell);
  const now = server.clock.now();
  const claim = {
    queue: { method: "inbox", receiverId: null },
    lease: { token: "t1", method: "inbox", until: now + 60_000 },
    now,
    limit: 10,
    held: [],
  } as const;
  await server.db.write(claimMessages(claim), {});
  const [message] = await server.sql(`SELECT m.id, m.user_id, e.template_id FROM notification_messages m
    JOIN notification_events e ON e.id = m.event_id WHERE m.lease_token = 't1'`);
  await status("working");
  const id = String(message!["id"]);
  const item = {
    id,
    userId: String(message!["user_id"]),
    templateId: String(message!["template_id"]),
    targets: "[]",
    title: "late",
    content: "",
    icon: "",
    actions: "[]",
    createdAt: now,
  };
  const [group] = groupByKind([
    {
      id,
      token: "t1",
      method: "inbox",
      templateId: item.templateId,
      attempt: 1,
      createdAt: now,
      startedAt: now,
      finishedAt: now,
      outcome: "sent",
      status: "sent",
      reason: null,
    },
  ]);
  await server.db.write([...endSent(group!), ...insertSentItems([item])], {});
  expect(await server.sql("SELECT id FROM inbox_notifications WHERE title = 'late'")).toEqual([]);
  expect(
    await server.sql(
      `SELECT status, reasons ->> '$[#-1]' AS reason FROM notification_messages WHERE id = '${id}'`,
    ),
  ).toEqual([{ status: "inhibited", reason: "resolved" }]);
});
