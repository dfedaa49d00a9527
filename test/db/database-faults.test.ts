// What becomes of a batch when the database is busy, gone, slow or refuses: how long it is tried, when it is not, and
// that nothing is lost or done twice. Real sockets and processes; faults are placed, not drawn.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createClient, LibsqlError } from "@libsql/client";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDatabase, query, type DatabaseOptions, type DatabaseClient } from "../../db/client.ts";
import { DatabaseError, toDatabaseError } from "../../db/errors.ts";
import { openClient } from "../../src/runtime/database.ts";
import { wrapClient } from "../support/adapters.ts";
import { counters, counterTables, counts, countUp } from "../support/counter.ts";
import { createMeter } from "../support/meter.ts";
import { freePort } from "../support/program.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";

let server: LibsqlServer;
let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-"));
  if (!noServer) server = await startLibsqlServer();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server?.stop();
});

const newFile = () => `file:${join(folder, `${(files += 1)}.db`)}`;

async function connect(databaseUrl: string, requestTimeoutMs = 5_000): Promise<DatabaseClient> {
  const client = await openClient({ databaseUrl, databaseAuthToken: undefined }, { requestTimeoutMs });
  onTestFinished(() => {
    if (!client.closed) client.close();
  });
  return client;
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it should have failed");
    },
    (error: unknown) => {
      if (error instanceof DatabaseError) return error;
      throw error;
    },
  );

const one = () => ({ one: query.select({ value: sql<number>`1` }).from(sql`(SELECT 1)`) });
const answered = { one: [{ value: 1 }] };
const busy = () => new LibsqlError("database is locked", "SQLITE_BUSY");

/** A real client whose first batches fail with what `faults` makes. */
function failFirst(
  client: DatabaseClient,
  faults: (() => Error)[],
): { client: DatabaseClient; modes: (string | undefined)[] } {
  const modes: (string | undefined)[] = [];
  const batch: DatabaseClient["batch"] = async (statements, mode) => {
    modes.push(mode);
    const fault = faults[modes.length - 1];
    if (fault !== undefined) throw fault();
    return client.batch(statements, mode);
  };
  const get = (target: DatabaseClient, property: string | symbol) => {
    if (property === "batch") return batch;
    const value = Reflect.get(target, property) as unknown;
    return typeof value === "function" ? value.bind(target) : value;
  };
  return { client: new Proxy(client, { get }), modes };
}

/** Time that passes only by sleeping. */
function sleeper() {
  let now = 0;
  const naps: number[] = [];
  return {
    naps,
    time: {
      now: () => now,
      sleep: async (milliseconds: number) => {
        naps.push(milliseconds);
        now += milliseconds;
      },
    },
  };
}

