// Faults, each planted: what /readyz and /metrics show of it, and what `belfry admin doctor` says to do. Real mail
// servers, receivers, database servers and limits of the system.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { examine } from "../../src/cli/admin/examine.ts";
import type { Finding } from "../../src/kernel/rules/finding.ts";
import { openClient } from "../../src/runtime/database.ts";
import { cleanEnvironment, run, startProgram, temporaryFolder, freePort } from "../support/program.ts";
import { copyNewDatabase } from "../support/new-database.ts";
import { parseExposition, scrape, valueOf, type Scrape } from "../support/prometheus.ts";
import { startReceiver } from "../support/receiver.ts";
import {
  callServer,
  createClock,
  owner,
  signIn,
  signInFirst,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

const secretKey = Buffer.alloc(32, 7).toString("base64");
const otherKey = Buffer.alloc(32, 8).toString("base64");

interface Patient {
  server: TestServer;
  send: () => Promise<void>;
  /** What the doctor finds wrong, as `check: message → advice`. */
  complaints: (change?: { environment?: Record<string, string>; now?: () => number }) => Promise<string[]>;
}

/** A server that is well, with one person: whatever is wrong afterwards was planted. */
async function startPatient(
  environment: Record<string, string> = {},
  options: TestServerOptions = {},
): Promise<Patient> {
  const server = await startTestServer({
    adapter: "plain",
    clock: createClock(Date.now()),
    ...options,
    environment: { BELFRY_SECRET_KEY: secretKey, ...environment },
  });
  const { token } = await signInFirst(server);
  await server.runTick();
  return {
    server,
    send: async () => {
      const content = { title: "Build done", message: "x" };
      await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
      await server.settled();
    },
    complaints: async (change = {}) => {
      const findings = await examine({
        environment: {
          BELFRY_DATABASE_URL: `file:${join(server.folder, "belfry.db")}`,
          BELFRY_SECRET_KEY: secretKey,
          ...environment,
          BELFRY_ACCESS_URL: server.url,
          ...change.environment,
        },
        now: change.now ?? server.clock.now,
      });
      return complaintsIn(findings);
    },
  };
}

const complaintsIn = (findings: Finding[]) =>
  findings
    .filter(({ level }) => level === "fail")
    .map(({ check, message, advice }) => `${check}: ${message} → ${advice}`);

const attempts = (series: Scrape, method: string, result: string) =>
  valueOf(series, "coderd_notifications_dispatch_attempts_total", { method, result });

test("nothing is wrong before", async () => {
  const mail = await startMailServer();
  const receiver = await startReceiver();
  const { server, send, complaints } = await startPatient({
    BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
    BELFRY_EMAIL_FROM: "belfry@example.com",
    BELFRY_NOTIFICATIONS_METHOD: "webhook",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
  });
  await send();
  expect(await complaints()).toEqual([]);
  expect((await server.call("GET", "/readyz")).json).toMatchObject({ ready: true, problems: [] });
  // Nobody was sent anything by it.
  expect([mail.mails.length, receiver.arrivals.length]).toEqual([0, 1]);
});

describe("mail", () => {
  test("that is down", async () => {
    const place = `127.0.0.1:${await freePort()}`;
    const { server, send, complaints } = await startPatient({
      BELFRY_EMAIL_SMARTHOST: place,
      BELFRY_EMAIL_FROM: "belfry@example.com",
    });
    await send();
    expect(attempts(await scrape(server), "smtp", "temp_fail")).toBe(1);
    const [session, messages] = await complaints();
    expect(session).toMatch(`email: ${place}: connection refused`);
    expect(session).toMatch(/→ Check that the mail server is running .* BELFRY_EMAIL_SMARTHOST/);
    expect(messages).toMatch(/^email: 1 message failed and will be retried; .* connection refused/);
  });

  test("from a sender that the server refuses, while a dead mailbox is no fault", async () => {
    let refusal = "";
    const refuse = (words: string) =>
      words === "" ? undefined : Object.assign(new Error(words), { responseCode: 550 });
    const mail = await startMailServer({
      onMailFrom: (_address, _session, done) => done(refuse(refusal)),
      onRcptTo: (_address, _session, done) => done(refuse("5.1.1 no such user")),
    });
    const { send, complaints } = await startPatient({
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
    });
    await send();
    expect(await complaints()).toEqual([]);
    refusal = "5.7.1 Sender address rejected: not owned by user belfry";
    const [session, ...others] = await complaints();
    expect(session).toMatch(
      /^email: .* 550 5.7.1 Sender address rejected: .* \(after MAIL FROM\): .*→ Set BELFRY_EMAIL_FROM/,
    );
    expect(others).toEqual([]);
    expect(mail.mails).toEqual([]);
  });

  test("with a wrong password", async () => {
    const mail = await startMailServer({ user: { username: "belfry", password: "right" } });
    const { server, send, complaints } = await startPatient({
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_AUTH_USERNAME: "belfry",
      BELFRY_EMAIL_AUTH_PASSWORD: server_secret,
    });
    server.secret(server_secret);
    await send();
    expect(attempts(await scrape(server), "smtp", "temp_fail")).toBe(1);
    const said = await complaints();
    expect(said[0]).toMatch(/^email: .*: 535 authentication failed/);
    expect(said[0]).toMatch(/→ Check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD/);
    expect(said.join("\n")).not.toContain(server_secret);
  });
});

const server_secret = "not-the-right-one";

describe("a receiver", () => {
  async function startWithReceiver(
    environment: Record<string, string> = {},
    options: TestServerOptions = {},
  ) {
    const receiver = await startReceiver();
    const endpoint = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url };
    return { receiver, ...(await startPatient({ ...endpoint, ...environment }, options)) };
  }

  test("that answers 500", async () => {
    const { receiver, server, send, complaints } = await startWithReceiver();
    receiver.answer({ status: 500 });
    await send();
    expect(attempts(await scrape(server), "webhook", "temp_fail")).toBe(1);
    expect(await complaints()).toEqual([
      "webhook: 1 message failed and will be retried; latest 0 seconds ago: answered 500 → The receiver failed. Look for the cause in its log.",
    ]);
  });

  test("that answers 410", async () => {
    const { receiver, server, send, complaints } = await startWithReceiver();
    receiver.answer({ status: 410 });
    await send();
    const series = await scrape(server);
    expect(attempts(series, "webhook", "perm_fail")).toBe(1);
    expect(valueOf(series, "belfry_notifications_webhook_gone")).toBe(1);
    const [gone] = await complaints();
    expect(gone).toMatch(/^webhook: .* answered 410 Gone.* belfry notifications test/);
  });

  test("that is slow", async () => {
    const { receiver, server, send, complaints } = await startWithReceiver(
      { BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "120ms" },
      { clock: { now: Date.now, advance: () => {} } },
    );
    receiver.answer(() => new Promise(() => {}));
    await send();
    const series = await scrape(server);
    expect(attempts(series, "webhook", "temp_fail")).toBe(1);
    const within = (le: string) =>
      valueOf(series, "coderd_notifications_dispatcher_send_seconds_bucket", { method: "webhook", le });
    expect([within("0.1"), within("+Inf")]).toEqual([0, 1]);
    const [slow] = await complaints();
    expect(slow).toMatch(
      /^webhook: 1 message failed and will be retried; .*no answer in time → The receiver is slow/,
    );
  });
});

