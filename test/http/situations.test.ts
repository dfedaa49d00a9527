// Situations: what is the matter is one row of each inbox, and is resolved for everybody by the write that ends it.
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { runCommand } from "../support/command.ts";
import { cookieFor, get, startSignedIn, wordsOf } from "../support/pages.ts";
import { startPools } from "../support/pools.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, type TestServer } from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";
import { startTask } from "../support/task.ts";
import { activateVersion, addVersion } from "../support/workspaces.ts";

const minute = 60_000;
const limitName = "Prebuild Failure Limit Reached";

const poolOf = async (server: TestServer, presetId: string) => {
  const [row] = await server.sql(`SELECT v.template_id AS templateId, v.id AS versionId FROM presets p
    JOIN template_versions v ON v.id = p.version_id WHERE p.id = '${presetId}'`);
  return { templateId: String(row!["templateId"]), versionId: String(row!["versionId"]), presetId };
};

const situationsOf = (server: TestServer) =>
  server.sql(
    `SELECT s.key, s.occurrences, s.how, s.resolved_at IS NOT NULL AS isResolved FROM situations s ORDER BY s.seq`,
  );

const inboxOf = async (server: TestServer, token: string) => {
  const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
  return { items: json.notifications, unread: json.unread_count };
};

const webhookOf = (endpoint: string) => ({
  BELFRY_NOTIFICATIONS_METHOD: "webhook",
  BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint,
});

const reasonsOf = async (server: TestServer, name: string) =>
  (
    await server.sql(`SELECT m.method, m.status, m.reasons ->> '$[#-1]' AS reason FROM notification_messages m
      JOIN notification_events e ON e.id = m.event_id JOIN notification_templates t ON t.id = e.template_id
      WHERE t.name = '${name}' ORDER BY m.seq`)
  ).map(({ method, status, reason }) => `${method} ${status} ${reason}`);

/** A pool of one whose builds fail, and its template admins. */
async function startLimit(environment: Record<string, string> = {}) {
  const pools = await startPools(
    {},
    {
      environment: {
        BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "1",
        BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: "0s",
        ...environment,
      },
    },
  );
  const tess = await addUser(pools.server, "tess", ["template-admin"]);
  const theo = await addUser(pools.server, "theo", ["template-admin"]);
  const reachLimit = async () => {
    await pools.pass();
    await pools.fail("Error: no space left");
    await pools.pass();
    await pools.server.settled();
  };
  const resume = () => pools.api("POST", `/prebuilds/presets/${pools.presetId}/resume`);
  return { ...pools, tess, theo, reachLimit, resume };
}

