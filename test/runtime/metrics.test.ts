// /metrics: its format, what it counts, who may read it, that totals are right whatever is sent twice and by whom; and
// the alerts of the docs, each seen firing and then not.
import { readFileSync } from "node:fs";
import { methods } from "../../src/notifications/channels/index.ts";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { query } from "../../db/client.ts";
import { insertRows } from "../../db/rows.ts";
import { notificationMessages } from "../../db/schema.ts";
import { exposition } from "../../src/kernel/rules/metrics.ts";
import { totalFamilies } from "../../src/notifications/delivery/rules/totals.ts";
import { toTotals } from "../support/attempt-totals.ts";
import { createMeter } from "../support/meter.ts";
import { temporaryFolder } from "../support/program.ts";
import { startPools } from "../support/pools.ts";
import {
  alertsOf,
  fires,
  parseExposition,
  scrape,
  valueOf,
  type History,
  type Scrape,
} from "../support/prometheus.ts";
import { startReceiver } from "../support/receiver.ts";
import {
  createClock,
  signInFirst,
  startTestServer,
  type TestClock,
  type TestServer,
  type TestServerOptions,
} from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

const attempts = "coderd_notifications_dispatch_attempts_total";
const finished = "belfry_notifications_finished_total";
const custom = "39b1e189-c857-4b0c-877a-511144c18516";
const webhook = { method: "webhook" };
const ofCustom = { ...webhook, notification_template_id: custom };
const key = Buffer.alloc(32, 7).toString("base64");

async function startWithWebhook(options: TestServerOptions = {}) {
  const receiver = await startReceiver();
  const { environment, ...rest } = options;
  const server = await startTestServer({
    clock: createClock(Date.now()),
    ...rest,
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url, ...environment },
  });
  const { token } = await signInFirst(server);
  const send = async (title: string) => {
    await server.call("POST", "/api/v2/notifications/custom", {
      token,
      json: { content: { title, message: "x" } },
    });
    await server.settled();
  };
  return { receiver, server, token, send };
}

