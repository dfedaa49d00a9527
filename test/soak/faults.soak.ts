// Two Belfry processes on one libSQL server, many who send, and faults at random moments: the server killed, the network cut
// or slow, a Belfry killed. Prints what happened and what became of the messages. The same SEED draws the same faults.
import { createClient } from "@libsql/client/http";
import { expect, onTestFinished, test } from "vitest";
import { startLink, type Link } from "../support/link.ts";
import { freePort, startProgram, type Program } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { callServer, owner, secretKey } from "../support/server.ts";
import { startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";
import { accountOf, accountOfTitles, startTraffic, type Traffic } from "../support/traffic.ts";

const messages = Number(process.env["MESSAGES"] ?? 20_000);
const seed = Number(process.env["SEED"] ?? 1);
const width = 100;

/** Mulberry32: numbers from 0 to 1. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One that comes back whatever happens, as under a supervisor: it gives up while the database is away. */
async function startInstance(environment: Record<string, string>): Promise<Program> {
  for (;;) {
    try {
      return await startProgram(environment);
    } catch (error) {
      if (!String(error).includes("can't be used")) throw error;
    }
  }
}

interface World {
  libsql: LibsqlServer;
  link: Link;
  instances: Program[];
  environments: Record<string, string>[];
}

/** Each makes something go wrong for so many milliseconds, and puts it right. */
const faults: Record<string, (world: World, time: number, which: number) => Promise<void>> = {
  "libSQL server killed": async ({ libsql }, time) => {
    await libsql.kill();
    await sleep(time);
    await libsql.restart();
  },
  "network cut": async ({ link }, time) => {
    link.cut();
    await sleep(time);
    link.mend();
  },
  "network slow": async ({ link }, time) => {
    link.slow(time / 10);
    await sleep(time);
    link.mend();
  },
  "Belfry killed": async ({ instances, environments }, time, which) => {
    await instances[which]!.kill("SIGKILL");
    await sleep(time);
    instances[which] = await startInstance(environments[which]!);
  },
};

async function makeTrouble(world: World, { acknowledged }: Traffic): Promise<Map<string, number>> {
  const random = createRandom(seed);
  const happened = new Map<string, number>();
  while (acknowledged.size < messages) {
    await sleep(1_000 + 4_000 * random());
    const name = Object.keys(faults)[Math.floor(random() * Object.keys(faults).length)]!;
    // One in ten lasts longer than anybody's patience.
    const time = random() < 1 / 10 ? 9_000 + 3_000 * random() : 2_000 * random();
    happened.set(name, (happened.get(name) ?? 0) + 1);
    console.log(`${acknowledged.size} acknowledged; ${name} for ${seconds(time)}`);
    await faults[name]!(world, time, random() < 0.5 ? 0 : 1);
  }
  return happened;
}

async function startWorld(endpoint: string): Promise<World> {
  const libsql = await startLibsqlServer();
  onTestFinished(libsql.stop);
  const link = await startLink(libsql.url);
  const ports = [await freePort(), await freePort()];
  const environments = ports.map((port) => ({
    BELFRY_DATABASE_URL: link.url,
    BELFRY_SECRET_KEY: secretKey,
    BELFRY_HTTP_ADDRESS: `127.0.0.1:${port}`,
    BELFRY_LOG_LEVEL: "error",
    BELFRY_NOTIFICATIONS_METHOD: "webhook",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint,
    BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, "k").toString("base64")}`,
    BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "2s",
    BELFRY_NOTIFICATIONS_LEASE_PERIOD: "5s",
    BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "1s",
  }));
  const instances: Program[] = [];
  for (const environment of environments) instances.push(await startInstance(environment));
  return { libsql, link, instances, environments };
}

test(`${messages} acknowledged messages through faults drawn by seed ${seed}`, async () => {
  const receiver = await startReceiver();
  const world = await startWorld(receiver.url);
  const urls = world.instances.map(({ url }) => url);
  const { email, password } = owner;
  await callServer(urls[0]!, "POST", "/api/v2/users/first", { json: owner });
  const login = await callServer(urls[0]!, "POST", "/api/v2/users/login", { json: { email, password } });

  const began = performance.now();
  const traffic = startTraffic({ urls, token: login.json.session_token, width, insists: false });
  const { acknowledged } = traffic;
  const trouble = makeTrouble(world, traffic);
  await traffic.until(() => acknowledged.size >= messages);
  const happened = await trouble;
  await traffic.stop();
  const sending = performance.now() - began;

  // All is well again: what is left goes out without anybody's doing.
  for (const url of urls)
    await expect
      .poll(() => callServer(url, "GET", "/readyz"), { timeout: 30_000 })
      .toMatchObject({ status: 200 });
  const client = createClient({ url: world.libsql.url });
  const rows = async (statement: string) => (await client.execute(statement)).rows;
  const left = "SELECT count(*) AS n FROM notification_messages WHERE due_at IS NOT NULL";
  await expect.poll(async () => (await rows(left))[0]!["n"], { timeout: 120_000, interval: 250 }).toBe(0);
  const inbox = (await rows("SELECT title FROM inbox_notifications")).map(({ title }) => String(title));
  const states = await rows("SELECT method, status, count(*) AS n FROM notification_messages GROUP BY 1, 2");
  client.close();

  const delivered = accountOf(acknowledged, receiver.arrivals);
  const kept = accountOfTitles(acknowledged, inbox);
  console.log(`
faults                ${[...happened].map(([name, count]) => `${count} × ${name}`).join(", ")}
acknowledged          ${acknowledged.size} in ${seconds(sending)}, another ${seconds(performance.now() - began - sending)} until all was out
answered 503          ${traffic.refused}, no answer ${traffic.broken}, anything else ${traffic.unexpected.length}
deliveries            ${receiver.arrivals.length}, of these repeated under the same id ${delivered.repeated}
lost                  ${delivered.lost.length} of the webhook, ${kept.lost.length} of the inbox
under two ids         ${delivered.doubled.length} of the webhook, ${kept.doubled.length} of the inbox
messages in the end   ${states.map(({ method, status, n }) => `${n} ${method} ${status}`).join(", ")}
`);
  expect(traffic.unexpected).toEqual([]);
  expect(delivered).toMatchObject({ lost: [], doubled: [], mislabelled: 0 });
  expect(kept).toEqual({ lost: [], doubled: [] });
});