describe("a pool at its limit", () => {
  test("is resolved for everybody by a resume, which its item says", async () => {
    const { server, tess, theo, reachLimit, resume, presetId } = await startLimit();
    await reachLimit();
    for (const { token } of [tess, theo]) expect((await inboxOf(server, token)).unread).toBe(1);
    server.clock.advance(130 * minute);
    expect((await resume()).status).toBe(200);
    expect(await situationsOf(server)).toEqual([
      { key: `pool/${presetId}`, occurrences: 1, how: "resumed", isResolved: 1 },
    ]);
    for (const { token } of [tess, theo]) {
      const { items, unread } = await inboxOf(server, token);
      expect([unread, items.map(({ read_at: at }) => at !== null)]).toEqual([0, [true]]);
      expect(wordsOf(await get(server, "/inbox", cookieFor(token)))).toMatch(
        /Resumed after 2 h 10 min.*Resumed by ada after 2 h 10 min, just now\./,
      );
    }
  });

  test("is resolved by a build that succeeds, and by a version that replaces it", async () => {
    const { server, tess, reachLimit, pass, presetId, templateId, userId, token } = await startLimit();
    await reachLimit();
    server.clock.advance(1);
    await addPrebuilds(server, await poolOf(server, presetId), 1);
    await pass();
    expect(await situationsOf(server)).toMatchObject([{ occurrences: 1, how: "recovered" }]);
    expect((await inboxOf(server, tess.token)).unread).toBe(0);
    server.clock.advance(15 * minute);
    await server.sql(`UPDATE workspaces SET deleted_at = 1`);
    await reachLimit();
    expect(await situationsOf(server)).toMatchObject([{ how: "recovered" }, { occurrences: 1, how: null }]);
    expect((await inboxOf(server, tess.token)).unread).toBe(1);
    const next = await addVersion(server, userId, templateId);
    await activateVersion(server, token, templateId, next);
    expect(await situationsOf(server)).toMatchObject([{ how: "recovered" }, { how: "replaced" }]);
    expect((await inboxOf(server, tess.token)).unread).toBe(0);
  });

  test("that recurs within 15 minutes is the same, and nobody is notified again", async () => {
    const receiver = await startReceiver();
    const { server, tess, reachLimit, resume } = await startLimit(webhookOf(receiver.url));
    await reachLimit();
    for (let flaps = 1; flaps <= 3; flaps += 1) {
      server.clock.advance(5 * minute);
      await resume();
      expect((await inboxOf(server, tess.token)).unread).toBe(0);
      server.clock.advance(14 * minute);
      await reachLimit();
      const { items, unread } = await inboxOf(server, tess.token);
      expect([items.length, unread]).toEqual([1, 1]);
      expect(await situationsOf(server)).toMatchObject([{ occurrences: flaps + 1, how: null }]);
    }
    expect(wordsOf(await get(server, "/inbox", cookieFor(tess.token)))).toContain("4 times");
    expect(receiver.arrivals.length).toBe(2);
    expect((await reasonsOf(server, limitName)).slice(4)).toEqual(
      Array.from({ length: 3 }, () => [
        "webhook inhibited reopened",
        "inbox inhibited reopened",
        "webhook inhibited reopened",
        "inbox inhibited reopened",
      ]).flat(),
    );
    server.clock.advance(minute);
    await resume();
    server.clock.advance(15 * minute);
    await server.runTick();
    await server.settled();
    // Now that it can't be the same any more, those who were notified get to know that it is over.
    expect(receiver.arrivals.slice(2).map(({ json }) => [json.title, json.body])).toEqual(
      Array.from({ length: 2 }, () => [
        "Resolved: Prebuilds stopped: docker / small",
        "This problem lasted 58 min. Prebuilds were resumed. No action needed.",
      ]),
    );
    await reachLimit();
    expect(await situationsOf(server)).toMatchObject([
      { occurrences: 4, how: "resumed" },
      { occurrences: 1, how: null },
    ]);
    expect((await inboxOf(server, tess.token)).items.length).toBe(2);
    expect(receiver.arrivals.length).toBe(6);
  });

  test("is not reported when it has ended before it could be, but when it recurs", async () => {
    const receiver = await startReceiver();
    receiver.answer({ status: 503 });
    const { server, tess, theo, reachLimit, resume } = await startLimit(webhookOf(receiver.url));
    await reachLimit();
    expect(receiver.arrivals.length).toBe(2);
    await resume();
    expect(await reasonsOf(server, limitName)).toEqual([
      "webhook inhibited resolved",
      "inbox sent inbox",
      "webhook inhibited resolved",
      "inbox sent inbox",
    ]);
    // Nobody was notified, so nobody is notified of the end.
    expect(await reasonsOf(server, "Situation Resolved")).toEqual([]);
    receiver.answer({ status: 204 });
    server.clock.advance(10 * minute);
    await server.runTick();
    expect(receiver.arrivals.length).toBe(2);
    await reachLimit();
    await server.runTick();
    expect(receiver.arrivals.slice(2).map(({ json }) => json.payload.user_id)).toEqual([
      tess.userId,
      theo.userId,
    ]);
    expect((await reasonsOf(server, limitName)).slice(0, 2)).toEqual([
      "webhook sent deployment_default",
      "inbox sent inbox",
    ]);
  });
});