test("a disk that is full", async () => {
  const folder = await temporaryFolder();
  const environment = cleanEnvironment({
    BELFRY_DATABASE_URL: `file:${join(folder, "belfry.db")}`,
    BELFRY_HTTP_ADDRESS: `127.0.0.1:${await freePort()}`,
  });
  const launcher = new URL("../../src/launch.js", import.meta.url).pathname;
  // No file may grow beyond that: what comes next fails as it does where no room is left.
  const limited = (words: string) =>
    spawn(
      "/bin/sh",
      ["-c", `trap '' XFSZ; ulimit -f 8000; exec "$0" "$1" ${words}`, process.execPath, launcher],
      {
        env: environment,
      },
    );
  // The bundle that a start from the sources leaves behind is larger than that.
  const bundles = new URL("../../src/bundled.js", import.meta.url).href;
  const { findBundle } = (await import(bundles)) as { findBundle: (root: string) => unknown };
  expect(findBundle(new URL("../..", import.meta.url).pathname)).toBeDefined();
  const child = limited("serve");
  const ended = new Promise((resolve) => child.on("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("close", (code) => reject(new Error(`It ended with ${code}`)));
  });
  const { address } = JSON.parse(line) as { address: string };
  // While somebody else has it open, no room is made by moving its log into it.
  const keeper = await openClient({
    databaseUrl: `file:${join(folder, "belfry.db")}`,
    databaseAuthToken: undefined,
  });
  onTestFinished(() => keeper.close());
  await callServer(address, "POST", "/api/v2/users/first", { json: owner });
  const login = await callServer(address, "POST", "/api/v2/users/login", { json: owner });
  const fill = (at: number) =>
    fetch(`${address}/api/v2/notifications/custom`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "coder-session-token": login.json.session_token,
      },
      body: JSON.stringify({ content: { title: `${at}`, message: "x".repeat(500) } }),
      signal: AbortSignal.timeout(5_000),
    });
  let isTaken = true;
  for (let at = 0; isTaken; at += 1) {
    isTaken = await fill(at).then(
      ({ status }) => status === 204,
      () => false,
    );
  }
  const doctor = limited("admin doctor");
  let said = "";
  doctor.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [ready, metrics, code] = await Promise.all([
    callServer(address, "GET", "/readyz"),
    callServer(address, "GET", "/metrics"),
    new Promise((resolve) => doctor.on("close", resolve)),
  ]);
  expect(ready.status).toBe(503);
  expect(ready.json).toMatchObject({ ready: false, database: "not_writable" });
  expect(ready.json.problems[0]).toMatch(
    /^The database can be read, but takes no writes: its disk (is full|fails)/,
  );
  const series = parseExposition(metrics.text);
  expect(valueOf(series, "belfry_database_writable")).toBe(0);
  // What can be read is still shown.
  expect(valueOf(series, "belfry_tick_age_seconds")).toBeGreaterThanOrEqual(0);
  expect(said).toMatch(/^FAIL {2}database .*takes no writes: its disk (is full|fails)/m);
  expect(said).toMatch(/→ (Free space on its disk|Check its disk)/);
  expect(code).toBe(1);
});

