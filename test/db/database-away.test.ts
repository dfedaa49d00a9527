// The libSQL server killed, the network to it cut or slow, while people send: what routes and readiness answer, that all goes
// on by itself afterwards, and what has become of every message. Faults are placed; `npm run test:soak` draws them.
import { describe, expect, onTestFinished, test } from "vitest";
import { frameOf, openEvents } from "../support/events.ts";
import { startLink, type Link } from "../support/link.ts";
import { startReceiver, type Receiver } from "../support/receiver.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";
import { accountOf, accountOfTitles, startTraffic } from "../support/traffic.ts";
import { inboxTitles } from "../support/inbox.ts";

const leasePeriod = 120_000;
const none = { lost: [], doubled: [] };

async function start() {
  const libsql = await startLibsqlServer();
  onTestFinished(libsql.stop);
  const [link, receiver] = [await startLink(libsql.url), await startReceiver()];
  const server = await startTestServer({
    adapter: "plain",
    databaseTimeoutMs: 300,
    environment: {
      BELFRY_DATABASE_URL: link.url,
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, "k").toString("base64")}`,
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
    },
  });
  const { token } = await signInFirst(server);
  await server.runTick();
  return { libsql, link, receiver, server, token };
}

/** Every title that an open inbox receives, for as long as it is open. */
async function watch(server: TestServer, token: string) {
  const stream = await openEvents(`${server.url}/api/v2/notifications/inbox/events`, token);
  await stream.ready;
  const titles: string[] = [];
  let arrived = () => {};
  void (async () => {
    for (;;) {
      titles.push(frameOf(await stream.next()).notification.title);
      arrived();
    }
  })();
  return {
    titles,
    until: async (holds: () => boolean) => {
      while (!holds()) await new Promise<void>((resolve) => (arrived = resolve));
    },
  };
}

/** The next request that brings new messages is where something happens: it is on its way to the server then. */
const atNextWrite = (link: Link) =>
  new Promise<void>((resolve) =>
    link.onRequest((body) => {
      if (body.includes(String.raw`INSERT INTO \"notification_messages\"`)) resolve();
    }),
  );

/** The next message that gets to the receiver: its result is not written yet. */
const atNextDelivery = (receiver: Receiver) =>
  new Promise<void>((resolve) =>
    receiver.answer(() => {
      resolve();
      return { status: 204 };
    }),
  );

const outages: [what: string, begin: (at: Place) => unknown, end: (at: Place) => unknown][] = [
  ["is killed", ({ libsql }) => libsql.kill(), ({ libsql }) => libsql.restart()],
  ["does what is asked while its answers are lost", ({ link }) => link.cut(), ({ link }) => link.mend()],
];
interface Place {
  libsql: LibsqlServer;
  link: Link;
}

describe.skipIf(noServer)("a database server that", () => {
  test.each(outages)(
    "%s: 503 until it is back, nothing acknowledged is lost, nothing is there twice",
    async (...outage) => {
      const [, begin, end] = outage;
      const place = await start();
      const { link, receiver, server, token } = place;
      const inbox = await watch(server, token);
      const traffic = startTraffic({ urls: [server.url], token, width: 8, insists: true });
      const acknowledge = (more: number) => {
        const before = traffic.acknowledged.size;
        return traffic.until(() => traffic.acknowledged.size >= before + more);
      };
      for (const moment of [() => atNextWrite(link), () => atNextDelivery(receiver)]) {
        await acknowledge(40);
        await moment();
        await begin(place);
        const before = traffic.refused;
        await Promise.all([traffic.until(() => traffic.refused >= before + 8), expectAway(server, token)]);
        await end(place);
      }
      await acknowledge(40);
      await traffic.stop();
      expect((await server.call("GET", "/readyz")).json).toMatchObject({ ready: true, database: "ok" });
      expect(traffic).toMatchObject({ broken: 0, unexpected: [] });

      // What was being sent meanwhile is taken up when its lease has ended.
      await server.settled();
      server.clock.advance(leasePeriod + 1);
      await server.runTick();
      const { acknowledged } = traffic;
      // The leases outlasted the outages: nobody got anything twice, under whatever id.
      const delivered = accountOf(acknowledged, receiver.arrivals);
      expect(delivered).toEqual({ ...none, mislabelled: 0, repeated: 0 });
      const kept = await inboxTitles(server, token);
      expect(accountOfTitles(acknowledged, kept)).toEqual(none);
      await inbox.until(() => inbox.titles.length >= kept.length);
      expect(accountOfTitles(acknowledged, inbox.titles)).toEqual(none);
      expect((await server.messages()).filter(({ dueAt }) => dueAt !== null)).toEqual([]);
    },
  );

  test("answers slowly is waited for, and not ready where that is too slow", async () => {
    const { link, receiver, server, token } = await start();
    link.slow(50);
    const traffic = startTraffic({ urls: [server.url], token, width: 8, insists: true });
    await traffic.until(() => traffic.acknowledged.size >= 40);
    await traffic.stop();
    await server.settled();
    expect(traffic).toMatchObject({ refused: 0, broken: 0, unexpected: [] });
    expect(accountOf(traffic.acknowledged, receiver.arrivals)).toEqual({
      ...none,
      mislabelled: 0,
      repeated: 0,
    });
    expect((await server.call("GET", "/readyz")).status).toBe(200);

    link.slow(1_600);
    const content = { title: "Slow", message: "x" };
    const [ready, sent] = await Promise.all([
      server.call("GET", "/readyz"),
      server.call("POST", "/api/v2/notifications/custom", { token, json: { content } }),
    ]);
    expect(ready.status).toBe(503);
    expect(ready.json.problems[0]).toContain("it does not answer in time");
    expect(sent.status).toBe(204);
    link.mend();
    expect((await server.call("GET", "/readyz")).status).toBe(200);
  });

  test("refuses, as a quota of rows is used up, is a 503 too, until it doesn't", async () => {
    const { link, server, token } = await start();
    const message = "Operation was blocked: SQL read operations are forbidden (reads are blocked)";
    link.refuse({ baton: null, results: [{ type: "error", error: { message, code: "BLOCKED" } }] });
    await expectAway(server, token);
    link.mend();
    const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token });
    expect([inbox.status, (await server.call("GET", "/readyz")).status]).toEqual([200, 200]);
  });
});

/** What everybody is answered while the database is away. */
async function expectAway(server: TestServer, token: string): Promise<void> {
  const [ready, lives, list, page] = await Promise.all([
    server.call("GET", "/readyz"),
    server.call("GET", "/healthz"),
    server.call("GET", "/api/v2/notifications/inbox", { token }),
    server.call("GET", "/inbox", {
      headers: { accept: "text/html", cookie: `coder_session_token=${token}` },
    }),
  ]);
  expect(ready).toMatchObject({ status: 503, json: { ready: false, database: "unavailable" } });
  expect(lives.status).toBe(200);
  expect(list).toMatchObject({
    status: 503,
    json: { message: "The database is unavailable." },
  });
  expect(page.status).toBe(503);
  expect(page.text).toContain("The database is unavailable.");
  for (const { headers } of [ready, list, page]) expect(headers.get("retry-after")).toBe("5");
}
