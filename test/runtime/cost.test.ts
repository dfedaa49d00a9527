// What the hot routes cost on a real libSQL server: round trips, and rows that the server reads for them. Neither may
// grow with what is stored. A table, so that a change of it is seen.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { inboxNotifications, notificationEvents, notificationMessages } from "../../db/schema.ts";
import { tick } from "../../src/tick.ts";
import { createMeter } from "../support/meter.ts";
import { startPools } from "../support/pools.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";

describe.skipIf(noServer)("on a libSQL server", () => {
  let libsql: LibsqlServer;
  beforeEach(async () => {
    libsql = await startLibsqlServer();
  });
  afterEach(() => libsql.stop());

  /** Messages and notifications of one user, long finished. */
  async function fillWithPast(server: TestServer, userId: string, count: number): Promise<void> {
    const { db, now, newId } = server.deps();
    const past = now() - 86_400_000;
    const ids = Array.from({ length: count }, () => newId());
    await db.write(
      [
        ...insertRows(
          notificationEvents,
          ids.map((id) => ({
            id,
            templateId: customTemplate,
            templateVersion: 1,
            labels: "{}",
            data: null,
            targets: "[]",
            createdBy: "past",
            createdAt: past,
          })),
        ),
        ...insertRows(
          notificationMessages,
          ids.map((id) => ({
            id,
            eventId: id,
            userId,
            method: "inbox" as const,
            status: "sent" as const,
            reasons: "[]",
            dueAt: null,
            leaseToken: null,
            attemptCount: 0,
            dedupeKey: id,
            createdAt: past,
            updatedAt: past,
          })),
        ),
        ...insertRows(
          inboxNotifications,
          ids.map((id) => ({
            id,
            userId,
            templateId: customTemplate,
            targets: "[]",
            title: "x",
            content: "x",
            icon: "",
            actions: "[]",
            readAt: past,
            createdAt: past,
          })),
        ),
      ],
      {},
    );
  }

  test("hot routes take two round trips at most, and the same rows with much history as with little", async () => {
    const meter = createMeter();
    const server = await startTestServer({
      adapter: "plain",
      environment: { BELFRY_DATABASE_URL: libsql.url },
      onTrip: meter.onTrip,
      onAnswer: meter.onAnswer,
    });
    const { token, userId } = await signInFirst(server);
    const api = <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
      server.call(method, `/api/v2/notifications${path}`, { token, ...(json === undefined ? {} : { json }) });
    let round = 0;
    async function cost(request: () => Promise<unknown>) {
      await server.settled();
      meter.reset();
      await request();
      await server.settled();
      return { trips: meter.trips, rowsRead: meter.rowsRead };
    }
    async function table() {
      round += 1;
      await api("POST", "/custom", { content: { title: `first of ${round}`, message: "x" } });
      const { notifications } = (await api("GET", "/inbox")).json;
      return {
        "custom notification": await cost(() =>
          api("POST", "/custom", { content: { title: `Build ${round}`, message: "x" } }),
        ),
        "inbox, first page": await cost(() => api("GET", "/inbox")),
        "read status": await cost(() =>
          api("PUT", `/inbox/${notifications[0]!.id}/read-status`, { is_read: true }),
        ),
        "mark all as read": await cost(() => api("PUT", "/inbox/mark-all-as-read")),
        settings: await cost(() => api("GET", "/settings")),
        "idle tick": await cost(() => tick(server.deps())),
      };
    }
    const little = await table();
    await fillWithPast(server, userId, 100);
    const some = await table();
    await fillWithPast(server, userId, 5_000);
    const much = await table();
    console.table(much);
    expect(Object.fromEntries(Object.entries(much).map(([name, { trips }]) => [name, trips]))).toEqual({
      "custom notification": 2,
      "inbox, first page": 1,
      "read status": 1,
      "mark all as read": 1,
      settings: 1,
      "idle tick": 2,
    });
    for (const [name, { rowsRead }] of Object.entries(much)) {
      const before = some[name as keyof typeof some].rowsRead;
      expect(
        rowsRead,
        `${name}: ${before} rows before, ${rowsRead} with fifty times the history`,
      ).toBeLessThanOrEqual(before + 5);
      expect(rowsRead, name).toBeLessThanOrEqual(100);
    }
    expect(much["custom notification"].rowsRead).toBeLessThanOrEqual(40);
    expect(little["read status"].trips).toBe(1);
  });

  test("a job that is found costs two round trips at most, a heartbeat one, a tick three when the pools are looked at, else two", async () => {
    const meter = createMeter();
    const { server, provisioner, pool, api, templateId, ...pools } = await startPools(
      { instances: 2 },
      {
        adapter: "plain",
        environment: {
          BELFRY_DATABASE_URL: libsql.url,
          BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL: "1m",
        },
        onTrip: meter.onTrip,
        onAnswer: meter.onAnswer,
      },
    );
    async function cost<T>(request: () => Promise<T>) {
      await server.settled();
      meter.reset();
      const answer = await request();
      await server.settled();
      return { answer, trips: meter.trips };
    }
    await pools.pass();
    await pools.build();
    expect(await pool()).toMatchObject({ desired: 2, eligible: 2 });
    const tickAfter = async (milliseconds: number) => {
      server.clock.advance(milliseconds);
      return (await cost(() => tick(server.deps()))).trips;
    };
    // The builds have asked for a pass.
    await tickAfter(1_000);
    expect(await tickAfter(1_000)).toBe(2);
    // Once an interval the pools are looked at: lease and snapshot in one. The end rides with that of the tick.
    expect([await tickAfter(60_000), await tickAfter(1_000)]).toEqual([3, 2]);
    await api("POST", "/users/me/workspaces", { name: "web", template_id: templateId });
    const acquired = await cost(() => provisioner.acquire());
    expect([acquired.answer.status, acquired.answer.json.workspace.name]).toEqual([200, "web"]);
    expect(acquired.trips).toBeLessThanOrEqual(2);
    const beat = await cost(() => provisioner.job("POST", acquired.answer.json.job_id, "heartbeat"));
    expect([beat.answer.status, beat.trips]).toEqual([200, 1]);
  });
});
