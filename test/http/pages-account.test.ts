// The account page: a password of one's own, tokens and sessions, each changed by a plain form.
import { expect, test } from "vitest";
import { auditEntries } from "../support/audit.ts";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, owner, type TestServer } from "../support/server.ts";

const account = "/settings/account";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

const signInWith = async (server: TestServer, userAgent: string) => {
  const answer = await server.call("POST", "/api/v2/users/login", {
    json: { email: owner.email, password: owner.password },
    headers: { "user-agent": userAgent },
  });
  return server.secret(answer.json.session_token);
};

test("a token is created, shown once, listed with its scope and expiry, and revoked after a question", async () => {
  const { server, cookie } = await startSignedIn();
  const form = { token_name: "nightly-build", scope: "read", lifetime: "30" };
  const created = await post(server, `${account}/tokens`, form, cookie);
  expect(created.status).toBe(200);
  const [, text] = /id="key"[^>]*value="([^"]+)"/s.exec(created.text)!;
  const key = server.secret(text!);
  expect((await server.call("GET", "/api/v2/users/me", { token: key })).json.username).toBe("ada");
  expect((await server.call("POST", "/api/v2/users/logout", { token: key })).status).toBe(403);
  server.clock.advance(86_400_000);
  const page = await get(server, account, cookie);
  expect(page.text).not.toContain(text);
  expect(wordsOf(page)).toMatch(/1 token nightly-build Revoke read expires in 29 days last used 1 day ago/);
  const id = text!.slice(0, 10);
  const asked = wordsOf(await get(server, `${account}?revoke=${id}`, cookie));
  expect(asked).toContain("Revoke nightly-build? Requests with this token are refused immediately.");
  const revoked = await post(server, `${account}/keys/${id}/revoke`, {}, cookie);
  expect(placeOf(revoked)).toBe(`${account}?done=revoked`);
  expect(wordsOf(await get(server, placeOf(revoked)!, cookie))).toContain("The token was revoked.");
  expect((await server.call("GET", "/api/v2/users/me", { token: key })).status).toBe(401);
});

test("what is wrong with a token is said at its field, and the name is kept", async () => {
  const { server, cookie } = await startSignedIn();
  const create = (change: Record<string, string>) =>
    post(server, `${account}/tokens`, { token_name: "ci", scope: "all", lifetime: "7", ...change }, cookie);
  expect((await create({})).status).toBe(200);
  const taken = await create({});
  expect([taken.status, wordsOf(taken)]).toEqual([409, expect.stringContaining("Already in use.")]);
  expect(taken.text).toContain('value="ci"');
  for (const change of [
    { token_name: "not a name" },
    { scope: "everything" },
    { lifetime: "0" },
    { lifetime: "99999" },
  ])
    expect([change, (await create(change)).status]).toEqual([change, 400]);
});

test("sessions are listed with their device and address; each is signed out alone, or all others at once", async () => {
  const { server, token, cookie } = await startSignedIn();
  const [browser, cli, third] = [
    await signInWith(server, firefox),
    await signInWith(server, "coder-cli/v2.26.0 (linux/amd64; login)"),
    await signInWith(server, "curl/8.9.1"),
  ];
  await server.sql("UPDATE audit_entries SET address = '192.0.2.7' WHERE action = 'login'");
  const page = wordsOf(await get(server, account, cookie));
  expect(page).toContain("4 sessions");
  expect(page).toMatch(/Firefox on Linux Sign out signed in just now from 192\.0\.2\.7 last used just now/);
  expect(page).toContain("Coder CLI on Linux");
  expect(page.match(/this session/g)).toHaveLength(1);
  const isIn = async (key: string) => (await server.call("GET", "/api/v2/users/me", { token: key })).status;
  const ended = await post(server, `${account}/keys/${browser.slice(0, 10)}/revoke`, {}, cookie);
  expect(placeOf(ended)).toBe(`${account}?done=ended`);
  expect([await isIn(browser), await isIn(cli)]).toEqual([401, 200]);
  await post(server, `${account}/tokens`, { token_name: "kept", scope: "all", lifetime: "7" }, cookie);
  await post(server, `${account}/sessions/end-others`, {}, cookie);
  expect([await isIn(cli), await isIn(third)]).toEqual([401, 401]);
  const after = wordsOf(await get(server, `${account}?done=others`, cookie));
  expect(after).toContain("All other sessions were signed out.");
  expect(after).toContain("1 session ");
  expect(after).toContain("1 token kept");
  expect(after).not.toContain("Sign out all other sessions");
  const entries = await auditEntries(server, token);
  expect(entries.filter(({ action }) => action === "logout")).toHaveLength(1);
});

