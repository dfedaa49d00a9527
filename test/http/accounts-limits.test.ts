// How often somebody may try to sign in: by place, by account, and what a full queue of hashes says.
import { expect, test } from "vitest";
import { waitingForEach } from "../../src/runtime/process.ts";
import { addUser, owner, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const behindProxy = {
  BELFRY_PROXY_TRUSTED_HEADER: "X-Forwarded-For",
  BELFRY_PROXY_TRUSTED_ORIGINS: "127.0.0.0/8, 10.0.0.0/8",
};
const from = (address: string) => ({ "x-forwarded-for": address });
const second = 1_000;
const minute = 60 * second;

const login = (server: TestServer, json: unknown, headers: Record<string, string> = {}) =>
  server.call("POST", "/api/v2/users/login", { json, headers });
const validate = (server: TestServer, headers: Record<string, string> = {}) =>
  server.call("POST", "/api/v2/users/validate-password", { json: { password: "x" }, headers });
const wrong = { email: owner.email, password: "not-the-password-77" };
const right = { email: owner.email, password: owner.password };

/** Sends until it is turned away; how often it wasn't. */
async function knock(send: () => Promise<{ status: number }>): Promise<number> {
  for (let times = 0; times < 200; times += 1) if ((await send()).status === 429) return times;
  return Infinity;
}

test("sixty requests a minute from one place, and the answer says when there are more", async () => {
  const server = await startTestServer({ environment: behindProxy });
  await signInFirst(server);
  const here = from("203.0.113.7");
  expect(await knock(() => validate(server, here))).toBe(60);
  const refused = await login(server, right, here);
  expect(refused.status).toBe(429);
  const wait = Number(refused.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(61);
  expect(refused.headers.get("ratelimit-policy")).toBe('"sign-in";q=60;w=60');
  expect(refused.headers.get("ratelimit")).toBe(`"sign-in";r=0;t=${wait}`);
  expect(refused.json.message).toMatch(/too many/);
  expect((await login(server, right, from("203.0.113.8"))).status).toBe(201);
  // Whoever keeps knocking doesn't wait longer.
  server.clock.advance((wait - 1) * second);
  expect((await validate(server, here)).status).toBe(429);
  server.clock.advance(second);
  expect((await validate(server, here)).status).toBe(200);
});

test("a place is an address, of IPv6 the whole network; what a client writes into the header is nothing", async () => {
  const server = await startTestServer({ environment: behindProxy });
  expect(await knock(() => validate(server, from("2001:db8:1:2::1")))).toBe(60);
  expect((await validate(server, from("2001:db8:1:2:aaaa:bbbb:cccc:dddd"))).status).toBe(429);
  expect((await validate(server, from("2001:db8:1:3::1"))).status).toBe(200);
  let invented = 0;
  const lie = () => validate(server, from(`198.51.100.${(invented += 1)}, 203.0.113.9, 10.1.2.3`));
  expect(await knock(lie)).toBe(60);
});

test("without a trusted proxy the header means nothing", async () => {
  const server = await startTestServer();
  let invented = 0;
  expect(await knock(() => validate(server, from(`198.51.100.${(invented += 1)}`)))).toBe(60);
});

test("wrong passwords for one account: five at once, then growing waits, ten in a quarter of an hour", async () => {
  const server = await startTestServer({ environment: behindProxy });
  await signInFirst(server);
  let places = 0;
  const guess = () => login(server, wrong, from(`198.51.100.${(places += 1)}`));
  const waits: number[] = [];
  let guesses = 0;
  const start = server.clock.now();
  while (server.clock.now() < start + 14 * minute) {
    const answer = await guess();
    if (answer.status === 401) guesses += 1;
    else {
      expect(answer.status).toBe(429);
      expect(answer.json.detail).toMatch(/reset the password/);
      waits.push(Number(answer.headers.get("retry-after")));
      server.clock.advance(waits.at(-1)! * second);
    }
  }
  expect(guesses).toBe(10);
  expect(waits.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
  expect(waits[5]).toBeGreaterThan(10 * 60);
});

test("an account that is not there is limited like one that is", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const seen = [];
  for (const email of [owner.email, "nobody@example.com"]) {
    const answers = [];
    for (let tries = 0; tries < 6; tries += 1) {
      const { status, text } = await login(server, { email, password: wrong.password });
      answers.push([status, text]);
    }
    seen.push(answers);
  }
  expect(seen[0]!.at(-1)![0]).toBe(429);
  expect(seen[1]).toEqual(seen[0]);
});

test("who signs in has a clean slate, and others' failures are their own", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const bob = await addUser(server, "bob");
  for (let round = 0; round < 3; round += 1) {
    for (let tries = 0; tries < 4; tries += 1) expect((await login(server, wrong)).status).toBe(401);
    expect((await login(server, right)).status).toBe(201);
  }
  for (let tries = 0; tries < 5; tries += 1) await login(server, wrong);
  expect((await login(server, { ...right, email: "ADA@example.com" })).status).toBe(429);
  expect((await login(server, bob)).status).toBe(201);
});

test("many guesses at once are no more than one after another", async () => {
  const server = await startTestServer({ adapter: "plain" });
  await signInFirst(server);
  const answers = await Promise.all(Array.from({ length: 20 }, () => login(server, wrong)));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
});

test("what a limit is kept under says neither the address nor the place", async () => {
  const server = await startTestServer({ environment: behindProxy });
  await login(server, wrong, from("203.0.113.77"));
  const kept = JSON.stringify(await server.sql("SELECT * FROM rate_limits"));
  expect(kept).not.toMatch(/ada|example|203/);
  expect(JSON.parse(kept)).toHaveLength(2);
  server.clock.advance(31 * minute);
  await server.runTick();
  expect(await server.sql("SELECT * FROM rate_limits")).toEqual([]);
});

test("when too many passwords wait to be checked, the next is told to come back", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const { hashLimit } = server.deps().process;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let running = 0;
  const work = Array.from({ length: 2 + 2 * waitingForEach }, () =>
    hashLimit(async () => {
      running += 1;
      await released;
    }),
  );
  const busy = await login(server, right);
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(running).toBe(2);
  release();
  await Promise.all(work);
  expect((await login(server, right)).status).toBe(201);
});
