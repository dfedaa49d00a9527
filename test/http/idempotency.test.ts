// Requests that are sent again: with an Idempotency-Key they create nothing more, on any instance, and identical texts
// within a minute are one.
import { describe, expect, test } from "vitest";
import { keyRetention } from "../../db/idempotency.ts";
import { addProvisioner, addTemplate, outcome } from "../support/workspaces.ts";
import { addUser, owner, signIn, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";
import { auditEntries } from "../support/audit.ts";

const path = "/api/v2/notifications/custom";
const custom = (message: string, title = "Build") => ({ content: { title, message } });

async function start() {
  const server = await startTestServer();
  return { server, ...(await signInFirst(server)) };
}

/** Another instance on the same database, with the same clock. */
const startBeside = ({ folder, clock }: TestServer) =>
  startTestServer({ clock, environment: { BELFRY_DATABASE_URL: `file:${folder}/belfry.db` } });

const sendTo = (server: TestServer, token: string, key: string, json: unknown, query = "") =>
  server.call("POST", path + query, { token, json, headers: { "idempotency-key": key } });
const isReplayed = ({ headers }: { headers: Headers }) => headers.get("idempotency-replayed");

describe("the key of a custom notification", () => {
  test("identifies it for a day, quoted or bare, and not after that", async () => {
    const { server, token } = await start();
    const first = await sendTo(server, token, "k", custom("x"));
    expect([first.status, isReplayed(first)]).toEqual([204, null]);
    server.clock.advance(keyRetention - 1);
    const later = await signIn(server, owner);
    const again = await sendTo(server, later, '"k"', custom("x"));
    expect([again.status, isReplayed(again)]).toEqual([204, "true"]);
    expect(again.headers.get("belfry-event-id")).toBe(first.headers.get("belfry-event-id"));
    expect(await server.messages()).toHaveLength(1);
    server.clock.advance(1);
    const after = await sendTo(server, later, "k", custom("x"));
    expect([after.status, isReplayed(after)]).toEqual([204, null]);
    expect(await server.messages()).toHaveLength(2);
    server.clock.advance(2 * keyRetention);
    await server.runTick();
    expect(await countRows(server, "idempotency_keys")).toBe(0);
  });

  test("belongs to one user, has at most 255 bytes, and stands for one request", async () => {
    const { server, token } = await start();
    const key = "k".repeat(255);
    const linus = await addUser(server, "linus");
    const sent = [
      await sendTo(server, token, key, custom("x")),
      await sendTo(server, linus.token, key, custom("x")),
    ];
    expect(sent.map((answer) => [answer.status, isReplayed(answer)])).toEqual([
      [204, null],
      [204, null],
    ]);
    for (const [body, query] of [
      [custom("y"), ""],
      [custom("x"), "?x=1"],
    ] as const) {
      const other = await sendTo(server, token, key, body, query);
      expect([other.status, other.json.validations![0]!.field]).toEqual([422, "Idempotency-Key"]);
    }
    for (const bad of ['""', `${key}k`, "cl\u00e9", '"abc', 'a"b"'.repeat(64)]) {
      const refused = await sendTo(server, token, bad, custom("z"));
      expect([refused.status, refused.json.validations![0]!.field], bad).toEqual([400, "Idempotency-Key"]);
    }
    expect(await server.messages()).toHaveLength(2);
  });

  test("repeats a refusal, even when its cause is gone, and counts nothing twice", async () => {
    const { server, token } = await start();
    await sendTo(server, token, "original", custom("x"));
    const refused = await sendTo(server, token, "refused", custom("x"));
    const counted = async () =>
      (await server.call("GET", "/metrics")).text.match(/^belfry_notifications_.*_total.*$/gm);
    const before = await counted();
    server.clock.advance(120_000);
    const again = await sendTo(server, token, "refused", custom("x"));
    expect([again.status, again.json.message, isReplayed(again)]).toEqual([
      409,
      refused.json.message,
      "true",
    ]);
    await sendTo(server, token, "original", custom("x"));
    expect(await counted()).toEqual(before);
  });

  test("doesn't bypass a permission that was removed", async () => {
    const { server, token } = await start();
    const grace = await addUser(server, "grace", ["owner"]);
    const toAda = { ...custom("x"), recipients: { users: ["ada"] } };
    expect((await sendTo(server, grace.token, "k", toAda)).status).toBe(204);
    const json = { roles: [] };
    expect((await server.call("PUT", "/api/v2/users/grace/roles", { token, json })).status).toBe(200);
    const again = await sendTo(server, grace.token, "k", toAda);
    expect([again.status, isReplayed(again)]).toEqual([403, null]);
  });

  test("of twenty at once on two servers sends one, and all answer with it", async () => {
    const { server, token } = await start();
    const servers = [server, await startBeside(server)];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => sendTo(servers[index % 2]!, token, "k", custom("x"))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204));
    expect(new Set(answers.map(({ headers }) => headers.get("belfry-event-id"))).size).toBe(1);
    expect(answers.filter((answer) => isReplayed(answer) === null)).toHaveLength(1);
    expect(await countRows(server, "notification_events")).toBe(1);
    expect(await server.messages()).toHaveLength(1);
  });
});