test("a certificate that this machine doesn't trust is not a server that doesn't answer", async () => {
  const { server } = await startPatient();
  const file = (name: string) =>
    readFileSync(new URL(`../support/certificates/${name}`, import.meta.url), "utf8");
  const proxy = createTlsServer({ key: file("server-key.pem"), cert: file("server.pem") });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const url = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const findings = await examine({
    environment: {
      BELFRY_DATABASE_URL: `file:${join(server.folder, "belfry.db")}`,
      BELFRY_SECRET_KEY: secretKey,
      BELFRY_ACCESS_URL: url,
    },
    now: server.clock.now,
  });
  const found = (name: string) => findings.find(({ check }) => check === name);
  expect(found("server")).toMatchObject({
    level: "warn",
    message: expect.stringMatching(
      /^The certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted on this machine: /,
    ),
    advice: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(found("tables")).toMatchObject({
    level: "ok",
    message: expect.stringMatching(/^largest: \w+ [\d.]+ kB, /),
  });
});

test("ticks that have stopped", async () => {
  const { server, complaints } = await startPatient();
  server.clock.advance(600_000);
  const ready = await server.call("GET", "/readyz");
  expect(ready.json).toMatchObject({ ready: false, database: "ok", tick: "late", tick_age_seconds: 600 });
  expect(ready.json.problems).toEqual([expect.stringContaining("nothing is retried")]);
  expect(valueOf(await scrape(server), "belfry_tick_age_seconds")).toBe(600);
  const [tick, notReady] = await complaints();
  expect(tick).toMatch(/^tick: The periodic run is overdue: .*10 minutes ago.*/);
  expect(notReady).toMatch(/^server: .* is not ready/);
});

describe.skipIf(noServer)("a database server", () => {
  test("that is gone", async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(() => libsql.stop());
    const { server, complaints } = await startPatient({ BELFRY_DATABASE_URL: libsql.url });
    expect(await complaints({ environment: { BELFRY_DATABASE_URL: libsql.url } })).toEqual([]);
    await libsql.kill();
    const [ready, series, said] = await Promise.all([
      readyWithinTwoSeconds(server),
      scrape(server),
      complaints({ environment: { BELFRY_DATABASE_URL: libsql.url } }),
    ]);
    expect(ready.json).toMatchObject({ ready: false, database: "unavailable", tick: "unknown" });
    expect(ready.json.problems).toEqual([expect.stringMatching(/^The database can't be used/)]);
    expect(ready.text).not.toContain(new URL(libsql.url).port);
    expect(valueOf(series, "belfry_database_writable")).toBe(0);
    expect(valueOf(series, "belfry_tick_age_seconds")).toBeUndefined();
    expect(said[0]).toMatch(/^database: The database 127\.0\.0\.1:\d+ can't be used: .* BELFRY_DATABASE_URL/);
  });

  test("that gives too little at once", async () => {
    const libsql = await startLibsqlServer(["--max-response-size", "1MB"]);
    onTestFinished(() => libsql.stop());
    const { complaints } = await startPatient({ BELFRY_DATABASE_URL: libsql.url });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^database: .* refuses responses of 6 MB: .* → .* --max-response-size/),
    ]);
  });

  test("whose writers block one another, while it answers reads", async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(() => libsql.stop());
    const proxy = await startWriteTrap(libsql.url);
    const { server, complaints } = await startPatient({ BELFRY_DATABASE_URL: proxy.url });
    proxy.trap();
    const [ready, series, [database]] = await Promise.all([
      readyWithinTwoSeconds(server),
      scrape(server),
      complaints(),
    ]);
    expect(ready.json).toMatchObject({ ready: false, database: "not_writable", tick: "ok" });
    expect(ready.json.problems).toEqual([
      "The database can be read, but takes no writes: it does not answer in time.",
    ]);
    expect(valueOf(series, "belfry_database_writable")).toBe(0);
    expect(database).toMatch(
      /^database: .* takes no writes: .* → Restart the libSQL server\. .*--max-concurrent-connections 2/,
    );
    proxy.release();
  });
});

async function readyWithinTwoSeconds(server: TestServer) {
  const began = performance.now();
  const ready = await server.call("GET", "/readyz");
  expect(performance.now() - began).toBeLessThan(2_000);
  return ready;
}

/** Passes everything on to a database server, but once asked to, leaves whoever wants to write waiting. */
async function startWriteTrap(target: string) {
  let isTrapped = false;
  const proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      if (isTrapped && body.includes("BEGIN IMMEDIATE")) return;
      const passed = request(
        target + incoming.url!,
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(outgoing);
        },
      );
      passed.on("error", () => outgoing.destroy());
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const release = () => {
    isTrapped = false;
    proxy.closeAllConnections();
  };
  onTestFinished(async () => {
    release();
    await new Promise((resolve) => proxy.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    trap: () => (isTrapped = true),
    release,
  };
}

test("a clock that is off", async () => {
  const receiver = await startReceiver();
  const { server, complaints } = await startPatient(
    { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url },
    { clock: createClock(Date.now() + 600_000) },
  );
  expect(valueOf(await scrape(server), "belfry_clock_offset_seconds")).toBeCloseTo(600, -1);
  const host = new URL(receiver.url).host;
  expect(await complaints()).toEqual([
    expect.stringMatching(
      `^clock: This machine's clock is 10 minutes ahead of the clock of ${host}\\. → Synchronize the clocks`,
    ),
  ]);
  // Put right on the machine, but not undone what was written meanwhile.
  const [later] = await complaints({ now: Date.now });
  expect(later).toMatch(/^clock: The last run was 10 minutes in the future/);
});

test("a key that is not the deployment's", async () => {
  const folder = await temporaryFolder();
  const { server, complaints } = await startPatient({}, { folder });
  await server.stop();
  const wrong = await startTestServer({
    folder,
    clock: server.clock,
    environment: { BELFRY_SECRET_KEY: otherKey },
  });
  await wrong.runTick();
  expect(valueOf(await scrape(wrong), "belfry_secret_key_matches")).toBe(0);
  const access = { BELFRY_ACCESS_URL: wrong.url };
  const environment = { ...access, BELFRY_SECRET_KEY: otherKey };
  const said = await complaints({ environment });
  expect(said).toEqual([
    expect.stringMatching(
      /^key: BELFRY_SECRET_KEY is not the key of this deployment\. .*belfry admin accept-key/,
    ),
    expect.stringMatching(/^server: .* is not ready: BELFRY_SECRET_KEY is not the key of this database/),
  ]);
  expect(wrong.logs.join()).toContain("BELFRY_SECRET_KEY is not the key of this database");
  expect(said.join()).not.toContain(otherKey);
  // The old one is lost: then this one it is.
  const accepted = await run(["admin", "accept-key"], {
    environment: { BELFRY_DATABASE_URL: `file:${join(folder, "belfry.db")}`, BELFRY_SECRET_KEY: otherKey },
  });
  expect(accepted.code).toBe(0);
  expect(await complaints({ environment })).toEqual([]);
  expect(valueOf(await scrape(wrong), "belfry_secret_key_matches")).toBe(1);
  expect(await complaints({ environment: access })).toEqual([expect.stringMatching(/^key: /)]);
  // Kept beside the database it would do for this machine only.
  const open = { ...access, BELFRY_SECRET_KEY: "", BELFRY_HTTP_ADDRESS: "0.0.0.0:4747" };
  expect(await complaints({ environment: open })).toEqual([
    expect.stringMatching(/^key: BELFRY_SECRET_KEY is not set/),
  ]);
});

describe("a file of the database that is taken away under a running server", () => {
  const copyOver = (file: string) => {
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
  };
  test.each([
    ["its log is removed", (file: string) => rmSync(`${file}-wal`)],
    ["its shared memory is removed", (file: string) => rmSync(`${file}-shm`)],
    ["it is removed itself", (file: string) => rmSync(file)],
    ["a copy stands in its place", copyOver],
  ])("nothing more is accepted, and what was is saved: %s", async (_what, take) => {
    const { server, complaints } = await startPatient();
    const file = join(server.folder, "belfry.db");
    const token = await signIn(server, owner);
    const send = sender(server.url, token);
    expect([await send("one"), await send("two")]).toEqual([204, 204]);
    take(file);
    expect([await send("three"), await send("four")]).toEqual([503, 503]);
    await expect.poll(() => server.logs.filter((line) => line.includes(`${file}.rescued`))).toHaveLength(1);
    expect(await titlesIn(`${file}.rescued`)).toEqual(expect.arrayContaining(["one", "two"]));
    expect(await complaints()).toContainEqual(
      expect.stringMatching(/^server: .* is not ready: .*was removed or replaced while Belfry was running/),
    );
  });

  test("the copy that was saved is restored, and everything accepted is there", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "belfry.db");
    await copyNewDatabase(file, Date.now());
    const environment = {
      BELFRY_DATABASE_URL: `file:${file}`,
      BELFRY_SECRET_KEY: secretKey,
      BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    };
    const first = await startProgram(environment);
    await callServer(first.url, "POST", "/api/v2/users/first", { json: owner });
    const signedIn = await callServer(first.url, "POST", "/api/v2/users/login", { json: owner });
    const send = sender(first.url, signedIn.json.session_token);
    expect([await send("one"), await send("two")]).toEqual([204, 204]);
    rmSync(`${file}-wal`);
    expect(await send("three")).toBe(503);
    await expect.poll(() => first.stderr(), { timeout: 10_000 }).toContain(`${file}.rescued`);
    expect((await first.kill("SIGTERM")).code).toBe(0);
    expect(await run(["admin", "restore", `${file}.rescued`], { environment })).toMatchObject({ code: 0 });
    expect(await titlesIn(file)).toEqual(expect.arrayContaining(["one", "two"]));
  });
});

