// The email digest: emails of chosen kinds come as one, once, at an hour of the person's.
import { expect, test } from "vitest";
import { addManyUsers } from "../support/many-users.ts";
import { get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { startMailServer } from "../support/smtp.ts";
import { createClock, startTestServer, type TestServer } from "../support/server.ts";

const custom = "39b1e189-c857-4b0c-877a-511144c18516";
const base = "/api/v2/users/me/notifications";
const hourMs = 3_600_000;
/** A Friday. */
const noon = Date.parse("2026-11-20T12:00:00Z");

async function start() {
  const mail = await startMailServer();
  const environment = {
    BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
    BELFRY_EMAIL_FROM: "belfry@example.com",
  };
  const clock = createClock(noon);
  const started = await startSignedIn({ clock, environment });
  const { server, token } = started;
  const inDigest = (digest: boolean) =>
    server.call("PUT", `${base}/channels`, {
      token,
      json: { template_id: custom, method: "smtp", enabled: true, digest },
    });
  const send = async (title: string) => {
    const json = { content: { title, message: "x" } };
    expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
    await server.settled();
  };
  const schedule = (json: object) => server.call("PUT", `${base}/digest`, { token, json });
  const run = async () => {
    await server.runTick();
    await server.settled();
  };
  return { ...started, mail, clock, environment, inDigest, send, schedule, run };
}

/** How the emails that wait, or waited, are. */
const itemsOf = async (server: TestServer) =>
  (await server.messages())
    .filter(({ method }) => method === "digest")
    .map(({ status, reasons, dueAt }) => [status, (JSON.parse(reasons) as string[]).at(-1), dueAt]);

test("emails of a kind wait, with their reason, and come as one at the hour", async () => {
  const { server, token, mail, clock, inDigest, send, schedule, run } = await start();
  expect((await inDigest(true)).status).toBe(200);
  expect((await schedule({ every: "daily", hour: 8, time_zone: "Europe/Berlin" })).json).toEqual({
    every: "daily",
    hour: 8,
    weekday: "mon",
    time_zone: "Europe/Berlin",
    next_at: "2026-11-21T07:00:00.000Z",
    waiting: 0,
  });
  await send("One *thing*");
  await send("Another");
  await run();
  const due = Date.parse("2026-11-21T07:00:00Z");
  expect(await itemsOf(server)).toEqual([
    ["pending", "digest", due],
    ["pending", "digest", due],
  ]);
  const preview = await server.call("GET", `${base}/digest/preview`, { token });
  expect([preview.json.count, preview.json.title]).toEqual([2, "Your daily digest: 2 notifications"]);
  clock.advance(18.9 * hourMs);
  await run();
  expect(mail.mails).toHaveLength(0);
  clock.advance(0.2 * hourMs);
  await run();
  await run();
  expect(mail.mails).toHaveLength(1);
  const { email } = mail.mails[0]!;
  expect(email.subject).toBe("Your daily digest: 2 notifications");
  expect(email.text).toMatch(/Other\s.*Another.*Fri 13:00.*One thing/s);
  expect(email.headers.some(({ key }) => key === "list-unsubscribe")).toBe(true);
  expect(await itemsOf(server)).toEqual([
    ["inhibited", "digest", null],
    ["inhibited", "digest", null],
  ]);
  // Nothing happened.
  clock.advance(24 * hourMs);
  await run();
  expect(mail.mails).toHaveLength(1);
});

test("what was read in the inbox is left out; if nothing is left, nothing is sent", async () => {
  const { server, token, mail, clock, inDigest, send, run } = await start();
  await inDigest(true);
  await send("Read");
  await send("Unread");
  const read = async (wanted: string) => {
    const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
    const { id } = json.notifications.find(({ title }) => title === wanted)!;
    const path =
      `/api/v2/notifications/inbox/${id}/read-status` as "/api/v2/notifications/inbox/{id}/read-status";
    await server.call("PUT", path, { token, json: { is_read: true } });
  };
  await read("Read");
  clock.advance(24 * hourMs);
  await run();
  expect(mail.mails.map(({ email }) => email.subject)).toEqual(["Your daily digest: 1 notification"]);
  expect((await itemsOf(server)).map(([, reason]) => reason)).toEqual(["read_meanwhile", "digest"]);
  await send("Later");
  await read("Later");
  clock.advance(24 * hourMs);
  await run();
  expect(mail.mails).toHaveLength(1);
  expect((await itemsOf(server)).at(-1)).toEqual(["inhibited", "read_meanwhile", null]);
});

test("two instances at once send one, and everything is in it", async () => {
  const { server, mail, clock, inDigest, send, environment } = await start();
  await inDigest(true);
  for (const title of ["a", "b", "c"]) await send(title);
  const other = await startTestServer({ folder: server.folder, clock, environment });
  clock.advance(24 * hourMs);
  await Promise.all([server.runTick(), other.runTick(), server.runTick(), other.runTick()]);
  await Promise.all([server.settled(), other.settled()]);
  await server.runTick();
  await server.settled();
  expect(mail.mails.map(({ email }) => email.subject)).toEqual(["Your daily digest: 3 notifications"]);
});

test("everybody gets theirs in one run, and one that fails keeps nobody from it", async () => {
  const { server, token, mail, clock, run } = await start();
  await addManyUsers(server, 120);
  await server.sql(`UPDATE users SET digest = '{"every":"daily","hour":8,"weekday":0}'
    WHERE username LIKE 'user-%' RETURNING 1`);
  await server.sql(`INSERT OR IGNORE INTO notification_preferences (user_id, template_id, disabled, created_at, updated_at, in_digest)
    SELECT id, '${custom}', 0, 0, 0, 1 FROM users WHERE username LIKE 'user-%' RETURNING 1`);
  const json = { content: { title: "Upgrade", message: "x" }, recipients: { groups: ["all"] } };
  await server.call("POST", "/api/v2/notifications/custom", { token, json });
  await server.settled();
  await server.sql(`UPDATE users SET digest = 'broken' WHERE username = 'user-1' RETURNING 1`);
  clock.advance(24 * hourMs);
  await run();
  expect(new Set(mail.mails.map(({ to }) => String(to))).size).toBe(119);
  expect((await itemsOf(server)).filter(([status]) => status === "pending")).toHaveLength(1);
});

test("another hour moves what waits; turning it off sends it", async () => {
  const { server, mail, inDigest, send, schedule, run, clock } = await start();
  await inDigest(true);
  await send("Waits");
  await schedule({ every: "weekly", weekday: "sun", hour: 20, time_zone: "America/New_York" });
  expect((await itemsOf(server))[0]![2]).toBe(Date.parse("2026-11-23T01:00:00Z"));
  await schedule({ every: "off" });
  await run();
  expect(mail.mails.map(({ email }) => email.subject)).toEqual(["Your daily digest: 1 notification"]);
  await send("At once");
  clock.advance(1_000);
  await run();
  expect(mail.mails.map(({ email }) => email.subject)[1]).toBe("At once");
});

test("a kind that leaves the digest, and one without email", async () => {
  const { server, token, mail, inDigest, send } = await start();
  await inDigest(true);
  await inDigest(false);
  await send("On its own");
  expect(mail.mails).toHaveLength(1);
  for (const json of [
    { template_id: custom, method: "inbox", enabled: true, digest: true },
    { template_id: custom, method: "smtp", enabled: false, digest: true },
  ])
    expect((await server.call("PUT", `${base}/channels`, { token, json })).status).toBe(400);
});

test("the same notification twice is in it once", async () => {
  const { server, token, mail, clock, inDigest, run } = await start();
  await inDigest(true);
  const json = { content: { title: "Twice", message: "x" } };
  for (let time = 0; time < 2; time += 1)
    await server.call("POST", "/api/v2/notifications/custom", {
      token,
      json,
      headers: { "idempotency-key": `k${time}` },
    });
  await server.settled();
  clock.advance(24 * hourMs);
  await run();
  expect(mail.mails).toHaveLength(1);
});

test("unsubscribing from the digest ends it, and the emails in it", async () => {
  const { server, token, mail, clock, inDigest, send, run } = await start();
  await inDigest(true);
  await send("First");
  clock.advance(24 * hourMs);
  await run();
  const header = mail.mails[0]!.email.headers.find(({ key }) => key === "list-unsubscribe")!.value;
  const link = new URL(header.replace(/^<|>$/g, ""));
  await send("Waits");
  expect(wordsOf(await get(server, link.pathname + link.search))).toContain(
    "Unsubscribe from “Email digest”?",
  );
  const done = await post(server, link.pathname + link.search, { "List-Unsubscribe": "One-Click" });
  expect(wordsOf(done)).toContain("Unsubscribed from “Email digest”");
  await send("After");
  clock.advance(48 * hourMs);
  await run();
  expect(mail.mails).toHaveLength(1);
  expect((await server.call("GET", `${base}/digest`, { token })).json).toMatchObject({
    every: "off",
    waiting: 0,
  });
  expect((await itemsOf(server)).at(-1)).toEqual(["inhibited", "channel_disabled_by_user", null]);
});

test("on the page: the time, the kinds and a preview", async () => {
  const { server, token, cookie, send } = await start();
  const settings = "/settings/notifications";
  const page = await get(server, settings, cookie);
  expect(page.text).not.toContain("Add to digest");
  const fields = { every: "weekly", hour: "7", weekday: "2", zone: "Europe/Berlin" };
  expect(placeOf(await post(server, "/settings/digest", fields, cookie))).toBe(`${settings}#digest`);
  expect((await server.call("GET", `${base}/digest`, { token })).json).toMatchObject({
    every: "weekly",
    hour: 7,
    weekday: "wed",
    time_zone: "Europe/Berlin",
  });
  expect((await get(server, settings, cookie)).text).toContain("Add to digest");
  expect((await post(server, settings, { [`${custom}/inbox`]: "digest" }, cookie)).status).toBe(400);
  await post(server, settings, { [`${custom}/smtp`]: "digest" }, cookie);
  await send("Waits");
  expect(wordsOf(await get(server, settings, cookie))).toContain("1 notification waits.");
  const preview = wordsOf(await get(server, "/settings/digest", cookie));
  expect(preview).toContain("Your weekly digest: 1 notification");
  expect(preview).toContain("Waits");
  await post(server, settings, { [`${custom}/smtp`]: "single" }, cookie);
  await post(server, "/settings/digest", { every: "off", hour: "x", weekday: "9", zone: "" }, cookie);
  await server.runTick();
  expect(wordsOf(await get(server, "/settings/digest", cookie))).toContain("Nothing waits for the digest");
});
