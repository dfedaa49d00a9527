// Rows that a libSQL server writes for a notification, with those of each index: what a hosted database bills.
import { expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { startReceiver } from "../support/receiver.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { addTemplate } from "../support/workspaces.ts";

const admins = 500;

/** Copies of the first user, with a role. */
const addAdmins = (server: TestServer) =>
  server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${admins})
    INSERT INTO users (id, username, email, email_canonical, name, status, is_system, created_at, updated_at)
    SELECT 'admin-' || i, 'admin-' || i, 'admin-' || i || '@example.com', 'admin-' || i || '@example.com', '', 'active', 0, 1, 1
    FROM n RETURNING 1`);

test.skipIf(noServer)(
  "a notification writes few rows, and one that is off by default none for each admin",
  async () => {
    const libsql = await startLibsqlServer();
    try {
      const meter = createMeter();
      const receiver = await startReceiver();
      const server = await startTestServer({
        adapter: "plain",
        environment: {
          BELFRY_DATABASE_URL: libsql.url,
          BELFRY_NOTIFICATIONS_METHOD: "webhook",
          BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
        },
        onTrip: meter.onTrip,
        onAnswer: meter.onAnswer,
      });
      const { token, userId } = await signInFirst(server);
      const { templateId } = await addTemplate(server, userId);
      await addAdmins(server);
      await server.sql(`INSERT INTO user_roles (user_id, role) SELECT id, 'template-admin' FROM users
      WHERE username LIKE 'admin-%' RETURNING 1`);
      async function cost(request: () => Promise<unknown>) {
        await server.settled();
        meter.reset();
        await request();
        await server.settled();
        return { trips: meter.trips, read: meter.rowsRead, written: meter.rowsWritten };
      }
      const custom = (title: string) =>
        server.call("POST", "/api/v2/notifications/custom", {
          token,
          json: { content: { title, message: "x" } },
        });
      const create = (name: string) =>
        server.call("POST", "/api/v2/users/me/workspaces", {
          token,
          json: { name, template_id: templateId },
        });
      await custom("first");
      await create("first");
      await receiver.wait(1);
      const table = {
        "notification to inbox and webhook": await cost(async () => {
          await custom("second");
          await receiver.wait(2);
        }),
        "new workspace, 500 template admins": await cost(() => create("second")),
      };
      console.table(table);
      expect(table["notification to inbox and webhook"].written).toBeLessThanOrEqual(23);
      expect(table["new workspace, 500 template admins"].written).toBeLessThanOrEqual(40);
    } finally {
      await libsql.stop();
    }
  },
);

test.skipIf(noServer)("a notification reads as many rows behind a backlog of its own channel", async () => {
  const libsql = await startLibsqlServer();
  try {
    const meter = createMeter();
    const receiver = await startReceiver();
    const server = await startTestServer({
      adapter: "plain",
      environment: {
        BELFRY_DATABASE_URL: libsql.url,
        BELFRY_NOTIFICATIONS_METHOD: "webhook",
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      },
      onTrip: meter.onTrip,
      onAnswer: meter.onAnswer,
    });
    const { token } = await signInFirst(server);
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    async function cost(title: string) {
      await server.settled();
      meter.reset();
      const json = { content: { title, message: "x" } };
      await server.call("POST", "/api/v2/notifications/custom", { token, json });
      await server.settled();
      return meter.rowsRead;
    }
    await cost("first");
    const alone = await cost("second");
    for (let title = 0; title < 60; title += 1) await cost(`backlog ${title}`);
    expect(await cost("last")).toBeLessThanOrEqual(alone * 1.2);
  } finally {
    await libsql.stop();
  }
});
