// Signing in and out: one message for strangers, equal work, and cookies that every browser keeps.
import { createServer, type AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hashPassword } from "../../src/accounts/passwords.ts";
import { findUserState, insertUser, userExistsSql } from "../../src/accounts/store/users.ts";
import {
  addUser,
  callServer,
  owner,
  signIn,
  signInFirst,
  startTestServer,
  type TestServer,
} from "../support/server.ts";
import { countHashes } from "../support/hashes.ts";

const login = (server: TestServer, json: unknown, headers: Record<string, string> = {}) =>
  server.call("POST", "/api/v2/users/login", { json, headers });
const day = 86_400_000;

/** A port that nobody listens on at the moment. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

test("signing in answers a key and sets it as a cookie that works", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const answer = await login(server, { email: owner.email, password: owner.password });
  expect(answer.status).toBe(201);
  const key = server.secret(answer.json.session_token);
  expect(key).toMatch(/^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/);
  const cookie = answer.headers.get("set-cookie")!;
  expect(cookie.startsWith(`coder_session_token=${key};`)).toBe(true);
  expect(cookie).toMatch(/; Path=\/(;|$)/);
  expect(cookie).toMatch(/; HttpOnly(;|$)/);
  expect(cookie).toMatch(/; SameSite=Lax(;|$)/);
  expect(cookie).not.toMatch(/Secure/);
  const expires = Date.parse(/Expires=([^;]+)/.exec(cookie)![1]!);
  expect(Math.abs(expires - (server.clock.now() + 7 * day))).toBeLessThan(1_000);
  // A browser whose clock is wrong keeps it as long.
  expect(cookie).toContain(`; Max-Age=${(7 * day) / 1_000};`);

  const byCookie = { headers: { cookie: `coder_session_token=${key}` } };
  expect((await server.call("GET", "/api/v2/users/me", byCookie)).json.username).toBe("ada");
  const bearer = { headers: { authorization: `Bearer ${key}` } };
  expect((await server.call("GET", "/api/v2/users/me", bearer)).json.username).toBe("ada");
});

test("the cookie is for https alone where the access URL is https", async () => {
  const port = await freePort();
  const server = await startTestServer({
    environment: {
      BELFRY_ACCESS_URL: "https://belfry.example.com",
      BELFRY_HTTP_ADDRESS: `127.0.0.1:${port}`,
    },
  });
  server.secret(owner.password);
  const url = `http://127.0.0.1:${port}`;
  await callServer(url, "POST", "/api/v2/users/first", { json: owner });
  const { email, password } = owner;
  const answer = await callServer(url, "POST", "/api/v2/users/login", { json: { email, password } });
  expect(answer.status).toBe(201);
  const [cookie] = answer.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-coder_session_token=[^;]+; /);
  expect(cookie).toMatch(/; Secure(;|$)/);
  expect(cookie).toMatch(/; Path=\/(;|$)/);
  expect(cookie).not.toMatch(/Domain/i);

  // Either name lets in, ours before one that another host of the domain may have set.
  const key = server.secret(answer.json.session_token);
  const ask = (cookie: string) =>
    callServer(url, "GET", "/api/v2/users/me", { headers: { cookie } }).then(({ status }) => status);
  const other = `AAAAAAAAAA-${"B".repeat(22)}`;
  expect(await ask(`coder_session_token=${key}`)).toBe(200);
  expect(await ask(`coder_session_token=${other}; __Host-coder_session_token=${key}`)).toBe(200);
  expect(await ask(`coder_session_token=${key}; __Host-coder_session_token=${other}`)).toBe(401);

  const browser = { accept: "text/html", cookie: `coder_session_token=${key}` };
  const page = await callServer(url, "GET", "/inbox", { headers: browser });
  expect(page.headers.getSetCookie().map((one) => one.split(";")[0])).toEqual([
    `__Host-coder_session_token=${key}`,
    "coder_session_token=",
  ]);
  const out = await callServer(url, "POST", "/logout", { headers: browser });
  const cleared = out.headers.getSetCookie();
  expect(cleared.map((one) => one.split(";")[0])).toEqual([
    "coder_session_token=",
    "__Host-coder_session_token=",
  ]);
  for (const one of cleared) expect(one).toMatch(/Max-Age=0/);
  expect(out.headers.get("clear-site-data")).toBe('"cache", "storage"');
  expect(await ask(`coder_session_token=${key}`)).toBe(401);
});

test("emails ignore case, and passwords their Unicode composition", async () => {
  const server = await startTestServer();
  const password = "ångström-länge-2026";
  await signInFirst(server, { ...owner, password: password.normalize("NFC") });
  const answer = await login(server, { email: "ADA@Example.COM", password: password.normalize("NFD") });
  expect(answer.status).toBe(201);
});

test("unknown address, wrong password and a user of the system get the same answer for the same work", async () => {
  const trips: string[] = [];
  const server = await startTestServer({
    adapter: "plain",
    onTrip: ({ mode, statements }) => trips.push(`${mode} ${statements}`),
  });
  const { userId } = await signInFirst(server);
  const now = server.clock.now();
  const system = {
    id: server.deps().newId(),
    username: "machine",
    email: "machine@example.com",
    name: "",
    status: "active" as const,
    passwordHash: await hashPassword(server.deps(), owner.password),
    isSystem: true,
    createdAt: now,
    updatedAt: now,
  };
  const { created } = await server.db.write([insertUser(system, userExistsSql(userId))], {
    created: findUserState(system.id),
  });
  expect(created).toHaveLength(1);

  const { process } = server.deps();
  const hashes = countHashes(process);
  const attempts = [
    { email: owner.email, password: "not-the-password-77" },
    { email: "nobody@example.com", password: owner.password },
    { email: "not an address", password: owner.password },
    { email: system.email, password: owner.password },
  ];
  const seen = [];
  for (const attempt of attempts) {
    trips.length = 0;
    hashes.count = 0;
    const { status, text, headers } = await login(server, attempt);
    seen.push({ status, text, cookie: headers.get("set-cookie"), trips: [...trips], hashes: hashes.count });
  }
  expect(seen[0]).toMatchObject({ status: 401, cookie: null, hashes: 1 });
  expect(seen[0]!.trips).toHaveLength(2);
  for (const one of seen) expect(one).toEqual(seen[0]);

  trips.length = 0;
  hashes.count = 0;
  await signIn(server, owner);
  expect({ trips: trips.length, hashes: hashes.count }).toEqual({ trips: 2, hashes: 1 });
});

test("only someone who knows the password learns of the suspension", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const bob = await addUser(server, "bob");
  await server.call("PUT", "/api/v2/users/bob/status/suspend", { token });
  const right = await login(server, { email: bob.email, password: bob.password });
  expect(right.status).toBe(401);
  expect(right.json.message).toMatch(/suspended/);
  const wrong = await login(server, { email: bob.email, password: owner.password });
  expect(wrong.status).toBe(401);
  expect(wrong.json.message).not.toMatch(/suspended/);
});

test("sign-ins are in the audit log; a stranger's input is not", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  await login(server, { email: "ADA@example.com", password: "wrong-password-1" });
  await login(server, { email: "typed-secret@example.com", password: "wrong-password-2" });
  const { text, json } = await server.call("GET", "/api/v2/audit", { token });
  expect(text).not.toMatch(/typed-secret|wrong-password|correct-horse/);
  const [stranger, wrong, right] = json.entries;
  expect(stranger).toMatchObject({ action: "login_failed", user: null, resource_id: null, detail: {} });
  expect(wrong).toMatchObject({
    action: "login_failed",
    user: null,
    resource_id: userId,
    detail: { email: owner.email, reason: "wrong_password" },
    ip: "127.0.0.1",
  });
  expect(right).toMatchObject({
    action: "login",
    user: { id: userId, username: "ada" },
    resource_type: "api_key",
    resource_id: token.slice(0, 10),
  });
});

test("a session expires", async () => {
  const server = await startTestServer({ environment: { BELFRY_SESSION_DURATION: "30m" } });
  const { token } = await signInFirst(server);
  server.clock.advance(29 * 60_000);
  expect((await server.call("GET", "/api/v2/users/me", { token })).status).toBe(200);
  server.clock.advance(60_000);
  const late = await server.call("GET", "/api/v2/users/me", { token });
  expect(late.status).toBe(401);
  expect(late.json.message).toMatch(/sign in again/);
});

test("signing out ends the session and clears the cookie, and no other session", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const other = await signIn(server, owner);
  const answer = await server.call("POST", "/api/v2/users/logout", { token });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("set-cookie")).toMatch(/^coder_session_token=; Max-Age=0; Path=\//);
  expect((await server.call("GET", "/api/v2/users/me", { token })).status).toBe(401);
  expect((await server.call("POST", "/api/v2/users/logout", { token })).status).toBe(401);
  expect((await server.call("GET", "/api/v2/users/me", { token: other })).status).toBe(200);
  const { json } = await server.call("GET", "/api/v2/audit?action=logout", { token: other });
  expect(json.entries).toHaveLength(1);
});

test("another site can neither sign users in nor out", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example.com" };
  const { email, password } = owner;
  expect((await login(server, { email, password }, foreign)).status).toBe(403);
  const headers = { ...foreign, cookie: `coder_session_token=${token}` };
  expect((await server.call("POST", "/api/v2/users/logout", { headers })).status).toBe(403);
  expect((await server.call("GET", "/api/v2/users/me", { token })).status).toBe(200);
});

test("a password hashed with other parameters signs in and is hashed again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "belfry-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const weak = await startTestServer({ folder });
  const { userId } = await signInFirst(weak);
  const hashOf = async (server: TestServer) =>
    (await server.db.read({ user: findUserState(userId) })).user[0]!.passwordHash!;
  expect(await hashOf(weak)).toMatch(/^scrypt\$16\$8\$5\$/);
  await weak.stop();

  const server = await startTestServer({ folder, passwordCost: 2 ** 14 });
  server.secret(owner.password);
  await signIn(server, owner);
  const renewed = await hashOf(server);
  expect(renewed).toMatch(/^scrypt\$16384\$8\$5\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
  await signIn(server, owner);
  expect(await hashOf(server)).toBe(renewed);
});

test("an invalid sign-in is refused and names the field", async () => {
  const server = await startTestServer();
  const bad = await login(server, { email: "", password: 7 });
  expect(bad.status).toBe(400);
  expect(bad.json.validations!.map((one) => one.field)).toEqual(["email", "password"]);
  const path = "/api/v2/users/login";
  expect((await server.call("POST", path, { body: "email=a" })).status).toBe(415);
});

test("sign-in methods are listed for anybody", async () => {
  const server = await startTestServer();
  const { status, json } = await server.call("GET", "/api/v2/users/authmethods");
  expect(status).toBe(200);
  expect(json).toEqual({
    password: { enabled: true },
    github: { enabled: false, default_provider_configured: false },
    oidc: { enabled: false, signInText: "", iconUrl: "" },
  });
});

test("anybody can validate a password", async () => {
  const server = await startTestServer();
  const ask = (json: unknown, headers: Record<string, string> = {}) =>
    server.call("POST", "/api/v2/users/validate-password", { json, headers });
  expect((await ask({ password: owner.password })).json).toEqual({ valid: true, details: "" });
  const weak = await ask({ password: "password" });
  expect(weak.status).toBe(200);
  expect(weak.json.valid).toBe(false);
  expect(weak.json.details).toMatch(/Too easy to guess/);
  expect((await ask({})).status).toBe(400);
  expect((await ask({ password: "x" }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  const path = "/api/v2/users/validate-password";
  expect((await server.call("POST", path, { body: "x" })).status).toBe(415);
});
