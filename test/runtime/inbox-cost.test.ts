// What an inbox costs with 100, 4,000 and more than 100,000 notifications, read and unread, on a real libSQL server.
import { expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get } from "../support/pages.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";

test.skipIf(noServer)(
  "pages take one round trip, and read as much in a long inbox as in a short one",
  async () => {
    const libsql = await startLibsqlServer();
    try {
      const meter = createMeter();
      const server = await startTestServer({
        adapter: "plain",
        environment: { BELFRY_DATABASE_URL: libsql.url },
        onTrip: meter.onTrip,
        onAnswer: meter.onAnswer,
      });
      const { token, userId } = await signInFirst(server);
      const cookie = cookieFor(token);

      const fill = (count: number) =>
        server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
        INSERT INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, read_at, created_at)
        SELECT lower(hex(randomblob(16))), '${userId}', '${customTemplate}', '[]', 'title', 'text', '', '[]',
          iif(i % 2, NULL, 1), ${server.deps().now() - 1_000} FROM n`);
      async function cost(request: () => Promise<{ status: number }>) {
        await server.settled();
        meter.reset();
        expect((await request()).status).toBe(200);
        return { trips: meter.trips, rowsRead: meter.rowsRead };
      }
      const table = async () => ({
        inbox: await cost(() => get(server, "/inbox", cookie)),
        unread: await cost(() => get(server, "/inbox?show=unread", cookie)),
        workspaces: await cost(() => get(server, "/workspaces", cookie)),
        api: await cost(() => server.call("GET", "/api/v2/notifications/inbox", { token })),
      });

      await fill(100);
      const small = await table();
      // Beyond 1,000 unread ones nothing more is counted.
      await fill(3_900);
      const short = await table();
      expect((await get(server, "/workspaces", cookie)).text).toMatch(/<title>\(999\+\) /);
      for (let filled = 0; filled < 100_000; filled += 10_000) await fill(10_000);
      const long = await table();
      console.table(long);
      expect(Object.values(long).map(({ trips }) => trips)).toEqual([1, 1, 1, 1]);
      expect(Object.values(small).map(({ trips }) => trips)).toEqual([1, 1, 1, 1]);
      for (const [name, { rowsRead }] of Object.entries(small))
        expect(rowsRead).toBeLessThan(short[name as keyof typeof short].rowsRead);
      for (const [name, { rowsRead }] of Object.entries(long))
        expect([name, rowsRead]).toEqual([name, short[name as keyof typeof short].rowsRead]);
    } finally {
      await libsql.stop();
    }
  },
);
