// The pages as a browser without scripts gets them: where they send whom, what they let in, what they keep harmless.
import { expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { asBrowser, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, owner, startTestServer, type CallAnswer, type TestServer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";
import { auditEntries } from "../support/audit.ts";

const cookieOf = (answer: CallAnswer) => answer.headers.get("set-cookie")?.split(";")[0] ?? "";

const send = async (server: TestServer, token: string, title: string, message = "Words.") => {
  const answer = await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title, message } },
  });
  expect(answer.status).toBe(204);
};

const titlesOf = (page: CallAnswer) =>
  [...page.text.matchAll(/<h2 id="t-[^>]*>(?:\s*<span[^>]*>Unread: <\/span>)?\s*(.*?)\s*<\/h2>/g)].map(
    ([, title]) => title,
  );
const idsOf = (page: CallAnswer) =>
  [...page.text.matchAll(/<li class="item[^>]* id="n-([^"]+)"/g)].map(([, id]) => id!);

test("before the set-up every page redirects to it", async () => {
  const server = await startTestServer();
  for (const path of ["/", "/login"]) {
    const answer = await get(server, path);
    expect([answer.status, placeOf(answer)]).toEqual([303, "/setup"]);
  }
  const page = await get(server, "/setup");
  expect(page.status).toBe(200);
  expect(page.text).toContain("<h1>Welcome to Belfry</h1>");
  expect(page.text).toContain('autocomplete="new-password"');
  expect(page.text).not.toContain("setup_code");
});

test("the set-up form creates the owner and signs them in, and is gone afterwards", async () => {
  const server = await startTestServer();
  const fields = { ...owner, password: server.secret(owner.password) };
  const created = await post(server, "/setup", fields);
  expect([created.status, placeOf(created)]).toEqual([303, "/inbox"]);
  const cookie = cookieOf(created);
  server.secret(cookie.split("=")[1]!);
  expect(created.headers.get("set-cookie")).toMatch(/HttpOnly/);
  const page = await get(server, "/inbox", cookie);
  expect(page.status).toBe(200);
  expect(page.text).toContain("npx belfry notifications custom");
  const [again, other] = [await get(server, "/setup"), await post(server, "/setup", fields)];
  expect([placeOf(again), placeOf(other)]).toEqual(["/login", "/login"]);
});

test("the set-up form says what is wrong beside each field and keeps what was typed, but for the password", async () => {
  const server = await startTestServer();
  const page = await post(server, "/setup", {
    email: 'ada"><script>alert(1)</script>',
    username: "ada lovelace",
    password: server.secret("12345678-nope-aaaa").slice(0, 8),
  });
  expect(page.status).toBe(400);
  expect(page.text).toContain('id="username-error"');
  expect(page.text).toContain('id="email-error"');
  expect(page.text).toContain('id="password-error"');
  expect(page.text).toContain('value="ada lovelace"');
  expect(page.text).toContain("ada&quot;&gt;&lt;script&gt;alert(1)");
  expect(page.text).not.toContain("12345678");
});

test("through a proxy the setup code is required", async () => {
  const server = await startTestServer();
  const throughProxy = { "x-forwarded-for": "203.0.113.9" };
  const page = await server.call("GET", "/setup", { headers: { ...asBrowser, ...throughProxy } });
  expect(page.text).toContain('name="setup_code"');
  const fields = { ...owner, password: server.secret(owner.password) };
  for (const code of ["", "AAAA-BBBB-CCCC-DDDD"]) {
    const refused = await post(server, "/setup", { ...fields, setup_code: code }, undefined, throughProxy);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('id="setup_code-error"');
    expect(refused.text).toContain(`value="${owner.email}"`);
  }
  const created = await post(
    server,
    "/setup",
    { ...fields, setup_code: server.setupCode! },
    undefined,
    throughProxy,
  );
  expect([created.status, placeOf(created)]).toEqual([303, "/inbox"]);
});

test("a signed-out user signs in and continues to the requested page", async () => {
  const { server } = await startSignedIn();
  const root = await get(server, "/");
  expect([root.status, placeOf(root)]).toEqual([303, "/login"]);
  const asked = await get(server, "/inbox?show=unread");
  expect([asked.status, placeOf(asked)]).toEqual([303, "/login?next=%2Finbox%3Fshow%3Dunread"]);
  const form = await get(server, placeOf(asked)!);
  expect(form.text).toContain('name="next" value="/inbox?show=unread"');
  const fields = { email: owner.email, password: owner.password, next: "/inbox?show=unread" };
  const inside = await post(server, "/login", fields);
  expect([inside.status, placeOf(inside)]).toEqual([303, "/inbox?show=unread"]);
  const cookie = cookieOf(inside);
  server.secret(cookie.split("=")[1]!);
  for (const path of ["/", "/login"]) expect(placeOf(await get(server, path, cookie))).toBe("/inbox");
});

test("a wrong password is reported in place, with the email kept", async () => {
  const { server } = await startSignedIn();
  const page = await post(server, "/login", { email: owner.email, password: "wrong-one", next: "/inbox" });
  expect(page.status).toBe(401);
  expect(page.text).toContain('role="alert"');
  expect(page.text).toContain(`value="${owner.email}"`);
  expect(page.text).not.toContain("wrong-one");
  expect(page.headers.get("set-cookie")).toBeNull();
});

test.each([
  "//evil.example",
  "https://evil.example/",
  "/\\evil.example",
  "/\t/evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "javascript:alert(1)",
  "inbox",
  "/login?next=/login",
])("signing in does not lead to %j", async (next) => {
  const { server } = await startSignedIn();
  const answer = await post(server, "/login", { email: owner.email, password: owner.password, next });
  expect([answer.status, placeOf(answer)]).toEqual([303, "/inbox"]);
  const form = await get(server, `/login?next=${encodeURIComponent(next)}`);
  expect(form.text).toContain('name="next" value="/inbox"');
});

test("signing out ends the session", async () => {
  const { server, token, cookie } = await startSignedIn();
  const out = await post(server, "/logout", {}, cookie);
  expect([out.status, placeOf(out)]).toEqual([303, "/login?signed_out"]);
  expect(out.headers.get("set-cookie")).toMatch(/coder_session_token=;.*Max-Age=0/);
  expect((await get(server, placeOf(out)!)).text).toContain("You are signed out.");
  expect(placeOf(await get(server, "/inbox", cookie))).toBe("/login?next=%2Finbox");
  expect((await server.call("GET", "/api/v2/notifications/inbox", { token })).status).toBe(401);
  expect(placeOf(await post(server, "/logout"))).toBe("/login?signed_out");
});

test("a session that has ended leads to the sign-in, from pages and from forms", async () => {
  const { server, cookie } = await startSignedIn();
  server.clock.advance(8 * 24 * 3_600_000);
  expect(placeOf(await get(server, "/inbox", cookie))).toBe("/login?next=%2Finbox");
  const form = await post(server, "/inbox/read-all", { to: "/inbox" }, cookie);
  expect([form.status, placeOf(form)]).toEqual([303, "/login"]);
  expect((await get(server, "/login", cookie)).status).toBe(200);
});

test("a session that is used keeps its cookie as long as itself", async () => {
  const { server, cookie } = await startSignedIn();
  const expiryOf = async () =>
    Date.parse(
      /Expires=([^;]+)/i.exec((await get(server, "/inbox", cookie)).headers.get("set-cookie")!)![1]!,
    );
  const first = await expiryOf();
  server.clock.advance(6 * 24 * 3_600_000);
  expect((await expiryOf()) - first).toBe(6 * 24 * 3_600_000);
});

test.each([
  ["/login", { email: owner.email, password: owner.password }],
  ["/logout", {}],
  ["/inbox/read-all", { to: "/inbox" }],
  ["/deployment/notifications/pause", {}],
  ["/deployment/notifications/test", {}],
  ["/settings/notifications", { "39b1e189-c857-4b0c-877a-511144c18516": "off" }],
  ["/cli-auth", {}],
])("a form of another site changes nothing at %s", async (path, fields: Record<string, string>) => {
  const { server, token, cookie } = await startSignedIn();
  await send(server, token, "One");
  for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }] as Record<
    string,
    string
  >[]) {
    const answer = await post(server, path, fields, cookie, headers);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("<h1>Access denied</h1>");
    expect(answer.headers.get("set-cookie")).toBeNull();
  }
  const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token });
  expect(inbox.json.unread_count).toBe(1);
  const settings = await server.call("GET", "/api/v2/notifications/settings", { token });
  expect(settings.json.notifier_paused).toBe(false);
  expect(await countRows(server, "notification_preferences")).toBe(0);
  expect(await countRows(server, "api_keys")).toBe(1);
});

