// Eight receivers of one server: three healthy ones, one dead, one slow, one that answers 429, one that answers 410 and one that
// cuts connections. First all are well, then five are in trouble, then the server is killed several times, too. The healthy
// ones get everything, about as soon as when all are well; nothing is lost of the others, either.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { expect, onTestFinished, test } from "vitest";
import { freePort, startProgram, temporaryFolder } from "../support/program.ts";
import { custom } from "../support/receivers.ts";
import { callServer, owner, secretKey } from "../support/server.ts";
import { startTraffic } from "../support/traffic.ts";
import { sickNames, startSickReceivers } from "./sick-receivers.ts";

const receivers = 8;
const messages = Number(process.env["MESSAGES"] ?? 20_000);
/** Blocks of events while all are well and while five aren't, in turn: what else the machine does slows both. */
const rounds = 5;
const block = Math.ceil(((messages / receivers) * 0.3) / rounds);
const underKills = Math.ceil(messages / receivers) - 2 * rounds * block;
const kills = 4;

interface Healthy {
  url: string;
  /** Of each message by its id: title, and when it came first. */
  arrivals: Map<string, { title: string; at: number; count: number }>;
  /** When the event of a title came first. */
  cameAt: Map<string, number>;
  next: () => Promise<void>;
}

async function startHealthy(): Promise<Healthy> {
  const arrivals: Healthy["arrivals"] = new Map();
  const cameAt: Healthy["cameAt"] = new Map();
  let arrived = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const at = performance.now();
      response.writeHead(204).end();
      const id = String(request.headers["webhook-id"]);
      const { title } = JSON.parse(body) as { title: string };
      const known = arrivals.get(id) ?? { title, at, count: 0 };
      arrivals.set(id, { ...known, count: known.count + 1 });
      if (!cameAt.has(title)) cameAt.set(title, at);
      arrived.resolve();
      arrived = Promise.withResolvers();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => (server.closeAllConnections(), void server.close()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, arrivals, cameAt, next: () => arrived.promise };
}

const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!;

async function startWorld() {
  const file = join(await temporaryFolder(), "belfry.db");
  const environment = {
    BELFRY_DATABASE_URL: `file:${file}`,
    BELFRY_SECRET_KEY: secretKey,
    BELFRY_HTTP_ADDRESS: `127.0.0.1:${await freePort()}`,
    BELFRY_LOG_LEVEL: "error",
    BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: "true",
    BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "4s",
    BELFRY_NOTIFICATIONS_LEASE_PERIOD: "6s",
    BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "1s",
    BELFRY_NOTIFICATIONS_RETRY_INTERVAL: "100ms",
  };
  let program = await startProgram(environment);
  const { url } = program;
  const restart = async () => {
    await program.kill("SIGKILL");
    program = await startProgram(environment);
  };
  await callServer(url, "POST", "/api/v2/users/first", { json: owner });
  const { email, password } = owner;
  const login = await callServer(url, "POST", "/api/v2/users/login", { json: { email, password } });
  const token = login.json.session_token;
  const call = (method: string, path: string, json?: object) =>
    callServer(url, method as "POST", `/api/v2${path}` as "/api/v2/notifications/receivers", {
      token,
      ...(json === undefined ? {} : { json: json as never }),
    });
  const client = createClient({ url: `file:${file}` });
  onTestFinished(() => client.close());
  const rows = async (statement: string) => (await client.execute(statement)).rows;
  return { url, token, call, rows, restart };
}

