// Rows that a libSQL server writes for a notification, with those of each index: what a hosted database bills.
import { expect, test } from "vitest";
import { startMetered } from "../support/metered.ts";
import { type TestServer } from "../support/server.ts";
import { noServer } from "../support/sqld.ts";
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
    const { server, receiver, cost, token, userId, stopDatabase } = await startMetered();
    try {
      const { templateId } = await addTemplate(server, userId);
      await addAdmins(server);
      await server.sql(`INSERT INTO user_roles (user_id, role) SELECT id, 'template-admin' FROM users
      WHERE username LIKE 'admin-%' RETURNING 1`);
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
      await stopDatabase();
    }
  },
);

test.skipIf(noServer)("a notification reads as many rows behind a backlog of its own channel", async () => {
  const { server, cost, token, stopDatabase } = await startMetered();
  try {
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    async function rowsRead(title: string) {
      const json = { content: { title, message: "x" } };
      return (await cost(() => server.call("POST", "/api/v2/notifications/custom", { token, json }))).read;
    }
    await rowsRead("first");
    const alone = await rowsRead("second");
    for (let title = 0; title < 60; title += 1) await rowsRead(`backlog ${title}`);
    expect(await rowsRead("last")).toBeLessThanOrEqual(alone * 1.2);
  } finally {
    await stopDatabase();
  }
});