test("the own password is changed with the current one, and ends everything else", async () => {
  const { server, cookie } = await startSignedIn();
  const other = await signInWith(server, firefox);
  const change = (old_password: string, password: string) =>
    post(server, `${account}/password`, { old_password, password }, cookie);
  const wrong = await change("not it", "another-good-password-17");
  expect([wrong.status, wordsOf(wrong)]).toEqual([
    400,
    expect.stringContaining("Current password Incorrect password."),
  ]);
  expect(wrong.text).not.toContain("another-good-password-17");
  const short = await change(owner.password, "short");
  expect(short.status).toBe(400);
  expect(short.text).toMatch(/id="password"[^>]*aria-invalid="true"/);
  expect(placeOf(await change(owner.password, "another-good-password-17"))).toBe(`${account}?done=password`);
  expect((await get(server, account, cookie)).status).toBe(200);
  expect((await server.call("GET", "/api/v2/users/me", { token: other })).status).toBe(401);
});

test("nobody revokes somebody else's key here, not even an owner", async () => {
  const { server, cookie } = await startSignedIn();
  const mia = await addUser(server, "mia");
  const id = mia.token.slice(0, 10);
  expect((await post(server, `${account}/keys/${id}/revoke`, {}, cookie)).status).toBe(404);
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const own = `${account}/keys/${id}/revoke`;
  expect((await post(server, own, {}, cookieFor(mia.token), foreign)).status).toBe(403);
  expect((await get(server, account, cookieFor(mia.token))).status).toBe(200);
});

test("the page is one round trip, however many sessions there are", async () => {
  const meter = createMeter();
  const { server, cookie, userId } = await startSignedIn({ adapter: "plain", onTrip: meter.onTrip });
  await server.sql(`INSERT INTO api_keys (id, user_id, secret_hash, kind, name, scope, lifetime_seconds, created_at, updated_at, expires_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
    SELECT 'k' || i, '${userId}', '', 'session', '', 'all', 1, 0, 0, 9e15 FROM n`);
  meter.reset();
  const page = await get(server, account, cookie);
  expect(meter.trips).toBe(1);
  expect(wordsOf(page)).toContain("more than 100");
});

test("the API lists sessions and ends all others; an owner does it for somebody else", async () => {
  const { server, token } = await startSignedIn();
  const other = await signInWith(server, firefox);
  const list = async (user = "me", key = token) =>
    (await server.call("GET", `/api/v2/users/${user}/sessions`, { token: key })).json;
  const seen = (await list()).map(({ device, current }) => [device, current]);
  expect(seen.toSorted()).toEqual([
    ["Firefox on Linux", false],
    ["Node.js program", true],
  ]);
  const mia = await addUser(server, "mia");
  expect(await list("mia")).toHaveLength(1);
  expect((await server.call("GET", "/api/v2/users/ada/sessions", { token: mia.token })).status).toBe(404);
  const end = (user: string, key: string) =>
    server.call("DELETE", `/api/v2/users/${user}/sessions`, { token: key });
  expect((await end("me", token)).status).toBe(204);
  expect((await server.call("GET", "/api/v2/users/me", { token: other })).status).toBe(401);
  expect((await end("mia", token)).status).toBe(204);
  expect((await server.call("GET", "/api/v2/users/me", { token: mia.token })).status).toBe(401);
  expect(await list()).toHaveLength(1);
  const [entry] = await auditEntries(server, token, "user", "action=logout");
  expect([entry!.user?.username, entry!.detail]).toEqual(["ada", { sessions: "all others" }]);
});
