// The pages about accounts: the list of users, and the key that a terminal is signed in with.
import { expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type CallAnswer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";
import { auditEntries } from "../support/audit.ts";

const users = "/deployment/users";

const namesOf = (page: CallAnswer) =>
  [...page.text.matchAll(/<li class="person">\s*<h2>\s*<a [^>]*>(.*?)<\/a/gs)].map(([, name]) => name);

test("the list of users is found by status, role and words, as the API finds it", async () => {
  const { server, token, cookie } = await startSignedIn();
  await addUser(server, "grace", ["user-admin"]);
  await addUser(server, "linus");
  await server.call("PUT", "/api/v2/users/linus/status/suspend", { token });
  const find = async (filter: string) =>
    namesOf(await get(server, `${users}?filter=${encodeURIComponent(filter)}`, cookie));
  expect(namesOf(await get(server, users, cookie))).toEqual(["Ada Lovelace", "grace", "linus"]);
  expect(await find("status:active")).toEqual(["Ada Lovelace", "grace"]);
  expect(await find("status:suspended")).toEqual(["linus"]);
  expect(await find("role:user-admin")).toEqual(["grace"]);
  expect(await find("status:active ada")).toEqual(["Ada Lovelace"]);
  expect(await find("nobody-like-that")).toEqual([]);
  const page = await get(server, `${users}?filter=status%3Asuspended`, cookie);
  expect(wordsOf(page)).toContain("linus suspended linus@example.com");
  expect(wordsOf(page)).toContain("1 user");
  expect(page.text).toMatch(/aria-current="page"\s*>Suspended/);
});

test("an invalid filter is reported in place, and the input is kept and escaped", async () => {
  const { server, cookie } = await startSignedIn();
  const filter = 'colour:"red"><script>';
  const page = await get(server, `${users}?filter=${encodeURIComponent(filter)}`, cookie);
  expect(page.status).toBe(400);
  expect(wordsOf(page)).toContain('unknown filter "colour"; use status or role');
  expect(page.text).toContain('value="colour:&quot;red&quot;&gt;&lt;script&gt;"');
  expect(namesOf(page)).toEqual([]);
});

test("the list comes fifty at a time, everybody once", async () => {
  const meter = createMeter();
  const { server, cookie } = await startSignedIn({ adapter: "plain", onTrip: meter.onTrip });
  await server.sql(`INSERT INTO users (id, username, email, name, status, is_system, created_at, updated_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
    SELECT 'id-' || i, printf('user-%03d', i), printf('%d@example.com', i), '', 'active', 0, 0, 0 FROM n`);
  const seen: (string | undefined)[] = [];
  const sizes: number[] = [];
  for (let path: string | undefined = `${users}?filter=status%3Aactive`; path !== undefined;) {
    meter.reset();
    const page = await get(server, path, cookie);
    expect(meter.trips).toBe(1);
    seen.push(...namesOf(page));
    sizes.push(namesOf(page).length);
    path = /rel="next" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
  }
  expect(sizes).toEqual([50, 50, 21]);
  expect(new Set(seen).size).toBe(121);
  for (const offset of ["-5", "x", "1e99"])
    expect((await get(server, `${users}?offset=${offset}`, cookie)).status).toBe(200);
});

test("only users with the permission see the list and its link", async () => {
  const { server } = await startSignedIn();
  const roles = { auditor: 200, "template-admin": 200, "user-admin": 200, member: 403 };
  for (const [role, status] of Object.entries(roles)) {
    const person = await addUser(server, `a-${role}`, role === "member" ? [] : [role]);
    const page = await get(server, users, cookieFor(person.token));
    expect([role, page.status]).toEqual([role, status]);
    const inbox = await get(server, "/inbox", cookieFor(person.token));
    expect([role, inbox.text.includes(`href="${users}"`)]).toEqual([role, status === 200]);
    if (status === 403)
      expect(wordsOf(page)).toContain("Only owners, user admins and auditors can list users.");
  }
  expect(placeOf(await get(server, users))).toBe("/login?next=%2Fdeployment%2Fusers");
});

test("a terminal's key is created by the button, not by a GET, and signs in the same user", async () => {
  const { server, token, cookie } = await startSignedIn();
  const keys = () => countRows(server, "api_keys");
  expect(placeOf(await get(server, "/cli-auth"))).toBe("/login?next=%2Fcli-auth");
  const page = await get(server, "/cli-auth", cookie);
  expect(wordsOf(page)).toContain("signs the CLI in as ada");
  expect(await keys()).toBe(1);
  const shown = await post(server, "/cli-auth", {}, cookie);
  expect(shown.status).toBe(200);
  expect(shown.headers.get("cache-control")).toBe("no-store");
  const key = server.secret(/value="(\w{10}-\w{22})"/.exec(shown.text)![1]!);
  expect(await keys()).toBe(2);
  const self = await server.call("GET", "/api/v2/users/me", { token: key });
  expect(self.json.username).toBe("ada");
  expect((await server.call("POST", "/api/v2/users/logout", { token: key })).status).toBe(200);
  expect((await get(server, "/cli-auth", cookie)).status).toBe(200);
  expect(await auditEntries(server, token, "api_key", "action=create")).toHaveLength(1);
});

test("a read token gets no key", async () => {
  const { server, token } = await startSignedIn();
  const created = await server.call("POST", "/api/v2/users/me/keys/tokens", {
    token,
    json: { scope: "read" },
  });
  const refused = await post(server, "/cli-auth", {}, cookieFor(server.secret(created.json.key)));
  expect(refused.status).toBe(403);
  expect(await countRows(server, "api_keys")).toBe(2);
});