test("the set-up form of another site creates nobody", async () => {
  const server = await startTestServer();
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  expect((await post(server, "/setup", owner, undefined, foreign)).status).toBe(403);
  expect(placeOf(await get(server, "/"))).toBe("/setup");
});

test("the inbox lists newest first, with the count in the title, times, and what each holds", async () => {
  const { server, token, cookie } = await startSignedIn();
  await send(server, token, "Backup *done*", "All **48 GB** copied, see [log](https://ci.example.com/1).");
  server.clock.advance(3 * 3_600_000);
  await send(server, token, "Tests failed", "# Two of 312\n\n| a |\n|--:|\n| 1 |");
  const page = await get(server, "/inbox", cookie);
  expect(page.text).toContain("<title>(2) Inbox · Belfry</title>");
  expect(page.text).toMatch(/\b2 unread\s*<\/p>/);
  expect(titlesOf(page)).toEqual(["Tests failed", "Backup <em>done</em>"]);
  expect(page.text).toMatch(
    /<time datetime="2026-11-21T10:00:00.500Z" title="21 Nov 2026, 10:00 UTC"\s*>3 hours ago</,
  );
  expect(page.text).toContain("<strong>48 GB</strong>");
  expect(page.text).toContain('href="https://ci.example.com/1"');
  expect(page.text).toContain("<h3>Two of 312</h3>");
  expect(page.text).toContain('<td class="right">1</td>');
});

