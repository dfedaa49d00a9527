// Faults of the machine, placed one at a time: what the user sees, what is kept, how it goes on. The table of all of them,
// each with its test, is public/docs/administration/faults.md.
import { chmodSync, chownSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { createClient } from "@libsql/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { copyNewDatabase } from "../support/new-database.ts";
import { cleanEnvironment, startProgram, temporaryFolder } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { callServer, owner, secretKey, signInFirst, startTestServer } from "../support/server.ts";
import { inboxTitles } from "../support/inbox.ts";

const custom = "/api/v2/notifications/custom";

test("a database that another program has locked: refused for now, everything else goes on, and nothing is lost", async () => {
  const server = await startTestServer({ databaseTimeoutMs: 400 });
  const { token } = await signInFirst(server);
  const send = (title: string) =>
    server.call("POST", custom, { token, json: { content: { title, message: "x" } } });
  const holder = createClient({ url: `file:${join(server.folder, "belfry.db")}`, concurrency: 1 });
  onTestFinished(() => holder.close());
  const lock = await holder.transaction("write");
  const [refused, alive, ready, read] = await Promise.all([
    send("while it is locked"),
    server.call("GET", "/healthz"),
    server.call("GET", "/readyz"),
    server.call("GET", "/api/v2/notifications/inbox", { token }),
  ]);
  expect(refused).toMatchObject({ status: 503, json: { message: expect.stringContaining("unavailable") } });
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(alive.status).toBe(200);
  expect(ready.status).toBe(503);
  expect(ready.json.problems[0]).toContain("another program holds its lock");
  // Reading needs no lock.
  expect(read.status).toBe(200);
  await lock.rollback();
  expect((await send("afterwards")).status).toBe(204);
  expect((await server.call("GET", "/readyz")).json).toMatchObject({ database: "ok" });
  expect(await inboxTitles(server, token)).toEqual(["afterwards"]);
});

describe("a database that may not be written", () => {
  /** An ordinary user: root may write everywhere. */
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  test("is called that at the start, with what to do, and stays as it is", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "belfry.db");
    await copyNewDatabase(file, Date.now());
    if ("uid" in user) chownSync(folder, 0, 65_534);
    chmodSync(file, 0o444);
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    const launcher = new URL("../../src/launch.js", import.meta.url).pathname;
    const child = spawn(process.execPath, [launcher, "serve"], {
      ...user,
      env: cleanEnvironment({
        BELFRY_DATABASE_URL: `file:${file}`,
        BELFRY_SECRET_KEY: secretKey,
        BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
        HOME: folder,
      }),
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code, said).toBe(1);
    expect(said).toContain(`The database file ${file} can't be used`);
    expect(said).toContain("Make its folder writable for this user");
    expect(said).not.toMatch(/\n\s+at /);
  });
});

test("two hundred messages under way when the server is asked to stop: released, and each is sent by the next start", async () => {
  const receiver = await startReceiver();
  const folder = await temporaryFolder();
  await copyNewDatabase(join(folder, "belfry.db"), Date.now());
  const environment = {
    BELFRY_DATABASE_URL: `file:${join(folder, "belfry.db")}`,
    BELFRY_SECRET_KEY: secretKey,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    BELFRY_NOTIFICATIONS_LEASE_COUNT: "50",
    BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "2s",
  };
  const first = await startProgram(environment);
  await callServer(first.url, "POST", "/api/v2/users/first", { json: owner });
  const signedIn = await callServer(first.url, "POST", "/api/v2/users/login", { json: owner });
  const token = signedIn.json.session_token;
  // It takes every request and answers none until it is asked to.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  receiver.answer(async () => {
    await held;
    return { status: 204 };
  });
  const titles = Array.from({ length: 200 }, (_, at) => `Message ${at}`);
  const sent = await Promise.all(
    titles.map((title) =>
      callServer(first.url, "POST", custom, { token, json: { content: { title, message: "x" } } }),
    ),
  );
  expect(sent.map(({ status }) => status)).toEqual(titles.map(() => 204));
  await receiver.wait(20);
  const ended = first.kill("SIGTERM");
  expect(await ended).toEqual({ code: 0, signal: null });
  letGo();
  receiver.answer({ status: 204 });
  await startProgram(environment);
  const arrived = () => new Set(receiver.arrivals.map(({ json }) => json.payload.labels["custom_title"]));
  await expect.poll(() => arrived().size, { timeout: 60_000 }).toBe(200);
  // Whatever came twice came under one id.
  const byTitle = new Map<string, Set<string>>();
  for (const { json } of receiver.arrivals) {
    const title = json.payload.labels["custom_title"]!;
    byTitle.set(title, (byTitle.get(title) ?? new Set()).add(json.msg_id));
  }
  for (const [title, ids] of byTitle) expect(ids.size, title).toBe(1);
});

test.each([
  ["a day ahead", 86_400_000],
  ["a day behind", -86_400_000],
])("a clock that is set %s: nothing is sent twice, nothing waits for ever", async (_what, change) => {
  const receiver = await startReceiver();
  const environment = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url };
  const server = await startTestServer({ environment });
  const { token } = await signInFirst(server);
  const send = (title: string) =>
    server.call("POST", custom, { token, json: { content: { title, message: "x" } } });
  receiver.answer({ status: 500 });
  await send("before");
  await server.settled();
  server.clock.advance(change);
  receiver.answer({ status: 204 });
  expect((await send("after")).status).toBe(204);
  await server.settled();
  await server.runTick();
  // Set right again: what was due by then is due now.
  server.clock.advance(-change + 3_600_000);
  await server.runTick();
  await server.settled();
  const accepted = receiver.arrivals.map(({ json }) => json.payload.labels["custom_title"]);
  expect(accepted.filter((title) => title === "after")).toHaveLength(1);
  expect(accepted.filter((title) => title === "before")).toHaveLength(2);
  expect((await server.messages()).filter(({ dueAt }) => dueAt !== null)).toEqual([]);
});
