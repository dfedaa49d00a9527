// What is more than a libSQL server takes or gives at once: recognised, reported with a remedy, and nothing else is blocked.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDatabase, query, type Statement, withShrinkingBatch } from "../../db/client.ts";
import { DatabaseError } from "../../db/errors.ts";
import { openClient } from "../../src/runtime/database.ts";
import { frameOf, openEvents } from "../support/events.ts";
import { createMeter } from "../support/meter.ts";
import { startReceiver } from "../support/receiver.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";

let libsql: LibsqlServer;
beforeAll(async () => {
  if (!noServer) libsql = await startLibsqlServer();
});
afterAll(() => libsql?.stop());

describe("fewer at a time", () => {
  const refuseAbove = (most: number, asked: number[]) => async (limit: number) => {
    asked.push(limit);
    if (limit > most) throw new DatabaseError("too_large", "Response is too large", undefined);
    return { rows: limit };
  };

  test("are asked for until it is little enough, and no fewer", async () => {
    const asked: number[] = [];
    expect(await withShrinkingBatch(50, refuseAbove(10, asked))).toEqual({ rows: 7, limit: 7 });
    expect(asked).toEqual([50, 25, 13, 7]);
  });

  test("a single one that is too large is reported, and so is every other failure", async () => {
    const asked: number[] = [];
    await expect(withShrinkingBatch(4, refuseAbove(0, asked))).rejects.toThrow("too large");
    expect(asked).toEqual([4, 2, 1]);
    const gone = new DatabaseError("unavailable", "gone", undefined);
    await expect(withShrinkingBatch(4, () => Promise.reject(gone))).rejects.toBe(gone);
  });
});

describe.skipIf(noServer)("a libSQL server", () => {
  const put = (text: string) => query.run(sql`INSERT INTO kept VALUES (${text})`);
  const large = (megabytes: number) =>
    query.all<{ text: string }>(sql`SELECT hex(zeroblob(500000)) AS text FROM
      (WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${megabytes}) SELECT i FROM c)`);
  const count = () => ({ count: query.all<{ n: number }>(sql`SELECT count(*) AS n FROM kept`) });

  const cases: [what: string, code: string, changes: Statement[], answer: Statement | undefined][] = [
    ["a value of 5 MB", "SQLITE_TOOBIG", [put("x".repeat(5_000_000))], undefined],
    ["a value of 9 MB", "ARGS_INVALID", [put("x".repeat(9_000_000))], undefined],
    ["an answer of 11 MB", "RESPONSE_TOO_LARGE", [put("x")], large(11)],
  ];
  test.each(cases)(
    "refuses %s: too_large by %s, at once, and nothing is kept",
    async (...[, code, changes, answer]) => {
      const client = await openClient({ databaseUrl: libsql.url, databaseAuthToken: undefined });
      onTestFinished(() => client.close());
      await client.batch(["DROP TABLE IF EXISTS kept", "CREATE TABLE kept (text TEXT)"], "write");
      const meter = createMeter();
      const db = createDatabase(client, meter);
      const writing = db.write(changes, answer === undefined ? {} : { answer });
      await expect(writing).rejects.toMatchObject({ kind: "too_large", code, isPassing: false });
      expect(meter.trips).toBe(1);
      expect((await db.read(count())).count).toEqual([{ n: 0 }]);
      expect((await db.write([put("x".repeat(3_900_000))], { large: large(9) })).large).toHaveLength(9);
    },
  );

  async function startServer() {
    const own = await startLibsqlServer(["--max-response-size", "1MB"]);
    onTestFinished(own.stop);
    const receiver = await startReceiver();
    const server = await startTestServer({
      adapter: "plain",
      environment: {
        BELFRY_DATABASE_URL: own.url,
        BELFRY_NOTIFICATIONS_METHOD: "webhook",
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      },
    });
    return { server, receiver, ...(await signInFirst(server)) };
  }

  test("messages that together are more than its answer holds all go out, once each", async () => {
    const { server, receiver, token } = await startServer();
    const pause = (notifier_paused: boolean) =>
      server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
    await pause(true);
    const titles = Array.from({ length: 60 }, (_, at) => `Message ${at}`);
    for (const title of titles) {
      const json = { content: { title, message: "x" } };
      const sent = await server.call("POST", "/api/v2/notifications/custom", { token, json });
      expect(sent.status).toBe(204);
    }
    // Fifty of them, a usual claim, are more than that server gives at once, as fifty of 256 kB are for a usual one.
    await server.sql("UPDATE notification_events SET data = json_object('plan', hex(zeroblob(12500)))");
    await pause(false);
    await server.runTick();
    await server.settled();
    expect(receiver.arrivals.map(({ json }) => json.title).toSorted()).toEqual(titles.toSorted());
  });

  test("an open inbox receives more than fits one response, and a list that is too large asks for fewer items", async () => {
    const { server, token, userId } = await startServer();
    const events = `${server.url}/api/v2/notifications/inbox/events`;
    const open = await openEvents(events, token);
    await open.ready;
    await server.sql(`INSERT INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, created_at)
      WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 300)
      SELECT 'large ' || i, '${userId}', id, '[]', 'Large ' || i, hex(zeroblob(2000)), '', '[]', 0 FROM c,
        (SELECT id FROM notification_templates LIMIT 1)`);
    const late = await openEvents(events, token, "0");
    const expected = Array.from({ length: 300 }, (_, at) => `Large ${at + 1}`);
    for (const stream of [open, late]) {
      const titles: string[] = [];
      for (const _ of expected) titles.push(frameOf(await stream.next()).notification.title);
      expect(titles).toEqual(expected);
      stream.close();
    }

    await server.sql("UPDATE inbox_notifications SET content = hex(zeroblob(25000)) WHERE title > 'Large 2'");
    const list = () => server.call("GET", "/api/v2/notifications/inbox", { token });
    const refused = await list();
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.json).toMatchObject({
      message: "The request or its response is too large for the database.",
      detail: expect.stringContaining("Request fewer items"),
    });
    expect(server.logs.join("\n")).toContain("--max-response-size");
    // It is well otherwise.
    await server.runTick();
    expect((await server.call("GET", "/readyz")).status).toBe(200);
    await server.sql("UPDATE inbox_notifications SET content = 'short'");
    expect((await list()).status).toBe(200);
  });
});