test("marking as read and as unread goes without scripts and comes back to the same list", async () => {
  const { server, token, cookie } = await startSignedIn();
  for (const title of ["One", "Two"]) await send(server, token, title);
  const [, oldest] = idsOf(await get(server, "/inbox", cookie));
  const read = await post(server, `/inbox/items/${oldest}/read`, { to: "/inbox?show=unread" }, cookie);
  expect([read.status, placeOf(read)]).toEqual([303, `/inbox?show=unread&open=${oldest}#n-${oldest}`]);
  const unread = await get(server, "/inbox?show=unread", cookie);
  expect(titlesOf(unread)).toEqual(["Two"]);
  expect(unread.text).toContain("<title>(1) Inbox");
  await post(server, `/inbox/items/${oldest}/unread`, { to: "//evil.example" }, cookie).then((back) =>
    expect(placeOf(back)).toBe(`/inbox?open=${oldest}#n-${oldest}`),
  );
  expect(titlesOf(await get(server, "/inbox?show=unread", cookie))).toEqual(["Two", "One"]);
  const all = await post(server, "/inbox/read-all", { to: "/inbox?show=unread" }, cookie);
  expect([all.status, placeOf(all)]).toEqual([303, `/inbox?show=unread&read=${server.clock.now()}`]);
  const after = await get(server, "/inbox?show=unread", cookie);
  expect(after.text).toContain("<title>Inbox · Belfry</title>");
  expect(after.text).toContain("All read");
  expect(titlesOf(await get(server, "/inbox", cookie))).toEqual(["Two", "One"]);
});

test("marking all touches only what was on the page, and can be undone", async () => {
  const { server, token, cookie } = await startSignedIn();
  for (const title of ["One", "Two"]) await send(server, token, title);
  const [, oldest] = idsOf(await get(server, "/inbox", cookie));
  await post(server, `/inbox/items/${oldest}/read`, { to: "/inbox" }, cookie);
  const position = /name="position" value="(\d+)"/.exec((await get(server, "/inbox", cookie)).text)![1]!;
  await send(server, token, "Three");
  server.clock.advance(1_000);
  const marked = await post(server, "/inbox/read-all", { to: "/inbox", position }, cookie);
  const page = await get(server, placeOf(marked)!, cookie);
  expect(page.text).toContain("All marked as read.");
  expect(titlesOf(await get(server, "/inbox?show=unread", cookie))).toEqual(["Three"]);
  const at = /name="at" value="(\d+)"/.exec(page.text)![1]!;
  const undone = await post(server, "/inbox/undo", { to: "/inbox", at }, cookie);
  expect([undone.status, placeOf(undone)]).toEqual([303, "/inbox"]);
  // What was read before stays read.
  expect(titlesOf(await get(server, "/inbox?show=unread", cookie))).toEqual(["Three", "Two"]);
  expect((await post(server, "/inbox/undo", { to: "/inbox", at: "now" }, cookie)).status).toBe(400);
});