describe("a receiver that is gone", () => {
  const setUp = async (more: Record<string, string> = {}) => {
    const receiver = await startReceiver();
    const { server, token } = await startSignedIn({ environment: { ...webhookOf(receiver.url), ...more } });
    const send = async (title: string) => {
      const json = { content: { title, message: "text" } };
      await server.call("POST", "/api/v2/notifications/custom", { token, json });
      await server.settled();
    };
    const titles = async () => (await inboxOf(server, token)).items.map(({ title }) => title);
    return { receiver, server, token, send, titles };
  };
  const title = "Notifications stopped: Webhook receiver is gone";

  test("is reported to owners once, until it accepts a test", async () => {
    const { receiver, server, token, send, titles } = await setUp();
    receiver.answer({ status: 410 });
    await Promise.all([send("one"), send("two"), send("three")]);
    await send("four");
    expect((await titles()).filter((one) => one === title)).toHaveLength(1);
    const events = await server.sql(`SELECT count(*) AS n FROM notification_events
      WHERE template_id = '${kinds["notification-receiver-gone"].id}'`);
    expect(events[0]!["n"]).toBe(1);
    const { unread } = await inboxOf(server, token);
    receiver.answer({ status: 204 });
    expect((await server.call("POST", "/api/v2/notifications/test", { token })).status).toBe(204);
    await server.settled();
    // The test itself is in the inbox.
    expect((await inboxOf(server, token)).unread).toBe(unread);
    expect(await situationsOf(server)).toEqual([
      { key: "receiver/webhook", occurrences: 1, how: "accepted", isResolved: 1 },
    ]);
  });

  test("is reported by mail without waiting for the next periodic run", async () => {
    const mail = await startMailServer();
    const { receiver, server, token, send } = await setUp({
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_TLS_STARTTLS: "false",
    });
    const path = `/api/v2/notifications/templates/${kinds["notification-receiver-gone"].id}/method`;
    const chosen = await server.call("PUT", path, { token, json: { method: "smtp" } });
    expect(chosen.status).toBe(200);
    receiver.answer({ status: 410 });
    await send("one");
    await mail.received(1);
    expect(mail.mails[0]!.email.subject).toBe(title);
  });

  test("is over when a receiver at another address accepts a message", async () => {
    const { receiver, server, send, titles } = await setUp();
    receiver.answer({ status: 410 });
    await send("one");
    expect(await titles()).toContain(title);
    receiver.answer({ status: 204 });
    // As after a restart with another address.
    await server.sql("UPDATE settings SET value = 'another' WHERE key = 'webhook_endpoint_gone'");
    await send("two");
    expect(await situationsOf(server)).toMatchObject([{ key: "receiver/webhook", how: "accepted" }]);
  });
});

test("claims that replace resources are one row, until one replaces nothing", async () => {
  const { server, token, presetId, provisioner, tess } = await startLimit();
  const pool = await poolOf(server, presetId);
  const claim = async (name: string, isReplacing: boolean) => {
    await addPrebuilds(server, pool, 1);
    const { json } = await server.call("POST", "/api/v2/users/me/workspaces", {
      token,
      json: { name, template_version_id: pool.versionId, template_version_preset_id: presetId },
    });
    const { id } = json.latest_build;
    await provisioner.acquire();
    const change = { actions: ["delete", "create"], replace_paths: [["x"]] };
    const changes = isReplacing ? [{ address: "a_b.c", type: "a_b", change }] : [];
    await provisioner.job("POST", id, "plan", { resource_changes: changes });
    await provisioner.job("POST", id, "complete", { resources: [] });
    await server.settled();
    server.clock.advance(5 * minute);
  };
  for (const name of ["one", "two", "three"]) await claim(name, true);
  const { items, unread } = await inboxOf(server, tess.token);
  expect([items.length, unread]).toEqual([1, 1]);
  const cookie = cookieFor(tess.token);
  expect(wordsOf(await get(server, "/inbox", cookie))).toMatch(
    /3 times.* 5 min ago 3 times, first 15 min ago, last 5 min ago\. 10 min ago .* 15 min ago /,
  );
  // What is folded is in no list, and doesn't come back.
  expect(wordsOf(await get(server, "/inbox?show=done", cookie))).toContain("No done notifications.");
  const [first] = await server.sql(
    `SELECT id FROM inbox_notifications WHERE user_id = '${tess.userId}' ORDER BY seq`,
  );
  await server.call("PUT", `/api/v2/notifications/inbox/${first!["id"]}/read-status`, {
    token: tess.token,
    json: { is_read: false },
  });
  expect((await inboxOf(server, tess.token)).unread).toBe(1);
  await claim("four", false);
  expect((await inboxOf(server, tess.token)).unread).toBe(0);
  expect(await situationsOf(server)).toMatchObject([
    { key: `drift/${pool.versionId}/${presetId}`, occurrences: 3, how: "unaffected" },
  ]);
});