test(`${messages} messages over ${receivers} receivers, five of them in trouble, and ${kills} kills`, async () => {
  const { url, token, call, rows, restart } = await startWorld();
  const healthy = await Promise.all([startHealthy(), startHealthy(), startHealthy()]);
  const sick = await startSickReceivers();
  onTestFinished(sick.stop);
  const addresses = [
    ...healthy.map(({ url: address }, at) => [`healthy-${at}`, address] as const),
    ...sickNames.map((name) => [name, `http://127.0.0.1:${sick.ports[name]}/hook`] as const),
  ];
  for (const [name, address] of addresses) {
    const created = await call("POST", "/notifications/receivers", {
      name,
      format: "coder",
      address,
      kinds: custom,
    });
    expect(created.status).toBe(201);
  }

  const titles: string[] = [];
  /** One event after another: how long each takes to a healthy receiver. */
  const run = async (name: string, count: number) => {
    const waits: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const title = `${name} ${at}`;
      titles.push(title);
      const sent = performance.now();
      const { status } = await call("POST", "/notifications/custom", { content: { title, message: title } });
      expect(status).toBe(204);
      for (const { cameAt, next } of healthy) {
        while (!cameAt.has(title)) await next();
        waits.push(cameAt.get(title)! - sent);
      }
    }
    return waits;
  };
  const count = async (where: string) =>
    Number((await rows(`SELECT count(*) AS n FROM notification_messages WHERE ${where}`))[0]!["n"]);
  const waiting = () => count("receiver_id IS NOT NULL AND due_at IS NOT NULL");
  const expiredLeases = () =>
    count(`lease_token IS NOT NULL AND due_at < ${Date.now()}
      AND receiver_id IN (SELECT id FROM notification_receivers WHERE name LIKE 'healthy-%')`);
  /** A test that is accepted ends a pause. */
  const heal = async () => {
    await sick.become("well");
    await call("PATCH", "/notifications/receivers/gone", { enabled: true });
    for (const name of sickNames) await call("POST", `/notifications/receivers/${name}/test`);
    await expect.poll(waiting, { timeout: 300_000, interval: 250 }).toBe(0);
  };
  const statuses = async () => {
    const listed = (await call("GET", "/notifications/receivers")).json as unknown as Record<
      "name" | "status",
      string
    >[];
    return Object.fromEntries(listed.map(({ name, status }) => [name, status]));
  };
  await run("warm", 100);
  const waits = { well: [] as number[], sick: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    waits.well.push(...(await run(`well ${round}`, block)));
    await sick.become("sick");
    waits.sick.push(...(await run(`sick ${round}`, block)));
    if (round < rounds) await heal();
  }

  const traffic = startTraffic({ urls: [url], token, width: 4, insists: true });
  for (let kill = 1; kill <= kills; kill += 1) {
    await traffic.until(() => traffic.acknowledged.size >= (underKills * kill) / (kills + 1));
    await restart();
    // What the dead process had claimed for the healthy ones is claimed again; a pause of another may be longer.
    await expect.poll(expiredLeases, { timeout: 60_000, interval: 250 }).toBe(0);
  }
  await traffic.until(() => traffic.acknowledged.size >= underKills);
  await traffic.stop();
  expect(traffic.unexpected).toEqual([]);
  titles.push(...traffic.acknowledged);

  const before = await statuses();
  await heal();
  const accepted = await sick.accepted();
  const states = await rows(`SELECT r.name, m.id, m.status, e.labels ->> '$.custom_title' AS title,
      m.reasons ->> '$[#-1]' AS reason
    FROM notification_messages m JOIN notification_receivers r ON r.id = m.receiver_id
      JOIN notification_events e ON e.id = m.event_id ORDER BY m.seq`);
  const ofReceiver = Map.groupBy(states, ({ name }) => String(name));
  const account = addresses.map(([name], at) => {
    const all = ofReceiver.get(name)!;
    // A sender whose request got no answer sends it again.
    const own = all.filter(({ reason }) => reason !== "duplicate");
    const got = at < healthy.length ? [...healthy[at]!.arrivals.keys()] : accepted[name as "dead"];
    const arrived = new Set(got);
    const known = new Set(own.map(({ title }) => String(title)));
    return {
      name,
      beforeHealing: before[name],
      messages: own.length,
      duplicates: all.length - own.length,
      sent: own.filter(({ status }) => status === "sent").length,
      failed: own.filter(({ status }) => status === "permanent_failure").length,
      inhibited: own.filter(({ status }) => status === "inhibited").length,
      // Acknowledged without a message, or sent and never there. Nothing is planned for one that is disabled.
      lost:
        (name === "gone" ? 0 : titles.filter((title) => !known.has(title)).length) +
        own.filter(({ id, status }) => status === "sent" && !arrived.has(String(id))).length,
      twice: own.length - known.size,
      repeated:
        at < healthy.length
          ? [...healthy[at]!.arrivals.values()].reduce((sum, { count }) => sum + count - 1, 0)
          : got.length - arrived.size,
    };
  });
  console.table(account);
  const summary = (values: readonly number[]) => ({
    p50: percentile(values, 0.5),
    p99: percentile(values, 0.99),
    max: Math.max(...values),
  });
  const [well, beside] = [summary(waits.well), summary(waits.sick)];
  console.table({
    well,
    sick: beside,
    ratio: { p50: beside.p50 / well.p50, p99: beside.p99 / well.p99 },
  });
  console.log(`no answer ${traffic.broken}, 503 ${traffic.refused}; ${states.length} messages`);

  for (const one of account) expect(one).toMatchObject({ lost: 0, twice: 0 });
  for (const { messages: all, sent } of account.slice(0, healthy.length)) expect(sent).toBe(all);
  for (const { name, messages: all, sent, failed } of account.slice(healthy.length))
    if (name !== "gone") expect(sent + failed).toBe(all);
  expect(before).toMatchObject({ gone: "disabled", dead: "failing", cutting: "failing" });
  expect(beside.p99).toBeLessThan(well.p99 * 1.2);
});