test("what is done leaves the inbox, and comes back as it was", async () => {
  const { server, token, cookie } = await startSignedIn();
  for (const title of ["One", "Two", "Three"]) await send(server, token, title);
  const [, two, one] = idsOf(await get(server, "/inbox", cookie));
  const list = async (path = "/inbox") => titlesOf(await get(server, path, cookie));
  server.clock.advance(1_000);
  const done = await post(server, `/inbox/items/${two}/done`, { to: "/inbox" }, cookie);
  expect([done.status, placeOf(done)]).toEqual([303, `/inbox?done=${server.clock.now()}`]);
  expect(await list()).toEqual(["Three", "One"]);
  expect(await list("/inbox?show=done")).toEqual(["Two"]);
  const page = await get(server, placeOf(done)!, cookie);
  expect(page.text).toContain("2 unread");
  expect(page.text).toContain("Marked as done.");
  await post(server, "/inbox/undo", { to: "/inbox", at: String(server.clock.now()) }, cookie);
  expect(await list("/inbox?show=unread")).toEqual(["Three", "Two", "One"]);

  // What was read before it was done comes back read; done again, it keeps its time.
  await post(server, `/inbox/items/${one}/read`, { to: "/inbox" }, cookie);
  server.clock.advance(1_000);
  await post(server, `/inbox/items/${one}/done`, { to: "/inbox" }, cookie);
  await post(server, `/inbox/items/${one}/done`, { to: "/inbox" }, cookie);
  const moved = await post(server, `/inbox/items/${one}/inbox`, { to: "/inbox?show=done" }, cookie);
  expect(placeOf(moved)).toBe("/inbox?show=done");
  expect(await list()).toEqual(["Three", "Two", "One"]);
  expect(await list("/inbox?show=unread")).toEqual(["Three", "Two"]);

  // All, but not what came after the page.
  const position = /name="position" value="(\d+)"/.exec((await get(server, "/inbox", cookie)).text)![1]!;
  await send(server, token, "Four");
  server.clock.advance(1_000);
  const all = await post(server, "/inbox/done-all", { to: "/inbox", position }, cookie);
  expect(await list()).toEqual(["Four"]);
  expect(await list("/inbox?show=done")).toEqual(["Three", "Two", "One"]);
  await post(server, "/inbox/undo", { to: "/inbox", at: /done=(\d+)/.exec(placeOf(all)!)![1]! }, cookie);
  expect(await list("/inbox?show=unread")).toEqual(["Four", "Three", "Two"]);
  server.clock.advance(1_000);
  const readAll = await post(server, "/inbox/read-all", { to: "/inbox" }, cookie);
  server.clock.advance(1_000);
  await post(server, "/inbox/done-all", { to: "/inbox" }, cookie);
  // An undo from an older page doesn't make unread what is done.
  await post(server, "/inbox/undo", { to: "/inbox", at: /read=(\d+)/.exec(placeOf(readAll)!)![1]! }, cookie);
  expect((await get(server, "/inbox", cookie)).text).toContain("No unread notifications");
  expect((await get(server, "/inbox", cookie)).text).toContain("All done");
  expect((await get(server, "/inbox?show=done&before=none", cookie)).status).toBe(200);
});