test("a test notification with a key is sent once", async () => {
  const { server, token } = await start();
  const send = (json: unknown) =>
    server.call("POST", "/api/v2/notifications/test", { token, json, headers: { "idempotency-key": "t" } });
  const [first, again, other] = [await send({}), await send({}), await send({ user: "ada" })];
  expect([first.status, again.status, other.status]).toEqual([204, 204, 422]);
  expect(again.headers.get("belfry-event-id")).toBe(first.headers.get("belfry-event-id"));
  expect(await server.messages()).toHaveLength(1);
});

test("without a key an identical text is a duplicate for 60 seconds after the former, across the minute's edge", async () => {
  const { server, token } = await start();
  const send = async (at = server) => (await at.call("POST", path, { token, json: custom("x") })).status;
  server.clock.advance(58_600);
  expect(await send()).toBe(204);
  const beside = await startBeside(server);
  const found: [number, number, number][] = [];
  for (const step of [1_000, 30_000, 28_999, 1, 59_999, 1]) {
    server.clock.advance(step);
    found.push([step, await send(beside), await send()]);
  }
  // What was refused begins no minute of its own.
  expect(found).toEqual([
    [1_000, 409, 409],
    [30_000, 409, 409],
    [28_999, 409, 409],
    [1, 204, 409],
    [59_999, 409, 409],
    [1, 204, 409],
  ]);
});

describe("the key of a new workspace or build", () => {
  const created = (json: { id: string; latest_build?: { id: string } }) => json.latest_build?.id ?? json.id;

  async function setUp() {
    const { server, token, userId } = await start();
    const { templateId } = await addTemplate(server, userId, "docker");
    const call = <P extends string>(path: P, key: string, json: object, at = server) =>
      at.call("POST", path, { token, json, headers: { "idempotency-key": key } });
    const create = (key: string, name: string, at = server) =>
      call("/api/v2/users/me/workspaces", key, { name, template_id: templateId }, at);
    const provisioner = await addProvisioner(server, userId, "one");
    const finish = async () => {
      const { json } = await provisioner.acquire();
      expect((await provisioner.job("POST", json.job_id, "complete", outcome)).status).toBe(200);
    };
    return { server, token, call, create, finish };
  }

  test("creates one of twenty on two servers, and stays unused when nothing was created", async () => {
    const { server, create } = await setUp();
    const servers = [server, await startBeside(server)];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => create("k", "web", servers[index % 2])),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map(({ json }) => created(json))).size).toBe(1);
    expect(answers.filter((answer) => isReplayed(answer) === null)).toHaveLength(1);
    expect(await countRows(server, "workspace_builds")).toBe(1);

    expect((await create("k", "api")).status).toBe(422);
    expect((await create("second", "WEB")).status).toBe(409);
    expect((await create("second", "api")).status).toBe(201);
    expect(await countRows(server, "workspaces")).toBe(2);
  });

  test("creates one build of twenty on two servers, also once that has ended", async () => {
    const { server, token, call, create, finish } = await setUp();
    const { id } = (await create("k", "web")).json;
    const beside = await startBeside(server);
    const stop = (at = server) => call(`/api/v2/workspaces/${id}/builds`, "stop", { transition: "stop" }, at);
    expect((await stop()).status).toBe(409);
    await finish();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stop(index % 2 === 0 ? server : beside)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map(({ json }) => created(json))).size).toBe(1);
    expect(answers.filter((answer) => isReplayed(answer) === null)).toHaveLength(1);
    await finish();
    const again = await stop();
    expect([again.status, again.json.status, created(again.json)]).toEqual([
      201,
      "stopped",
      created(answers[0]!.json),
    ]);
    expect(await countRows(server, "workspace_builds")).toBe(2);
    expect(await auditEntries(server, token, "workspace_build", "action=stop")).toHaveLength(1);
  });
});