describe("retries", () => {
  test.each([
    ["a lock, which is held for a few milliseconds", busy, 50],
    ["a server that is away", () => new TypeError("fetch failed"), 1_000],
  ])(
    "a batch is answered after failures that pass, with waits that grow: %s",
    async (_what, fault, longest) => {
      const { naps, time } = sleeper();
      const { client, modes } = failFirst(
        await connect(newFile()),
        Array.from({ length: 12 }, () => fault),
      );
      const db = createDatabase(client, { time });
      expect(await db.read(one())).toEqual(answered);
      expect(modes).toHaveLength(13);
      const jitters = naps.map((nap, tries) => nap / Math.min(longest, 5 * 2 ** tries));
      for (const jitter of jitters) {
        expect(jitter).toBeGreaterThanOrEqual(0.5);
        expect(jitter).toBeLessThanOrEqual(1.5);
      }
      // Two processes that failed together don't come again together.
      expect(new Set(jitters).size).toBeGreaterThan(1);
    },
  );

  test("a lock that another holds is waited for outside of the event loop", async () => {
    const url = newFile();
    const client = await connect(url);
    const patient = createClient({ url, timeout: 500, concurrency: 1 });
    const holder = createClient({ url, concurrency: 1 });
    onTestFinished(() => [patient, holder].forEach((one) => one.close()));
    const transaction = await holder.transaction("write");
    const stall = async (one: DatabaseClient) => {
      const started = performance.now();
      await expect(one.batch(["CREATE TABLE t (a)"], "write")).rejects.toThrow("locked");
      return performance.now() - started;
    };
    // The shortest of some: the machine may have been busy with something else.
    const own = [await stall(client), await stall(client), await stall(client), await stall(client)];
    expect(Math.min(...own)).toBeLessThan((await stall(patient)) / 4);
    await transaction.rollback();
  });

  test("after the timeout the database is unavailable", async () => {
    for (const [given, most] of [
      [undefined, 8_000],
      [500, 500],
    ] as const) {
      const { naps, time } = sleeper();
      const { client } = failFirst(
        await connect(newFile()),
        Array.from({ length: 1_000 }, () => busy),
      );
      const options: DatabaseOptions = given === undefined ? { time } : { time, timeoutMs: given };
      const error = await failureOf(createDatabase(client, options).write([], one()));
      expect(error).toMatchObject({
        kind: "unavailable",
        code: "SQLITE_BUSY",
        message: "database is locked",
      });
      const slept = naps.reduce((sum, nap) => sum + nap, 0);
      expect(slept).toBeLessThanOrEqual(most);
      expect(slept).toBeGreaterThan(most - 1_500);
    }
  });

  test("reads and writes are bound to their modes from the first statement on", async () => {
    const { client, modes } = failFirst(await connect(newFile()), []);
    const db = createDatabase(client);
    await db.read(one());
    await db.write([], one());
    expect(modes).toEqual(["read", "write"]);
  });

  const hopeless: [what: string, error: () => Error][] = [
    ["a full disk", () => new LibsqlError("database or disk is full", "SQLITE_FULL")],
    ["a read-only file", () => new LibsqlError("attempt to write a readonly database", "SQLITE_READONLY")],
    ["a damaged file", () => new LibsqlError("database disk image is malformed", "SQLITE_CORRUPT")],
    ["a used-up quota", () => new LibsqlError("Operation was blocked", "BLOCKED")],
  ];
  test.each(hopeless)("%s is reported at once, as unavailable", async (_what, fault) => {
    const { client, modes } = failFirst(await connect(newFile()), [fault]);
    const db = createDatabase(client);
    expect(await failureOf(db.read(one()))).toMatchObject({ kind: "unavailable", isPassing: false });
    expect(modes).toHaveLength(1);
    expect(await db.read(one())).toEqual(answered);
  });

  const networkFailures = [
    ["EAI_AGAIN", "getaddrinfo EAI_AGAIN db.example.com"],
    ["ENOTFOUND", "getaddrinfo ENOTFOUND db.example.com"],
    ["EHOSTUNREACH", "connect EHOSTUNREACH 10.0.0.1:443"],
    ["ETIMEDOUT", "connect ETIMEDOUT 10.0.0.1:443"],
    ["EPIPE", "write EPIPE"],
    ["CERT_HAS_EXPIRED", "certificate has expired"],
    ["UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error"],
  ];
  test.each(networkFailures)("%s of a connection passes, itself or as a cause", (code, words) => {
    const failure = Object.assign(new Error(words), { code });
    for (const error of [failure, new TypeError("fetch failed", { cause: failure })])
      expect(toDatabaseError(error)).toMatchObject({ kind: "unavailable", isPassing: true });
  });

  test("a mistake of ours is no failure of the network", () => {
    for (const error of [
      new TypeError("undefined cannot be passed as argument"),
      new RangeError("no"),
      "words",
    ])
      expect(toDatabaseError(error)).toMatchObject({ kind: "statement", isPassing: false });
  });
});

describe("adapters of the suite", () => {
  const once = (token: string) =>
    query.run(sql`INSERT INTO counts (token) VALUES (${token}) ON CONFLICT DO NOTHING`);
  const allCounts = () => ({ all: query.select().from(counts) });

  async function open(adapter: "twice" | "lost") {
    const real = await connect(newFile());
    await real.batch(counterTables, "write");
    const { client: watched, modes } = failFirst(real, []);
    return { db: createDatabase(wrapClient(watched, adapter)), modes };
  }

  test("one sends every write twice and every read once", async () => {
    const { db, modes } = await open("twice");
    expect(await db.write([once("a")], allCounts())).toEqual({ all: [{ token: "a" }] });
    expect(modes).toEqual(["write", "write"]);
    await db.read(allCounts());
    expect(modes).toEqual(["write", "write", "read"]);
    // What may not be sent twice is found out.
    expect(await failureOf(db.write([query.insert(counts).values({ token: "b" })], {}))).toMatchObject({
      kind: "constraint",
    });
  });

  test("one does every write, loses its first answer, and answers when it comes again", async () => {
    const { db, modes } = await open("lost");
    expect(await db.write([once("a")], allCounts())).toEqual({ all: [{ token: "a" }] });
    expect(modes).toEqual(["write", "write"]);
    await db.read(allCounts());
    expect(modes).toEqual(["write", "write", "read"]);
    expect(await failureOf(db.write([query.insert(counts).values({ token: "b" })], {}))).toMatchObject({
      kind: "constraint",
    });
  });

  test("writes at the same time lose one answer each", async () => {
    const { db, modes } = await open("lost");
    const tokens = Array.from({ length: 20 }, (_, at) => `token ${at}`);
    const answers = await Promise.all(
      tokens.flatMap((token) => [db.write([once(token)], allCounts()), db.read(allCounts())]),
    );
    expect(modes.filter((mode) => mode === "write")).toHaveLength(40);
    expect(modes.filter((mode) => mode === "read")).toHaveLength(20);
    expect(answers).toHaveLength(40);
    expect((await db.read(allCounts())).all.map((row) => row.token).toSorted()).toEqual(tokens.toSorted());
  });
});