test("a button leads to a page of this site or, by a page of its own, to another site, and marks as read", async () => {
  const { server, token, cookie } = await startSignedIn();
  expect((await server.call("POST", "/api/v2/notifications/test", { token })).status).toBe(204);
  const page = await get(server, "/inbox", cookie);
  const [id] = idsOf(page);
  expect(page.text).toMatch(new RegExp(`action="/inbox/items/${id}/follow"`));
  const follow = (action: string) => post(server, `/inbox/items/${id}/follow`, { action }, cookie);
  for (const none of ["", "9", "-1", "x"]) expect((await follow(none)).status).toBe(404);
  expect((await get(server, "/inbox", cookie)).text).toContain("1 unread");
  const followed = await follow("0");
  expect([followed.status, placeOf(followed)]).toEqual([303, "/deployment/notifications?tab=settings"]);
  expect((await get(server, "/inbox", cookie)).text).toContain("No unread notifications");

  await server.sql(
    `UPDATE inbox_notifications SET actions = '[{"label":"Log","url":"https://ci.example.com/1"}]' WHERE id = '${id}'`,
  );
  await post(server, `/inbox/items/${id}/unread`, {}, cookie);
  expect((await get(server, "/inbox", cookie)).text).toMatch(/title="https:\/\/ci.example.com\/1"\s*>\s*Log/);
  const away = await follow("0");
  expect([away.status, away.headers.get("refresh")]).toEqual([200, "0; url=https://ci.example.com/1"]);
  expect(wordsOf(away)).toContain("Opening ci.example.com");
  expect((await get(server, "/inbox", cookie)).text).toContain("No unread notifications");

  await server.sql(
    `UPDATE inbox_notifications SET actions = '[{"label":"Ask","url":"mailto:ada@example.com"},{"label":"No","url":"javascript:alert(1)"}]' WHERE id = '${id}'`,
  );
  expect((await get(server, "/inbox", cookie)).text).toContain(
    '<a class="button" href="mailto:ada@example.com">Ask</a>',
  );
  expect((await follow("1")).status).toBe(404);
});

