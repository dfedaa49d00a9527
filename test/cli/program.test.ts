// The server as a process: start, errors, stop, and recovery after a kill.
import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { expect, onTestFinished, test } from "vitest";
import { freePort, run, sourceLauncher, startProgram, temporaryFolder } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { callServer, createClock, secretKey, signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

async function environment(extra: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  return {
    folder,
    variables: {
      BELFRY_DATABASE_URL: `file:${join(folder, "data", "belfry.db")}`,
      BELFRY_HTTP_ADDRESS: `127.0.0.1:${await freePort()}`,
      BELFRY_SECRET_KEY: secretKey,
      ...extra,
    },
  };
}

/** The key of a first user, who signed up with a server in this process: passwords cost less there. */
async function signInBefore(databaseUrl: string): Promise<string> {
  const environment = { BELFRY_DATABASE_URL: databaseUrl };
  const server = await startTestServer({ environment, clock: createClock(Date.now()) });
  const { token } = await signInFirst(server);
  await server.stop();
  return token;
}

const send = (url: string, token: string, title: string) =>
  callServer(url, "POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title, message: "x" } },
  });

test("a start makes the data folder, prints one JSON line away from a terminal, is ready, and stops cleanly", async () => {
  const { folder, variables } = await environment();
  const server = await startProgram(variables, sourceLauncher);
  expect(server.started).toMatchObject({
    msg: "belfry is listening",
    address: `http://${variables.BELFRY_HTTP_ADDRESS}`,
    database: join(folder, "data", "belfry.db"),
    webhook: false,
    setup_code: expect.any(String),
  });
  expect((await stat(join(folder, "data", "belfry.db"))).mode & 0o777).toBe(0o600);
  for (let ready = false; !ready;) ready = (await callServer(server.url, "GET", "/readyz")).status === 200;
  expect((await callServer(server.url, "GET", "/healthz")).json).toEqual({ status: "ok" });
  expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(server.stderr()).toBe("");
});

/** A lease of 2 s, and no pass but the one at the start. */
const seldom = {
  BELFRY_NOTIFICATIONS_LEASE_PERIOD: "16s",
  BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "1h",
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL: "1h",
};

test("the receiver kills the server while it holds the request: one id, at least one delivery, none lost", async () => {
  const receiver = await startReceiver();
  const { variables } = await environment({
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    ...seldom,
  });
  const token = await signInBefore(variables.BELFRY_DATABASE_URL);
  const first = await startProgram(variables);
  receiver.answer(async () => {
    await first.kill("SIGKILL");
    receiver.answer({ status: 204 });
    return { status: 500 };
  });
  await send(first.url, token, "Build done").catch(() => {});
  await receiver.wait(1);
  const second = await startProgram(variables);
  await receiver.wait(2);
  expect(new Set(receiver.arrivals.map(({ json }) => json.msg_id)).size).toBe(1);
  const inbox = await callServer(second.url, "GET", "/api/v2/notifications/inbox", { token });
  expect(inbox.json).toMatchObject({ unread_count: 1 });
});

test.skipIf(noServer)(
  "what a killed instance was sending, another one on the same server sends soon",
  async () => {
    const [receiver, libsql] = [await startReceiver(), await startLibsqlServer()];
    onTestFinished(libsql.stop);
    const variables = {
      ...seldom,
      BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "3s",
      BELFRY_DATABASE_URL: libsql.url,
      BELFRY_SECRET_KEY: secretKey,
      BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    };
    const token = await signInBefore(libsql.url);
    const [first, second] = [await startProgram(variables), await startProgram(variables)];
    receiver.answer(async () => {
      await first.kill("SIGKILL");
      receiver.answer({ status: 204 });
      return { status: 500 };
    });
    await send(first.url, token, "Build done").catch(() => {});
    await receiver.wait(2);
    expect(new Set(receiver.arrivals.map(({ json }) => json.msg_id)).size).toBe(1);
    const inbox = await callServer(second.url, "GET", "/api/v2/notifications/inbox", { token });
    expect(inbox.json).toMatchObject({ unread_count: 1 });
  },
);

test("without a tick the nudge alone delivers", async () => {
  const receiver = await startReceiver();
  const { variables } = await environment({
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "24h",
  });
  const token = await signInBefore(variables.BELFRY_DATABASE_URL);
  const server = await startProgram(variables);
  await send(server.url, token, "Build done");
  expect((await receiver.wait(1))[0]!.json.title).toBe("Build done");
});

test("an invalid variable, a port in use, a folder that is not writable and a newer database have a message", async () => {
  const { folder, variables } = await environment();
  const wrong = await run(["serve"], { environment: { ...variables, BELFRY_NOTIFICATIONS_METHD: "smtp" } });
  expect(wrong).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("did you mean BELFRY_NOTIFICATIONS_METHOD?"),
  });

  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const taken = await run(["serve"], {
    environment: { ...variables, BELFRY_HTTP_ADDRESS: `127.0.0.1:${port}` },
  });
  expect(taken.code).toBe(1);
  expect(taken.stderr).toContain(`BELFRY_HTTP_ADDRESS=127.0.0.1:${port + 1} belfry serve`);
  other.close();

  await writeFile(join(folder, "file"), "");
  const unwritable = { ...variables, BELFRY_DATABASE_URL: `file:${join(folder, "file", "belfry.db")}` };
  const refused = await run(["serve"], { environment: unwritable });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("BELFRY_DATABASE_URL") });

  const file = join(folder, "newer", "belfry.db");
  await mkdir(join(folder, "newer"));
  const client = createClient({ url: `file:${file}` });
  await client.execute(
    "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)",
  );
  await client.execute("INSERT INTO migrations VALUES (9999, 'later', 0)");
  client.close();
  const newer = await run(["serve"], { environment: { ...variables, BELFRY_DATABASE_URL: `file:${file}` } });
  expect(newer).toMatchObject({ code: 1, stderr: expect.stringContaining("migrated by a later release") });
  for (const { stderr } of [wrong, taken, refused, newer]) expect(stderr).not.toMatch(/^\s+at /m);
  await chmod(folder, 0o700);
  expect(await readdir(folder)).toContain("file");
});
