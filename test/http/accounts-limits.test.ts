// How often somebody may try to sign in: by place, by account, and what a full queue of hashes says.
import { expect, test } from "vitest";
import { fillHashes } from "../support/hashes.ts";
import { addUser, owner, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";

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

test("one network can make sixty requests a minute; the 429 says when to retry", async () => {
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
  expect(refused.json.message).toMatch(/Too many/);
  expect((await login(server, right, from("203.0.113.8"))).status).toBe(201);
  // Whoever keeps knocking doesn't wait longer.
  server.clock.advance((wait - 1) * second);
  expect((await validate(server, here)).status).toBe(429);
  server.clock.advance(second);
  expect((await validate(server, here)).status).toBe(200);
});

test("a client network is an IPv4 address or an IPv6 prefix; a forged header is ignored", async () => {
  const server = await startTestServer({ environment: behindProxy });
  expect(await knock(() => validate(server, from("2001:db8:1:2::1")))).toBe(60);
  expect((await validate(server, from("2001:db8:1:2:aaaa:bbbb:cccc:dddd"))).status).toBe(429);
  expect((await validate(server, from("2001:db8:1:3::1"))).status).toBe(200);
  let invented = 0;
  const lie = () => validate(server, from(`198.51.100.${(invented += 1)}, 203.0.113.9, 10.1.2.3`));
  expect(await knock(lie)).toBe(60);
});

test("without a trusted proxy the header is ignored", async () => {
  const server = await startTestServer();
  let invented = 0;
  expect(await knock(() => validate(server, from(`198.51.100.${(invented += 1)}`)))).toBe(60);
});

test("wrong passwords for one account: five at once, then growing delays, ten in 15 minutes", async () => {
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

test("an unknown account is limited like a known one", async () => {
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

test("a sign-in resets its account's failures, and no other's", async () => {
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

test("concurrent guesses are limited like consecutive ones", async () => {
  const server = await startTestServer({ adapter: "plain" });
  await signInFirst(server);
  const answers = await Promise.all(Array.from({ length: 20 }, () => login(server, wrong)));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
});

test("a limit's stored key reveals neither the email nor the network", async () => {
  const server = await startTestServer({ environment: behindProxy });
  await login(server, wrong, from("203.0.113.77"));
  const kept = JSON.stringify(await server.sql("SELECT * FROM rate_limits"));
  expect(kept).not.toMatch(/ada|example|203/);
  expect(JSON.parse(kept)).toHaveLength(2);
  server.clock.advance(31 * minute);
  await server.runTick();
  expect(await countRows(server, "rate_limits")).toBe(0);
});

test("when too many passwords wait to be checked, the next gets 503 with Retry-After", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const { release } = fillHashes(server.deps().process, ["sign-in"]);
  for (let tries = 0; tries < 20; tries += 1) {
    const busy = await login(server, right);
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "5"]);
  }
  await release();
  // None of them was a failure, so the next ones are no more than the first.
  expect(await countRows(server, "rate_limits")).toBe(1);
  expect((await login(server, wrong)).status).toBe(401);
  expect((await login(server, right)).status).toBe(201);
});

test("a signed-in user who has many passwords hashed blocks nobody's sign-in or password change", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const [mia, bob] = [await addUser(server, "mia"), await addUser(server, "bob")];
  const change = (user: { token: string; password: string }, old: string) =>
    server.call("PUT", "/api/v2/users/me/password", {
      token: user.token,
      json: { old_password: old, password: server.secret("seven-green-bottles-41") },
    });
  const { release } = fillHashes(server.deps().process, ["account"]);
  expect((await login(server, right)).status).toBe(201);
  expect((await change(bob, bob.password)).status).toBe(503);
  await release();

  const { hashing } = server.deps().process;
  const mias = { lane: "account", holder: mia.userId } as const;
  const taken: (() => void)[] = [];
  for (let place = hashing.reserve(mias); place !== undefined; place = hashing.reserve(mias))
    taken.push(place.release);
  expect((await change(mia, mia.password)).status).toBe(503);
  expect((await change(bob, bob.password)).status).toBe(204);
  for (const leave of taken) leave();
  expect((await change(mia, mia.password)).status).toBe(204);
});

test("wrong old passwords count for their account, apart from sign-ins, until the right one", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const mia = await addUser(server, "mia");
  const change = (old_password: string, password: string) =>
    server.call("PUT", "/api/v2/users/me/password", { token: mia.token, json: { old_password, password } });
  const next = server.secret("seven-green-bottles-41");
  for (let round = 0; round < 2; round += 1) {
    for (let tries = 0; tries < 4; tries += 1)
      expect((await change("not-the-password-77", next)).status).toBe(400);
    // The right old password, though the new one is no other.
    expect((await change(mia.password, mia.password)).status).toBe(400);
  }
  for (let tries = 0; tries < 5; tries += 1) await change("not-the-password-77", next);
  const refused = await change(mia.password, next);
  expect([refused.status, refused.headers.get("ratelimit-policy")]).toEqual([
    429,
    '"failed-sign-in";q=10;w=900',
  ]);
  expect((await login(server, mia)).status).toBe(201);
  server.clock.advance(31 * minute);
  expect((await change(mia.password, next)).status).toBe(204);
});

test("a stranger's wrong passwords don't keep out the browser that has signed in before", async () => {
  const server = await startTestServer({ environment: behindProxy });
  await signInFirst(server);
  const bob = await addUser(server, "bob");
  const cookieOf = async (user: { email: string; password: string }) =>
    (await login(server, user)).headers
      .getSetCookie()
      .map((one) => one.split(";")[0]!)
      .find((one) => one.startsWith("belfry_device="))!;
  const [adas, bobs] = [await cookieOf(right), await cookieOf(bob)];
  const here = { ...from("203.0.113.7"), cookie: adas };
  for (let tries = 0; tries < 6; tries += 1) await login(server, wrong, from(`198.51.100.${tries}`));
  const none = adas
    .replace(/.$/, (last) => (last === "A" ? "B" : "A"))
    .replace("belfry_device=", "belfry_device=x");
  for (const cookie of ["", bobs, none, "belfry_device=x"])
    expect((await login(server, right, { ...here, cookie })).status, cookie).toBe(429);
  expect((await login(server, { ...right, email: "ADA@example.com" }, here)).status).toBe(201);
  // The browser's own are counted, too, and its success forgets no stranger's.
  expect((await login(server, right, from("203.0.113.8"))).status).toBe(429);
  for (let tries = 0; tries < 5; tries += 1) expect((await login(server, wrong, here)).status).toBe(401);
  expect((await login(server, right, here)).status).toBe(429);
  // By the sign-in page as well; the cookie lets nobody in, and says nothing of anybody.
  const body = new URLSearchParams({ email: bob.email, password: bob.password, next: "" });
  const page = await fetch(`${server.url}/login`, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { cookie: bobs },
  });
  expect(page.headers.getSetCookie().find((one) => one.startsWith("belfry_device="))).toMatch(
    /^belfry_device=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  server.secret(/coder_session_token=([^;]+)/.exec(page.headers.getSetCookie().join())![1]!);
  expect((await server.call("GET", "/api/v2/users/me", { headers: { cookie: adas } })).status).toBe(401);
});

test("a suspended user's right password is no failure", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  await server.call("PUT", "/api/v2/users/mia/status/suspend", { token });
  for (let tries = 0; tries < 7; tries += 1) {
    const answer = await login(server, mia);
    expect([answer.status, answer.json.message]).toEqual([401, expect.stringContaining("suspended")]);
  }
});

test("requests per minute are limited for each key, or network without one; agents, provisioners and pages are not limited", async () => {
  const environment = { ...behindProxy, BELFRY_API_RATE_LIMIT: "20" };
  const server = await startTestServer({ environment });
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  server.clock.advance(minute);
  const me = (key: string) => server.call("GET", "/api/v2/users/me", { token: key });
  const first = await me(token);
  expect(first.headers.get("ratelimit-policy")).toBe('"api";q=20;w=60');
  expect(first.headers.get("ratelimit")).toMatch(/^"api";r=19;t=\d+$/);
  expect(await knock(() => me(token))).toBe(19);
  const refused = await me(token);
  expect(refused).toMatchObject({
    status: 429,
    json: { detail: expect.stringContaining("BELFRY_API_RATE_LIMIT") },
  });
  const wait = Number(refused.headers.get("retry-after"));
  expect(refused.headers.get("ratelimit")).toBe(`"api";r=0;t=${wait}`);
  expect((await me(mia.token)).status).toBe(200);
  // A made-up key is nobody's, and uses up nothing of anybody's.
  expect(
    await Promise.all(Array.from({ length: 20 }, () => me(`${token.slice(0, 11)}${"A".repeat(22)}`))),
  ).toSatisfy((answers: { status: number }[]) => answers.every(({ status }) => status === 401));
  const build = (address: string) => server.call("GET", "/api/v2/buildinfo", { headers: from(address) });
  expect(await knock(() => build("203.0.113.7"))).toBe(20);
  expect((await build("203.0.113.8")).status).toBe(200);
  expect(await knock(() => server.call("GET", "/healthz"))).toBe(Infinity);
  server.clock.advance(wait * second);
  expect((await me(token)).status).toBe(200);
});