test("older notifications come 25 at a time, each once, in both lists", async () => {
  const { server, token, cookie } = await startSignedIn();
  const names = Array.from({ length: 53 }, (_, number) => `n${number}`);
  for (const name of names) await send(server, token, name);
  for (const start of ["/inbox", "/inbox?show=unread"]) {
    const seen: (string | undefined)[] = [];
    const sizes: number[] = [];
    for (let path: string | undefined = start; path !== undefined;) {
      const page = await get(server, path, cookie);
      seen.push(...titlesOf(page));
      sizes.push(titlesOf(page).length);
      path = /rel="next" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(sizes).toEqual([25, 25, 3]);
    expect(seen).toEqual(names.toReversed());
  }
});

test("a mark from a later page comes back to that page, and other people's notifications are nobody else's", async () => {
  const { server, token, cookie } = await startSignedIn();
  await send(server, token, "Mine");
  const [id] = idsOf(await get(server, "/inbox", cookie));
  const grace = await addUser(server, "grace");
  const hers = `coder_session_token=${grace.token}`;
  expect((await get(server, `/inbox/items/${id}`, hers)).status).toBe(404);
  expect((await post(server, `/inbox/items/${id}/read`, { to: "/inbox" }, hers)).status).toBe(404);
  expect((await get(server, "/inbox", cookie)).text).toContain("1 unread");
  const back = await post(server, `/inbox/items/${id}/read`, { to: "/inbox?before=2" }, cookie);
  expect(placeOf(back)).toBe(`/inbox?before=2&open=${id}#n-${id}`);
});

test("scripts get one notification alone, with the count", async () => {
  const { server, token, cookie } = await startSignedIn();
  for (const title of ["One", "Two"]) await send(server, token, title);
  const [id] = idsOf(await get(server, "/inbox", cookie));
  const part = await get(server, `/inbox/items/${id}`, cookie);
  expect(part.text).toMatch(/^<li class="item unread"/);
  expect(part.headers.get("belfry-unread-count")).toBe("2");
  const marked = await post(server, `/inbox/items/${id}/read`, { to: "/inbox" }, cookie, {
    "belfry-part": "1",
  });
  expect(marked.status).toBe(200);
  expect(marked.text).toMatch(/^<li class="item" /);
  expect(marked.headers.get("belfry-unread-count")).toBe("1");
  expect((await get(server, "/inbox/items/not-an-id", cookie)).status).toBe(404);
});

test("nothing that anybody writes becomes markup or a script", async () => {
  const { server, token, cookie } = await startSignedIn();
  const nasty = [
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    "[press](javascript:alert(1))",
    "![pixel](https://evil.example/p.png)",
    '"><svg onload=alert(1)>',
    "</li></ul><h1>Fake</h1>",
    '[a](https://x.example/"onmouseover="alert(1))',
  ];
  for (const [number, words] of nasty.entries()) await send(server, token, `${number} ${words}`, words);
  await server.sql(`UPDATE inbox_notifications SET actions =
    '[{"label":"<b>Bold</b>","url":"javascript:alert(1)"},{"label":"<b>Good</b>","url":"https://x.example/?a=\\"b"}]'`);
  await server.sql(`UPDATE users SET username = '"><script>alert(2)</script>' WHERE NOT is_system`);
  const page = await get(server, "/inbox", cookie);
  expect(page.status).toBe(200);
  const tags = page.text.match(/<[a-z][^>]*>/gi)!;
  expect(tags.filter((tag) => /^<(img|iframe|object|embed|style)\b/i.test(tag))).toEqual([]);
  expect(tags.filter((tag) => /^<script/i.test(tag))).toEqual([
    expect.stringMatching(/^<script type="module" src="\/assets\/[0-9a-f]{12}\/live.js">$/),
    expect.stringMatching(/^<script type="module" src="\/assets\/[0-9a-f]{12}\/inbox.js">$/),
  ]);
  expect(tags.filter((tag) => /^<svg/i.test(tag))).toHaveLength(2 + titlesOf(page).length);
  expect(tags.filter((tag) => /\son\w+\s*=\s*"|\sstyle=|javascript:/i.test(tag))).toEqual([]);
  expect(page.text.match(/<h1>/g)).toHaveLength(1);
  expect(page.text).not.toMatch(/<b>(Bold|Good)/);
  expect(page.text).toMatch(/title="https:\/\/x.example\/\?a=[^"]*"\s*>\s*&lt;b&gt;Good&lt;\/b&gt;/);
});

test("buttons that lead to pages of ours keep to the host that the reader came by", async () => {
  const { server, token, cookie } = await startSignedIn();
  const sent = await server.call("POST", "/api/v2/notifications/test", { token });
  expect(sent.status).toBe(204);
  const [id] = idsOf(await get(server, "/inbox", cookie));
  const target = placeOf(await post(server, `/inbox/items/${id}/follow`, { action: "0" }, cookie));
  expect(target).toBe("/deployment/notifications?tab=settings");
  expect((await get(server, target!, cookie)).status).toBe(200);
});

test("every page shows how many notifications are unread, in the header and in its title", async () => {
  const { server, token, cookie } = await startSignedIn();
  const shownOn = async (path: string) => {
    const { text } = await get(server, path, cookie);
    const badge = /id="unread"\s*( hidden)?\s*>.*?class="number">([^<]+)</s.exec(text)!;
    return [/<title>(.*?) · Belfry</.exec(text)![1], badge[1] === undefined ? badge[2] : "none"];
  };
  const paths = ["/inbox", "/workspaces", "/templates", "/settings/notifications", "/deployment/users"];
  for (const path of paths) expect(await shownOn(path)).toEqual([expect.stringMatching(/^[A-Z]/), "none"]);
  await send(server, token, "One");
  await send(server, token, "Two");
  for (const path of paths) expect(await shownOn(path)).toEqual([expect.stringMatching(/^\(2\) [A-Z]/), "2"]);
});

test("every page says what a browser may do with it, and errors look like pages", async () => {
  const { server, token, cookie } = await startSignedIn();
  await send(server, token, "One");
  const paths = [
    "/login",
    "/inbox",
    "/deployment/notifications",
    "/deployment/users",
    "/settings/notifications",
    "/cli-auth",
    "/docs",
    "/nowhere",
    "/inbox/items/none",
    "/docs/none",
    "/unsubscribe?token=none",
  ];
  const pages = await Promise.all(
    paths.map((path) => get(server, path, path === "/login" ? undefined : cookie)),
  );
  await server.sql("UPDATE inbox_notifications SET actions = 'no JSON'");
  const broken = await get(server, "/inbox", cookie);
  for (const page of [...pages, broken]) {
    const policy = page.headers.get("content-security-policy")!;
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ])
      expect(policy.split("; ")).toContain(rule);
    expect(policy).not.toContain("unsafe");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    expect(page.text).not.toMatch(/<script>|<style|\sstyle="|\son\w+="/);
    expect(page.text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.text.match(/<h1>/g)).toHaveLength(1);
  }
  expect(pages.map((page) => page.status)).toEqual([200, 200, 200, 200, 200, 200, 200, 404, 404, 404, 404]);
  expect(broken.status).toBe(500);
  expect(broken.text).toContain(broken.headers.get("x-request-id")!);
  expect(broken.text).not.toMatch(/JSON|SyntaxError|at .*\.ts/);
});

test("pages are compressed unless another site opened them; their files also, and browsers keep them", async () => {
  const { server, cookie } = await startSignedIn();
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await server.call("GET", path, { headers: { ...asBrowser, cookie, ...headers } });
    const header = (name: string) => answer.headers.get(name);
    return {
      ...answer,
      encoding: header("content-encoding"),
      vary: header("vary"),
      kept: header("cache-control"),
    };
  };
  const page = await ask("/inbox", { "accept-encoding": "gzip, deflate, br" });
  expect(page).toMatchObject({ encoding: "br", vary: "accept-encoding", kept: "no-store" });
  expect(page.text).toContain("</html>");
  expect((await ask("/inbox", { "accept-encoding": "br;q=0, gzip" })).encoding).toBe("gzip");
  expect((await ask("/inbox", { "accept-encoding": "identity" })).encoding).toBeNull();
  expect(
    (await ask("/inbox", { "accept-encoding": "br", "sec-fetch-site": "cross-site" })).encoding,
  ).toBeNull();
  expect((await ask("/api/v2/users/me", { "accept-encoding": "br" })).encoding).toBeNull();

  const style = /href="(\/assets\/\w+\/belfry.css)"/.exec(page.text)![1]!;
  for (const encoding of ["br", "gzip", "br"]) {
    const file = await ask(style, { "accept-encoding": encoding });
    expect(file).toMatchObject({ encoding, kept: "public, max-age=31536000, immutable" });
    expect(file.text).toBe((await server.call("GET", "/assets/belfry.css")).text);
  }
  const earlier = await ask(style.replace(/\/\w{12}\//, "/0123456789ab/"));
  expect(earlier).toMatchObject({ status: 200, kept: "no-cache" });
  expect((await ask(style.replace("belfry.css", "none.css"))).status).toBe(404);
});

test("files are served with a tag by which a browser keeps them, and nothing outside of their folder is", async () => {
  const server = await startTestServer();
  const types = {
    "belfry.css": "text/css; charset=utf-8",
    "copy.js": "text/javascript; charset=utf-8",
    "inbox.js": "text/javascript; charset=utf-8",
    "switches.js": "text/javascript; charset=utf-8",
    "relative-time.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "icon.png": "image/png",
    "belfry.webmanifest": "application/manifest+json",
  };
  for (const [name, type] of Object.entries(types)) {
    const file = await server.call("GET", `/assets/${name}`);
    expect([name, file.status, file.headers.get("content-type")]).toEqual([name, 200, type]);
    expect(file.headers.get("cache-control")).toBe("no-cache");
    const etag = file.headers.get("etag")!;
    const again = await server.call("GET", `/assets/${name}`, { headers: { "if-none-match": `W/${etag}` } });
    expect([again.status, again.text]).toEqual([304, ""]);
  }
  expect((await server.call("GET", "/favicon.ico")).status).toBe(200);
  for (const name of [
    "..%2fpackage.json",
    "%2e%2e/src/app.ts",
    "..%5cpackage.json",
    "../src/app.ts",
    "relative-time.d.ts",
    ".hidden.css",
    "none.css",
    "belfry.css%00.png",
    "docs/index.md",
  ]) {
    expect([name, (await server.call("GET", `/assets/${name}`)).status]).toEqual([name, 404]);
  }
});

test("the delivery page shows the channels, and an owner pauses, resumes and tests there", async () => {
  const { server, token, cookie } = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook-with-a-secret" },
  });
  const page = await get(server, "/deployment/notifications", cookie);
  expect(page.text).toContain("Delivery is running.</strong>");
  expect(page.text).toContain("<code>127.0.0.1:9</code>");
  expect(page.text).not.toContain("hook-with-a-secret");
  const paused = await post(server, "/deployment/notifications/pause", {}, cookie);
  expect([paused.status, placeOf(paused)]).toEqual([303, "/deployment/notifications?done=paused"]);
  expect((await get(server, placeOf(paused)!, cookie)).text).toContain("Delivery is paused.");
  const inbox = await get(server, "/inbox", cookie);
  expect(wordsOf(inbox)).toContain("Delivery was paused just now.");
  expect(inbox.text).toContain('action="/deployment/notifications/resume"');
  const member = await addUser(server, "member");
  const theirs = await get(server, "/inbox", `coder_session_token=${member.token}`);
  expect(wordsOf(theirs)).toContain("Delivery was paused just now.");
  expect(theirs.text).not.toContain("/deployment/notifications/resume");
  await post(server, "/deployment/notifications/pause", {}, cookie);
  const settings = await server.call("GET", "/api/v2/notifications/settings", { token });
  expect(settings.json.notifier_paused).toBe(true);
  expect(await auditEntries(server, token, "notifications_settings")).toHaveLength(1);
  await post(server, "/deployment/notifications/resume", {}, cookie);
  const tested = await post(server, "/deployment/notifications/test", {}, cookie);
  expect(placeOf(tested)).toBe("/deployment/notifications?done=test");
  expect(titlesOf(await get(server, "/inbox", cookie))).toEqual(["Test notification"]);
});