const sender = (url: string, token: string) => async (title: string) => {
  const json = { content: { title, message: "x" } };
  return (await callServer(url, "POST", "/api/v2/notifications/custom", { token, json })).status;
};

async function titlesIn(file: string): Promise<unknown[]> {
  const client = await openClient({ databaseUrl: `file:${file}`, databaseAuthToken: undefined });
  onTestFinished(() => client.close());
  const { rows } = await client.execute("SELECT title FROM inbox_notifications");
  return rows.map(({ title }) => title);
}

test.each([
  [
    "not a database",
    (file: string) => writeFileSync(file, "not a database ".repeat(1_000)),
    "not an SQLite database",
  ],
  ["damaged", (file: string) => damage(file), "It is damaged"],
])("a file that is %s has an error with a remedy", async (_what, spoil, said) => {
  const file = join(await temporaryFolder(), "belfry.db");
  await copyNewDatabase(file, Date.now());
  spoil(file);
  const environment = { BELFRY_DATABASE_URL: `file:${file}`, BELFRY_SECRET_KEY: secretKey };
  const started = await run(["serve"], { environment });
  expect(started.code).toBe(1);
  expect(started.stderr).toMatch(new RegExp(`${said}.*belfry admin restore`));
  expect(complaintsIn(await examine({ environment, now: Date.now })).join()).toContain(said);
});