test("are listed for who was notified of them, and for those who see the thing", async () => {
  const { server, token, tess, presetId, reachLimit, resume } = await startLimit();
  const mia = await addUser(server, "mia");
  const auditor = await addUser(server, "audrey", ["auditor"]);
  const list = async (as: string, state = "open") =>
    (await server.call("GET", `/api/v2/situations?state=${state}`, { token: as })).json.situations;
  await reachLimit();
  const situation = {
    key: `pool/${presetId}`,
    title: "Prebuild Failure Limit Reached: docker / small",
    occurrences: 1,
    resolved_at: null,
    resolved_by: null,
  };
  for (const as of [tess.token, token, auditor.token]) expect(await list(as)).toMatchObject([situation]);
  expect(await list(mia.token)).toEqual([]);
  const environment = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
  expect((await runCommand(["situations"], { environment })).stdout).toMatch(
    /WHAT.*TIMES[^]*docker \/ small/,
  );
  server.clock.advance(minute);
  await resume();
  expect(await list(token)).toEqual([]);
  expect(await list(tess.token, "resolved")).toMatchObject([{ how: "resumed", resolved_by: "ada" }]);
  const { stdout } = await runCommand(["situations", "--resolved"], { environment });
  expect(stdout).toContain("Resumed by ada after 1 min");
});

test("a task that waits is resolved when it works again, and is one row when it waits again", async () => {
  const { server, status, member, build, workspaceId } = await startTask();
  const waiting = async () => {
    const { items, unread } = await inboxOf(server, member.token);
    return [items.filter(({ title }) => title.startsWith("Task waiting")).length, unread];
  };
  await status("working");
  await status("idle");
  expect(await waiting()).toEqual([1, 2]);
  server.clock.advance(minute);
  await status("working");
  expect(await waiting()).toEqual([1, 2]);
  server.clock.advance(minute);
  await status("idle");
  expect(await waiting()).toEqual([1, 3]);
  expect(wordsOf(await get(server, "/inbox", cookieFor(member.token)))).toContain("2 times");
  await build("stop");
  expect(await waiting()).toEqual([1, 2]);
  expect(await situationsOf(server)).toEqual([
    { key: `task/${workspaceId}`, occurrences: 2, how: "over", isResolved: 1 },
  ]);
});

test("a scheduled build that failed is resolved by the next that succeeds", async () => {
  const { server, member, build, finish, provisioner, workspaceId } = await startTask();
  await build("stop");
  await finish();
  const path = `/api/v2/workspaces/${workspaceId}/autostart`;
  await server.call("PUT", path, { token: member.token, json: { schedule: "0 11 * * *" } });
  server.clock.advance(60 * minute);
  await server.runTick();
  const { json } = await provisioner.acquire();
  await provisioner.job("POST", json.job_id, "fail", { error: "Error: no space left" });
  expect((await inboxOf(server, member.token)).unread).toBe(1);
  await build("start");
  await finish();
  expect((await inboxOf(server, member.token)).unread).toBe(0);
  expect(await situationsOf(server)).toEqual([
    { key: `autobuild/${workspaceId}`, occurrences: 1, how: "succeeded", isResolved: 1 },
  ]);
});

test("a pool whose workspaces have no agent is reported until one has", async () => {
  const { server, tess, presetId, pass, provisioner, api, build, members } = await startLimit();
  await pass();
  const { json } = await provisioner.acquire();
  await provisioner.job("POST", json.job_id, "complete", { resources: [] });
  await pass();
  await pass();
  const { items, unread } = await inboxOf(server, tess.token);
  expect([items.map(({ title }) => title), unread]).toEqual([
    ["Prebuilds can't be claimed: docker / small"],
    1,
  ]);
  const [bare] = await members();
  await api("POST", `/workspaces/${bare!["id"]}/builds`, { transition: "delete" });
  await build();
  await pass();
  await build();
  await pass();
  expect((await inboxOf(server, tess.token)).unread).toBe(0);
  expect(await situationsOf(server)).toMatchObject([
    { key: `agents/${presetId}`, occurrences: 1, how: "recovered" },
  ]);
});