test("a test notification that the owner has disabled is refused on the page", async () => {
  const { server, token, cookie } = await startSignedIn();
  const wanted = { template_disabled_map: { "c425f63e-716a-4bf4-ae24-78348f706c3f": true } };
  await server.call("PUT", "/api/v2/users/me/notifications/preferences", { token, json: wanted });
  const page = await post(server, "/deployment/notifications/test", {}, cookie);
  expect(page.status).toBe(409);
  expect(page.text).toContain("You turned off “Test notification”.");
});

test("members see the delivery page without its buttons, and without the receiver's name", async () => {
  const { server } = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook" },
  });
  const grace = await addUser(server, "grace");
  const cookie = `coder_session_token=${grace.token}`;
  const page = await get(server, "/deployment/notifications", cookie);
  expect(page.status).toBe(200);
  expect(page.text).not.toContain("127.0.0.1:9");
  expect(page.text).not.toContain('action="/deployment/notifications/');
  for (const action of ["pause", "resume", "test"]) {
    const refused = await post(server, `/deployment/notifications/${action}`, {}, cookie);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("Only owners can");
  }
});

test("the list is one round trip, and so is a mark", async () => {
  const meter = createMeter();
  const { server, token, cookie } = await startSignedIn({ adapter: "plain", onTrip: meter.onTrip });
  await send(server, token, "One");
  const [id] = idsOf(await get(server, "/inbox", cookie));
  meter.reset();
  await get(server, "/inbox", cookie);
  expect(meter.trips).toBe(1);
  meter.reset();
  await post(server, `/inbox/items/${id}/read`, { to: "/inbox" }, cookie);
  expect(meter.trips).toBe(1);
});

test("a fetch without a browser's Accept is sent to the sign-in as well", async () => {
  const { server } = await startSignedIn();
  const answer = await server.call("GET", "/inbox", {
    headers: { cookie: "coder_session_token=abcdefghij-abcdefghijabcdefghijab" },
  });
  expect([answer.status, placeOf(answer)]).toEqual([303, "/login?next=%2Finbox"]);
});

test("a form that arrives broken, or with an endless field, is refused and changes nothing", async () => {
  const server = await startTestServer();
  const broken = await server.call("POST", "/setup", {
    body: "--x\r\nnonsense",
    headers: { ...asBrowser, "content-type": "multipart/form-data" },
  });
  expect([broken.status, broken.text.includes("The form data is invalid")]).toEqual([400, true]);
  const endless = await post(server, "/setup", { ...owner, username: "a".repeat(5_000) });
  expect([endless.status, endless.text.includes("too long")]).toEqual([400, true]);
  expect((await post(server, "/login", { email: "a".repeat(1_100_000) })).status).toBe(413);
  expect(placeOf(await get(server, "/"))).toBe("/setup");
});