describe("the text", () => {
  test("is what Prometheus reads, whatever stands in labels and help", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ unit: "grapheme" }), {
          noNullPrototype: true,
        }),
        fc.string(),
        fc.double({ noNaN: true }),
        (labels, help, value) => {
          const family = {
            name: "a_b",
            type: "gauge" as const,
            help,
            samples: [{ labels, value }],
          };
          expect(parseExposition(exposition([family]))).toEqual([
            { name: "a_b", labels, value: Object.is(value, -0) ? 0 : value },
          ]);
        },
      ),
    );
  });

  test("has every metric of the docs, and no other", async () => {
    const { server, send } = await startWithWebhook();
    await send("one");
    await server.runTick();
    const { headers, text } = await server.call("GET", "/metrics");
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    parseExposition(text);
    const shown = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
    const documented = alertsPage.split("\n").flatMap((line) => {
      const [, names, kind] = /^\| (`.*`) +\| (counter|gauge|histogram) +\|/.exec(line) ?? [];
      return [...(names ?? "").matchAll(/`(\w+)/g)].map(([, name]) => `${name} ${kind}`);
    });
    expect(shown.toSorted()).toEqual(documented.toSorted());
  });
});

describe("totals", () => {
  test.each(["plain", "twice", "lost"] as const)("count each try once when writes go %s", async (adapter) => {
    const { receiver, server, token, send } = await startWithWebhook({
      adapter,
      environment: { BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "2" },
    });
    await send("one");
    await send("two");
    // Sent already: neither channel sends it once more.
    await send("two");
    // The same at once: they are written together.
    await Promise.all([send("same"), send("same")]);
    receiver.answer({ status: 500 });
    await send("three");
    server.clock.advance(60_000);
    await server.runTick();
    await server.call("POST", "/api/v2/users/me/keys/tokens", { token, json: { token_name: "x" } });
    const series = await scrape(server);
    const tried = (result: string) => valueOf(series, attempts, { ...ofCustom, result });
    expect([tried("success"), tried("temp_fail"), tried("perm_fail")]).toEqual([3, 1, 1]);
    expect(valueOf(series, "coderd_notifications_retry_count", ofCustom)).toBe(1);
    expect(valueOf(series, "coderd_notifications_queued_seconds_count", webhook)).toBe(4);
    expect(valueOf(series, "coderd_notifications_dispatcher_send_seconds_count", webhook)).toBe(5);
    expect(valueOf(series, "belfry_notifications_delivery_seconds_count", webhook)).toBe(3);
    const ended = (method: string, status: string) => valueOf(series, finished, { method, status });
    expect([ended("webhook", "sent"), ended("webhook", "permanent_failure")]).toEqual([3, 1]);
    expect([ended("webhook", "inhibited"), ended("inbox", "inhibited")]).toEqual([2, 2]);
    expect([ended("inbox", "sent"), ended("smtp", "sent")]).toEqual([4, 0]);
    // Every message that there is has been counted, and no other.
    const rows = await server.messages();
    const total = series.filter(({ name }) => name === finished).reduce((sum, { value }) => sum + value, 0);
    expect(total).toBe(rows.filter(({ dueAt }) => dueAt === null).length);
  });

  test("are those of the database when several instances share it, and survive a restart", async () => {
    const folder = await temporaryFolder();
    const { receiver, server, send } = await startWithWebhook({ folder });
    const second = await startTestServer({ folder, clock: server.clock });
    receiver.answer({ status: 503 });
    await Promise.all(["one", "two", "three"].map(send));
    receiver.answer({ status: 204 });
    server.clock.advance(60_000);
    await Promise.all([server.runTick(), second.runTick()]);
    const [first, other] = [await scrape(server), await scrape(second)];
    expect(valueOf(first, attempts, { ...ofCustom, result: "temp_fail" })).toBe(3);
    // The second has no webhook: what it took, it gave up.
    const ends = (series: Scrape) =>
      ["sent", "permanent_failure"].map((status) => valueOf(series, finished, { ...webhook, status })!);
    expect(ends(first)[0]! + ends(first)[1]!).toBe(3);
    expect(ends(other)).toEqual(ends(first));
    await second.stop();
    const third = await startTestServer({ folder, clock: server.clock });
    expect(ends(await scrape(third))).toEqual(ends(first));
  });

  test("don't count a result whose lease was lost", async () => {
    const { receiver, server, send } = await startWithWebhook();
    let release = () => {};
    receiver.answer(() => new Promise((resolve) => (release = () => resolve({ status: 204 }))));
    const sending = send("slow");
    await receiver.wait(1);
    expect(valueOf(await scrape(server), "coderd_notifications_inflight_dispatches", ofCustom)).toBe(1);
    // Somebody else took it meanwhile.
    await server.sql(`UPDATE notification_messages SET lease_token = 'other' WHERE status = 'leased'`);
    release();
    await sending;
    const series = await scrape(server);
    expect(valueOf(series, attempts, { ...ofCustom, result: "success" })).toBeUndefined();
    expect(valueOf(series, finished, { ...webhook, status: "sent" })).toBe(0);
  });

  test("put durations into the bucket where they belong", () => {
    const base = { method: "webhook" as const, templateId: custom, createdAt: 0 };
    const totals = toTotals(
      [0, 900, 1_000, 4_000_000].map((startedAt, at) => ({
        ...base,
        attempt: at === 1 ? 2 : 1,
        startedAt,
        finishedAt: startedAt + 50,
        outcome: "sent",
        status: "sent",
        reason: null,
      })),
    );
    const series = parseExposition(exposition(totalFamilies([], totals, methods)));
    const queued = (le: string) =>
      valueOf(series, "coderd_notifications_queued_seconds_bucket", { ...webhook, le });
    // The second one was a retry: it doesn't say how long the first took.
    expect([queued("1"), queued("3600"), queued("+Inf")]).toEqual([2, 2, 3]);
    expect(valueOf(series, "coderd_notifications_queued_seconds_sum", webhook)).toBe(4_001);
    const sent = (le: string) =>
      valueOf(series, "coderd_notifications_dispatcher_send_seconds_bucket", { ...webhook, le });
    expect([sent("0.001"), sent("0.05"), sent("+Inf")]).toEqual([0, 4, 4]);
  });

  test("of messages that are not wanted say so, and are no tries", async () => {
    const { server, token, send } = await startWithWebhook();
    await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
      token,
      json: { template_disabled_map: { [custom]: true } },
    });
    await send("unwanted");
    const series = await scrape(server);
    expect(valueOf(series, finished, { ...webhook, status: "inhibited" })).toBe(1);
    expect(series.filter(({ name }) => name === attempts)).toEqual([]);
  });
});

describe("what waits", () => {
  test("is shown by method and status, with the age of the oldest", async () => {
    const { receiver, server, send } = await startWithWebhook();
    receiver.answer({ status: 500 });
    await send("one");
    server.clock.advance(10_000);
    await send("two");
    const series = await scrape(server);
    const waiting = (status: string) =>
      valueOf(series, "belfry_notifications_messages", { ...webhook, status });
    expect([waiting("temporary_failure"), waiting("pending"), waiting("leased")]).toEqual([2, 0, 0]);
    expect(valueOf(series, "belfry_notifications_oldest_waiting_seconds", webhook)).toBeCloseTo(10, 0);
    expect(valueOf(series, "belfry_notifications_oldest_waiting_seconds", { method: "smtp" })).toBe(0);
  });

  test("while notifications are paused is not old before it is due", async () => {
    const { server, token, send } = await startWithWebhook();
    const hold = (notifier_paused: boolean) =>
      server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
    await hold(true);
    await send("held");
    await server.sql(
      `UPDATE notification_messages SET due_at = ${server.clock.now() + 3_600_000} WHERE status = 'pending'`,
    );
    server.clock.advance(600_000);
    const series = await scrape(server);
    expect(valueOf(series, "belfry_notifications_paused")).toBe(1);
    expect(valueOf(series, "belfry_notifications_messages", { ...webhook, status: "pending" })).toBe(1);
    expect(valueOf(series, "belfry_notifications_oldest_waiting_seconds", webhook)).toBe(0);
  });
});

describe("what an instance counts in memory", () => {
  const requests = "coderd_api_requests_processed_total";

  test("are requests by route and status, with their time, also those that fail", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    for (const name of ["me", "nobody"]) await server.call("GET", `/api/v2/users/${name}`, { token });
    await server.call("GET", "/api/v2/users/me");
    await server.call("GET", "/api/v2/no/such/route");
    await server.call("GET", "/assets/0123456789ab/no.css");
    await server.call("GET", "/docs/install/node");
    const series = await scrape(server);
    const count = (method: string, path: string, code: string) =>
      valueOf(series, requests, { method, path, code });
    const user = "/api/v2/users/{user}";
    expect(["200", "404", "401"].map((code) => count("GET", user, code))).toEqual([1, 1, 1]);
    expect(count("GET", "unmatched", "404")).toBe(1);
    expect(count("GET", "/docs/*", "200")).toBe(1);
    expect(count("GET", "/assets/{version}/{name}", "404")).toBe(1);
    expect(valueOf(series, "coderd_api_request_latencies_seconds_count", { path: user })).toBe(3);
    expect(valueOf(series, "belfry_http_requests_in_flight")).toBe(1);
  });

  test("are no series for what callers invent", async () => {
    const server = await startTestServer();
    for (const method of ["PROPFIND", "MKCOL", "REPORT"]) await server.call(method, `/api/v2/${method}/x`);
    const labels = (await scrape(server)).filter(({ name }) => name === requests).map((one) => one.labels);
    expect(labels.map(({ method, path }) => [method, path])).toEqual([["OTHER", "unmatched"]]);
  });

  test("are batches of the database, with the codes of those that failed", async () => {
    const server = await startTestServer();
    const reads = async () => {
      const series = await scrape(server);
      return valueOf(series, "belfry_database_batch_duration_seconds_count", { mode: "read" }) ?? 0;
    };
    const before = await reads();
    await server.sql("SELECT 1");
    await server.db.read({ rows: query.all(sql`SELECT 1`) });
    expect(await reads()).toBe(before + 1);
    await expect(server.sql("SELECT nothing FROM nowhere")).rejects.toThrow();
    expect(
      valueOf(await scrape(server), "belfry_database_batch_failures_total", {
        mode: "write",
        code: "SQLITE_ERROR",
      }),
    ).toBe(1);
  });

  test("name the instance, and are its own", async () => {
    const folder = await temporaryFolder();
    const [one, other] = [await startTestServer({ folder }), await startTestServer({ folder })];
    await one.call("GET", "/healthz");
    const of = async (server: TestServer) =>
      (await scrape(server)).filter(({ labels }) => labels["path"] === "/healthz");
    const [first] = await of(one);
    expect(first!.labels["instance_id"]).toMatch(/:\d+$/);
    expect(await of(other)).toEqual([]);
    const rss = valueOf(await scrape(other), "process_resident_memory_bytes");
    expect(rss).toBeGreaterThan(10_000_000);
  });
});

test("pools are read once in 15 seconds, however often somebody scrapes", async () => {
  let sent = 0;
  const { server } = await startPools({}, { onTrip: ({ statements }) => (sent += statements) });
  const desired = (series: Scrape) => valueOf(series, "coderd_prebuilt_workspaces_desired");
  const statements = async () => {
    sent = 0;
    expect(desired(await scrape(server))).toBe(1);
    return sent;
  };
  const first = await statements();
  expect(await statements()).toBeLessThan(first);
  server.clock.advance(15_000);
  expect(await statements()).toBe(first);
});

describe("who may read it", () => {
  const secret = "a-token-for-the-scraper";

  test("the route asks for the token, and the log never has it", async () => {
    const server = await startTestServer({ environment: { BELFRY_METRICS_TOKEN: secret } });
    server.secret(secret);
    const headers = { "x-forwarded-for": "192.0.2.1" };
    const refused = await server.call("GET", "/metrics", { headers });
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer realm="metrics"',
    ]);
    const allowed = await server.call("GET", "/metrics", {
      headers: { ...headers, authorization: `Bearer ${secret}` },
    });
    expect(allowed.status).toBe(200);
  });
});

const alertsPage = readFileSync(
  new URL("../../public/docs/administration/monitoring/alerts.md", import.meta.url),
  "utf8",
);
const alerts = alertsOf(alertsPage);

/** Scrapes every 15 seconds as time goes by, and gives the names of what fires in the end. */
async function watch(
  server: Pick<TestServer, "call" | "clock">,
  options: { minutes: number; between?: () => Promise<unknown> },
): Promise<string[]> {
  const history: History = [];
  for (let round = 0; round <= options.minutes * 4; round += 1) {
    history.push({ at: server.clock.now(), series: await scrape(server).catch(() => []) });
    server.clock.advance(15_000);
    await options.between?.();
  }
  return alerts.filter((alert) => fires(alert, history)).map(({ name }) => name);
}

describe("the alerts of the docs", () => {
  /** The database's clock runs as the server's does: the fixture's is set. */
  const quiet = (names: string[]) => names.filter((name) => name !== "BelfryClockOff");

  test("stay silent while all is well", async () => {
    const { server, send } = await startWithWebhook();
    await server.runTick();
    const fired = await watch(server, {
      minutes: 3,
      between: async () => {
        await server.runTick();
        await send(`at ${server.clock.now()}`);
      },
    });
    expect(quiet(fired)).toEqual([]);
  });

  test("report that ticks have stopped", async () => {
    const server = await startTestServer();
    await server.runTick();
    expect(quiet(await watch(server, { minutes: 1 }))).toEqual([]);
    expect(quiet(await watch(server, { minutes: 2 }))).toEqual(["BelfryTickStopped"]);
    const never = await startTestServer();
    expect(quiet(await watch(never, { minutes: 1 }))).toEqual(["BelfryTickStopped"]);
  });

  test("report a message that doesn't get through, and later that it was given up", async () => {
    const { receiver, server, send } = await startWithWebhook({
      environment: { BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "4" },
    });
    receiver.answer({ status: 500 });
    await send("stuck");
    const between = () => server.runTick();
    expect(quiet(await watch(server, { minutes: 4, between }))).toEqual([]);
    expect(quiet(await watch(server, { minutes: 3, between }))).toEqual(["BelfryMessageWaits"]);
    expect(quiet(await watch(server, { minutes: 7, between }))).toEqual(["BelfryMessagesFail"]);
    expect(quiet(await watch(server, { minutes: 1, between }))).toEqual([]);
  });

  test("report a receiver that is gone", async () => {
    const { receiver, server, send } = await startWithWebhook();
    receiver.answer({ status: 410 });
    await send("to nobody");
    const between = () => server.runTick();
    expect(quiet(await watch(server, { minutes: 1, between }))).toEqual(["BelfryWebhookGone"]);
  });

  test("report a pool whose builds fail", async () => {
    const environment = { BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "1" };
    const { server, pass, fail } = await startPools({}, { environment });
    const between = () => server.runTick();
    await pass();
    expect(quiet(await watch(server, { minutes: 1, between }))).toEqual([]);
    await fail();
    expect(quiet(await watch(server, { minutes: 2, between }))).toEqual(["BelfryPoolAtLimit"]);
  });

  test("report a database that takes no writes, and of a Belfry that is not there", async () => {
    let isFull = false;
    const { server, send } = await startWithWebhook({
      adapter: "plain",
      wrapClient: (client) =>
        new Proxy(client, {
          get: (target, property) => {
            const value = Reflect.get(target, property) as unknown;
            if (property !== "batch") return typeof value === "function" ? value.bind(target) : value;
            return (...given: Parameters<typeof client.batch>) => {
              if (isFull && given[1] === "write")
                throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
              return client.batch(...given);
            };
          },
        }),
    });
    await server.runTick();
    isFull = true;
    const fired = await watch(server, { minutes: 2, between: () => send("to a full disk") });
    expect(quiet(fired)).toEqual(expect.arrayContaining(["BelfryDatabaseNotWritable", "BelfryErrors"]));
    await server.stop();
    expect(await watch(server, { minutes: 2 })).toEqual(["BelfryGone"]);
  });

  test("report a clock that is off", async () => {
    // It goes on as the database's does; between the two readings lies an answer's time.
    const ahead = (offset: number): TestClock => {
      let time = offset;
      return { now: () => Date.now() + time, advance: (milliseconds) => (time += milliseconds) };
    };
    const offsetOf = async (server: TestServer) =>
      valueOf(await scrape(server), "belfry_clock_offset_seconds")!;
    const right = await startTestServer({ clock: ahead(0) });
    expect(Math.abs(await offsetOf(right))).toBeLessThan(30);
    const wrong = await startTestServer({ clock: ahead(120_000) });
    await wrong.runTick();
    expect(Math.abs((await offsetOf(wrong)) - 120)).toBeLessThan(30);
    expect(await watch(wrong, { minutes: 2, between: () => wrong.runTick() })).toEqual(["BelfryClockOff"]);
  });

  test("report an instance with another key", async () => {
    const folder = await temporaryFolder();
    const first = await startTestServer({ folder, environment: { BELFRY_SECRET_KEY: key } });
    await first.runTick();
    const other = Buffer.alloc(32, 8).toString("base64");
    const second = await startTestServer({
      folder,
      clock: first.clock,
      environment: { BELFRY_SECRET_KEY: other },
    });
    const between = () => second.runTick();
    expect(quiet(await watch(second, { minutes: 1, between }))).toEqual(["BelfryWrongKey"]);
    expect(quiet(await watch(first, { minutes: 1, between }))).toEqual([]);
    // An exchange of keys: who has both is right, and from then on the new one is the deployment's.
    const third = await startTestServer({
      folder,
      clock: first.clock,
      environment: { BELFRY_SECRET_KEY: other, BELFRY_SECRET_KEY_PREVIOUS: key },
    });
    expect(valueOf(await scrape(third), "belfry_secret_key_matches")).toBe(1);
    await third.runTick();
    expect(valueOf(await scrape(second), "belfry_secret_key_matches")).toBe(1);
    expect(valueOf(await scrape(first), "belfry_secret_key_matches")).toBe(0);
  });
});

describe.skipIf(noServer)("a scrape", () => {
  test("is one round trip, and reads what waits, not what was", async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(() => libsql.stop());
    const meter = createMeter();
    const { server, send } = await startWithWebhook({
      adapter: "plain",
      environment: { BELFRY_DATABASE_URL: libsql.url },
      onTrip: meter.onTrip,
      onAnswer: meter.onAnswer,
    });
    await send("one");
    const [first] = await server.messages();
    const cost = async (finishedMessages: number) => {
      const { db, newId } = server.deps();
      const rows = Array.from({ length: finishedMessages }, () => ({
        ...first!,
        id: newId(),
        dedupeKey: null,
      }));
      const messages = rows.map(({ seq: _, ...row }) => row);
      await db.write(insertRows(notificationMessages, messages), {});
      // What is read of pools is kept for a while.
      server.clock.advance(15_000);
      meter.reset();
      await scrape(server);
      return { trips: meter.trips, rowsRead: meter.rowsRead };
    };
    await scrape(server);
    const little = await cost(10);
    const much = await cost(3_000);
    expect(little.trips).toBe(1);
    expect(much).toEqual(little);
    expect(much.rowsRead).toBeLessThan(150);
  });
});