function startCounter(databaseUrl: string, name: string, times: number) {
  const program = fileURLToPath(new URL("../support/counter.ts", import.meta.url));
  const child = spawn(process.execPath, [program, databaseUrl, name, String(times)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  const ready = line();
  return { ready, begin: () => child.stdin.write("go\n"), done: ready.then(line) };
}

type Counting = ReturnType<typeof countUp>;

/** Three count up one counter, `times` each; meanwhile every read must see as many counts as the counter says. */
async function countTogether(
  databaseUrl: string,
  times: number,
  start: (names: string[]) => Promise<Counting[]>,
): Promise<void> {
  const client = await connect(databaseUrl);
  await client.batch(counterTables, "write");
  const db = createDatabase(client);
  let running = 3;
  const started = await start(["one", "two", "three"]);
  const countings = started.map((counting) => counting.finally(() => (running -= 1)));
  const looks = new Set<number>();
  while (running > 0) {
    const { counter, counted } = await db.read({
      counter: query.select().from(counters),
      counted: query.select({ count: sql<number>`count(*)` }).from(counts),
    });
    expect(counted[0]!.count).toBe(counter[0]!.count);
    looks.add(counter[0]!.count);
    // Lets the others' answers in: an embedded read doesn't.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const results = await Promise.all(countings);
  expect(results.map(({ taken }) => taken)).toEqual([times, times, times]);
  const { counter } = await db.read({ counter: query.select().from(counters) });
  expect(counter[0]!.count).toBe(3 * times);
  // They did meet: some found that what they had read was no longer so, and the looks fell between the writes.
  expect(results.some(({ late }) => late > 0)).toBe(true);
  expect(looks.size).toBeGreaterThan(20);
}

test("three processes on one file: no write fails, none is lost, every read is of one moment", async () => {
  const url = newFile();
  await countTogether(url, 80, async (names) => {
    const children = names.map((name) => startCounter(url, name, 80));
    await Promise.all(children.map(({ ready }) => ready));
    for (const { begin } of children) begin();
    return children.map(async ({ done }) => JSON.parse(await done) as Awaited<Counting>);
  });
});

test("many at once in one process do not hinder one another", async () => {
  const client = await connect(newFile());
  await client.batch(counterTables, "write");
  const meter = createMeter();
  const db = createDatabase(client, meter);
  const results = await Promise.all(Array.from({ length: 8 }, (_, at) => countUp(db, `task ${at}`, 10)));
  const late = results.reduce((sum, result) => sum + result.late, 0);
  expect(late).toBeGreaterThan(0);
  // No batch had to be sent again.
  expect(meter.trips).toBe(2 * (80 + late));
});

type Script = "pass" | "cut" | "hang" | { status: number; type: string; body: string };

/** Stands before the real server: answers each request by the script, then passes all on. */
async function startProxy(upstream: string, script: Script[]): Promise<{ url: string; seen: () => number }> {
  let seen = 0;
  const proxy = createServer((incoming, outgoing) => {
    const step = script[seen] ?? "pass";
    seen += 1;
    if (step === "hang") return;
    if (typeof step === "object") {
      incoming.resume();
      outgoing.writeHead(step.status, { "content-type": step.type }).end(step.body);
    } else passOn(upstream, incoming, outgoing, step);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  await new Promise((resolve) => proxy.once("listening", resolve));
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen: () => seen };
}

function passOn(
  upstream: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  step: "pass" | "cut",
): void {
  const { url: path = "/", method = "POST", headers } = incoming;
  const onward = request(upstream + path, { method, headers }, (answer) => {
    if (step === "pass") {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    // The server has done its part; half of its answer never arrives.
    outgoing.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
    outgoing.write('{"baton":null,', () => outgoing.destroy());
    answer.resume();
  });
  incoming.pipe(onward);
}

describe.skipIf(noServer)("a libSQL server", () => {
  test("three connections to one server: no write fails, none is lost, every read is of one moment", async () => {
    await countTogether(server.url, 25, async (names) => {
      const clients = await Promise.all(names.map(() => connect(server.url)));
      return clients.map((client, at) => countUp(createDatabase(client), names[at]!, 25));
    });
  });

  test("a batch outlives a server that was killed and comes back", async () => {
    const mortal = await startLibsqlServer();
    onTestFinished(mortal.stop);
    const client = await connect(mortal.url);
    await client.batch(counterTables, "write");
    await mortal.kill();
    let restarted: Promise<void> | undefined;
    let trips = 0;
    const db = createDatabase(client, {
      onTrip: () => {
        trips += 1;
        if (trips === 3) restarted = mortal.restart();
      },
    });
    const { counter } = await db.read({ counter: query.select().from(counters) });
    expect(counter).toEqual([{ id: "all", count: 0, token: "" }]);
    await restarted;
    expect(trips).toBeGreaterThan(3);
  });

  const line = (status: number, type: string, body: string): Script => ({ status, type, body });
  const passing: [what: string, script: Script[]][] = [
    ["429 in plain words", [line(429, "text/plain", "slow down"), line(429, "text/plain", "")]],
    [
      "429 of the server itself",
      [line(429, "application/json", '{"error":"Timed out while opening database connection"}')],
    ],
    ["429 of a gateway", [line(429, "application/json", '{"message":"Too Many Requests"}')]],
    ["502 of a proxy", [line(502, "text/html", "<h1>Bad Gateway</h1>"), line(503, "text/html", "")]],
    ["a page where JSON should be", [line(200, "text/html", "<h1>Welcome to the hotel</h1>")]],
    ["an answer of another protocol", [line(200, "application/json", '{"hello":"world"}')]],
    ["an answer that is cut off", ["cut", "cut"]],
    ["no answer at all", ["hang"]],
  ];
  test.each(passing)("%s passes: the batch is sent again", async (_what, script) => {
    const proxy = await startProxy(server.url, script);
    const db = createDatabase(await connect(proxy.url, 300));
    expect(await db.write([], one())).toEqual(answered);
    expect(proxy.seen()).toBe(script.length + 1);
  });

  test("a write whose answer was cut off is done once", async () => {
    const proxy = await startProxy(server.url, ["cut"]);
    const client = await connect(server.url);
    await client.batch(
      ["DROP TABLE IF EXISTS counters", "DROP TABLE IF EXISTS counts", ...counterTables],
      "write",
    );
    const db = createDatabase(await connect(proxy.url));
    await countUp(db, "me", 3);
    expect((await db.read({ all: query.select().from(counters) })).all[0]!.count).toBe(3);
  });

  const lasting: [status: number, kind: string][] = [
    [400, "statement"],
    [401, "unavailable"],
    [403, "unavailable"],
    [404, "unavailable"],
    [413, "too_large"],
  ];
  test.each(lasting)("HTTP %d is reported at once, as %s", async (status, kind) => {
    const proxy = await startProxy(server.url, [line(status, "application/json", '{"message":"no"}')]);
    const db = createDatabase(await connect(proxy.url));
    const error = await failureOf(db.read(one()));
    expect(error).toMatchObject({ kind, isPassing: false });
    expect(error.message).toContain(`answered ${status}`);
    expect(proxy.seen()).toBe(1);
  });
});

test("a server that is down is unavailable after the timeout", async () => {
  const db = createDatabase(await connect(`http://127.0.0.1:${await freePort()}`), { timeoutMs: 150 });
  const error = await failureOf(db.read(one()));
  expect(error).toMatchObject({ kind: "unavailable", isPassing: true });
  expect(error.message).toMatch(/ECONNREFUSED/);
});

test("a server that takes connections and never answers is unavailable when time is up", async () => {
  const sockets: { destroy: () => void }[] = [];
  const silent = createTcpServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  await new Promise((resolve) => silent.once("listening", resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const meter = createMeter();
  const db = createDatabase(await connect(url, 100), { timeoutMs: 250, ...meter });
  expect(await failureOf(db.write([], one()))).toMatchObject({ kind: "unavailable", isPassing: true });
  expect(meter.trips).toBeGreaterThan(1);
});