test("a page that is damaged where nobody has looked yet is found", async () => {
  const { server, complaints } = await startPatient();
  await server.sql("CREATE TABLE spare (text TEXT)");
  await server.sql(`INSERT INTO spare SELECT hex(randomblob(2000)) FROM json_each('[1,2,3,4,5,6,7,8]')`);
  const [root] = await server.sql("SELECT rootpage FROM sqlite_master WHERE name = 'spare'");
  const file = join(server.folder, "belfry.db");
  const other = await openClient({ databaseUrl: `file:${file}`, databaseAuthToken: undefined });
  await other.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  other.close();
  const [spoiled, elsewhere] = [openSync(file, "r+"), (Number(root!["rootpage"]) - 1) * 4_096];
  writeSync(spoiled, Buffer.alloc(4_096, 0xff), 0, 4_096, elsewhere);
  closeSync(spoiled);
  expect(await complaints()).toContainEqual(
    expect.stringMatching(/^database: .* is damaged: .*Tree \d+ page \d+/),
  );
});

/** Every page but the first. */
function damage(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, 4_096));
}

test("only the errors of the configuration are reported, each variable by its name", async () => {
  const findings = await examine({
    environment: { BELFRY_DATABASE_URL: "nowhere", BELFRY_LOG_LEVEL: "loud", BELFRY_EMAIL_FORM: "x" },
    now: Date.now,
  });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ check: "configuration", level: "fail" });
  for (const name of ["BELFRY_DATABASE_URL", "BELFRY_LOG_LEVEL", "BELFRY_EMAIL_FORM"])
    expect(findings[0]!.message).toContain(name);
});
