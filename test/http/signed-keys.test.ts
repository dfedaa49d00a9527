// Keys prove by themselves that this server has made them: what is made up costs no look at the database. Keys from before
// that, and keys of a secret key that was exchanged, go on until they end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { apiKeys } from "../../db/schema.ts";
import { hashSecret } from "../../src/accounts/rules/api-key.ts";
import { createMeter } from "../support/meter.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { copyNewDatabase } from "../support/new-database.ts";
import { addProvisioner } from "../support/workspaces.ts";

const madeUp = `AAAAAAAAAA-${"B".repeat(22)}`;
const hour = 3_600_000;
const keys = [11, 12, 13].map((byte) => Buffer.alloc(32, byte).toString("base64"));

/** From the second tick on a server knows what keys there can be. */
async function settle(server: TestServer): Promise<void> {
  await server.runTick();
  await server.runTick();
}

const statusOf = async (server: TestServer, token: string) =>
  (await server.call("GET", "/api/v2/users/me", { token })).status;

/** A key as releases before this one have made it: nothing ties its id to its secret. */
async function addOldKey(server: TestServer, userId: string, kind: "session" | "token") {
  const [id, secret] = [kind === "session" ? "OldSession" : "OldTokenId", "o".repeat(22)];
  const now = server.clock.now();
  const row = {
    id,
    userId,
    secretHash: hashSecret(secret),
    kind,
    name: kind === "token" ? "old" : "",
    scope: "all" as const,
    lifetimeSeconds: kind === "session" ? 3_600 : 7_200,
    createdAt: now,
    updatedAt: now,
    lastUsedAt: null,
    expiresAt: now + (kind === "session" ? hour : 2 * hour),
  };
  await server.db.write(insertRows(apiKeys, [row]), {});
  return server.secret(`${id}-${secret}`);
}

test("a made-up key is refused without the database: in a header, a cookie, as a bearer, as a provisioner's", async () => {
  const meter = createMeter();
  const server = await startTestServer({ onTrip: meter.onTrip });
  await settle(server);
  const { token, userId } = await signInFirst(server);
  const provisioner = await addProvisioner(server, userId, "one");
  const provisionerKey = provisioner.headers["coder-provisioner-daemon-key"]!;
  await server.settled();
  const file = "/api/v2/files/00000000-0000-4000-8000-000000000000";
  const acquire = "/api/v2/provisionerdaemons/jobs/acquire";
  const requests: [method: string, path: string, headers: Record<string, string>][] = [
    ["GET", "/api/v2/audit", { "coder-session-token": madeUp }],
    ["GET", "/api/v2/audit", { authorization: `Bearer ${madeUp}` }],
    ["GET", "/api/v2/audit", { cookie: `coder_session_token=${madeUp}` }],
    ["GET", "/api/v2/audit", { "coder-session-token": provisionerKey }],
    ["GET", "/api/v2/audit", { "coder-session-token": `${token.slice(0, 10)}-${"B".repeat(22)}` }],
    ["GET", "/inbox", { cookie: `coder_session_token=${madeUp}`, accept: "text/html" }],
    ["GET", file, { authorization: `Bearer ${madeUp}` }],
    ["POST", acquire, { "coder-provisioner-daemon-key": madeUp }],
    ["POST", acquire, { "coder-provisioner-daemon-key": token }],
  ];
  for (const [method, path, headers] of requests) {
    meter.reset();
    const { status } = await server.call(method, path, {
      headers,
      ...(method === "POST"
        ? { json: { name: "x", acquire_id: "00000000-0000-4000-8000-000000000000" } }
        : {}),
    });
    expect([path, status, meter.trips]).toEqual([path, path === "/inbox" ? 303 : 401, 0]);
  }
  expect(await statusOf(server, token)).toBe(200);
  const asBearer = { authorization: `Bearer ${provisionerKey}` };
  expect((await server.call("GET", file, { headers: asBearer })).status).toBe(404);
});

test("earlier keys work until they expire, and a session from then lasts no longer than the others", async () => {
  const meter = createMeter();
  const server = await startTestServer({ onTrip: meter.onTrip });
  const { userId } = await signInFirst(server);
  await server.sql("DELETE FROM api_keys RETURNING 1");
  const session = await addOldKey(server, userId, "session");
  const token = await addOldKey(server, userId, "token");
  await settle(server);
  server.clock.advance(hour - 1);
  expect([await statusOf(server, session), await statusOf(server, token)]).toEqual([200, 200]);
  await server.settled();
  server.clock.advance(hour - 1);
  expect([await statusOf(server, session), await statusOf(server, token)]).toEqual([200, 200]);
  await server.settled();
  server.clock.advance(2);
  meter.reset();
  expect([await statusOf(server, session), await statusOf(server, token)]).toEqual([401, 401]);
  expect(meter.trips).toBe(0);
});

test("the secret key can be exchanged, and even lost: nobody has to sign in again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "belfry-keys-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await copyNewDatabase(join(folder, "belfry.db"), Date.parse("2026-11-21T10:00:00.500Z"));
  const start = (key: string, previous?: string) =>
    startTestServer({
      folder,
      environment: {
        BELFRY_SECRET_KEY: key,
        ...(previous === undefined ? {} : { BELFRY_SECRET_KEY_PREVIOUS: previous }),
      },
    });
  const [first, second, third] = keys as [string, string, string];
  let server = await start(first);
  await settle(server);
  const { token } = await signInFirst(server);
  for (const [key, previous] of [[second, first], [second], [third]] as [string, string?][]) {
    await server.stop();
    server = await start(key, previous);
    await settle(server);
    expect(await statusOf(server, token)).toBe(200);
    expect(await statusOf(server, madeUp)).toBe(401);
  }
});
