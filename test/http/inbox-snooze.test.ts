// Snoozing: out of the inbox and its count, and back on top when it is due, for everybody who reads it.
import { expect, test } from "vitest";
import { foldOlder } from "../../src/notifications/situations/store/situations.ts";
import { frameOf, openEvents } from "../support/events.ts";
import { get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type TestServer } from "../support/server.ts";

const hour = 3_600_000;
const api = "/api/v2/notifications/inbox";

async function start(...titles: string[]) {
  const { server, token, cookie, userId } = await startSignedIn();
  for (const title of titles) {
    const content = { title, message: "Words." };
    await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
  }
  const list = async (query = "") => (await server.call("GET", `${api}${query}`, { token })).json;
  const titlesOf = async (query = "") => (await list(query)).notifications.map(({ title }) => title);
  const ids = new Map((await list()).notifications.map(({ id, title }) => [title, id]));
  const snooze = (id: string, until: number | null) =>
    server.call("PUT", `${api}/${id}/snooze-status`, {
      token,
      json: { snoozed_until: until === null ? null : new Date(until).toISOString() },
    });
  return { server, token, cookie, userId, list, titlesOf, idOf: (title: string) => ids.get(title)!, snooze };
}

const zoneOf = (server: TestServer, cookie: string, zone: string) =>
  post(server, "/settings/time-zone", { zone }, cookie);

test("what is snoozed is in no list but its own, and comes back on top and unread when it is due", async () => {
  const { server, list, titlesOf, idOf, snooze } = await start("One", "Two", "Three");
  const [one] = [idOf("One")];
  const now = server.clock.now();
  const answer = await snooze(one, now + hour);
  expect([answer.status, answer.json.unread_count]).toEqual([200, 2]);
  expect(answer.json.snoozed_until).toBe(new Date(now + hour).toISOString());
  expect(await titlesOf()).toEqual(["Three", "Two"]);
  expect(await titlesOf("?done=true")).toEqual([]);
  expect(await titlesOf("?snoozed=true")).toEqual(["One"]);
  await server.runTick();
  server.clock.advance(hour - 2_000);
  await server.runTick();
  expect(await titlesOf()).toEqual(["Three", "Two"]);
  server.clock.advance(2_000);
  await server.runTick();
  expect(await titlesOf()).toEqual(["One", "Three", "Two"]);
  expect((await list()).unread_count).toBe(3);
  expect(await titlesOf("?snoozed=true")).toEqual([]);
  // The same notification, of the same time.
  const [item] = (await list()).notifications;
  expect([item!.id, item!.read_at]).toEqual([one, null]);
  // Once.
  await server.runTick();
  expect((await list()).notifications).toHaveLength(3);
});

test("what was read comes back unread; done meanwhile, it doesn't come back", async () => {
  const { server, token, titlesOf, idOf, snooze, list } = await start("One", "Two");
  const put = (id: string, path: string, json: object) =>
    server.call("PUT", `${api}/${id}/${path}` as `${typeof api}/{id}/read-status`, {
      token,
      json: json as never,
    });
  await put(idOf("One"), "read-status", { is_read: true });
  server.clock.advance(1_000);
  for (const title of ["One", "Two"]) await snooze(idOf(title), server.clock.now() + hour);
  server.clock.advance(1_000);
  expect((await put(idOf("Two"), "done-status", { is_done: true })).status).toBe(200);
  expect(await titlesOf("?done=true")).toEqual(["Two"]);
  server.clock.advance(hour);
  await server.runTick();
  expect(await titlesOf()).toEqual(["One"]);
  expect((await list()).unread_count).toBe(1);
  expect(await titlesOf("?done=true")).toEqual(["Two"]);
  // It was done unread, and comes back so.
  await put(idOf("Two"), "done-status", { is_done: false });
  expect((await list()).unread_count).toBe(2);
});

test("a snooze ends early, back where it was, and is changed", async () => {
  const { server, titlesOf, idOf, snooze, list } = await start("One", "Two");
  const now = server.clock.now();
  await snooze(idOf("One"), now + hour);
  server.clock.advance(1_000);
  await snooze(idOf("One"), now + 3 * hour);
  server.clock.advance(2 * hour);
  await server.runTick();
  expect(await titlesOf()).toEqual(["Two"]);
  const back = await snooze(idOf("One"), null);
  expect([back.json.snoozed_until, back.json.unread_count]).toEqual([null, 2]);
  expect(await titlesOf()).toEqual(["Two", "One"]);
  server.clock.advance(2 * hour);
  await server.runTick();
  expect(await titlesOf()).toEqual(["Two", "One"]);
  expect((await list()).unread_count).toBe(2);
});

test("a time that is past, too far away or none at all is refused; so is another person's notification", async () => {
  const { server, idOf, snooze, titlesOf } = await start("One");
  const now = server.clock.now();
  for (const [until, problem] of [
    [now, "must be in the future"],
    [now + 400 * 24 * hour, "must be within a year"],
  ] as const) {
    const refused = await snooze(idOf("One"), until);
    expect([refused.status, refused.text.includes(problem)]).toEqual([400, true]);
  }
  const grace = await addUser(server, "grace");
  const json = { snoozed_until: new Date(now + hour).toISOString() };
  const theirs = await server.call("PUT", `${api}/${idOf("One")}/snooze-status`, {
    token: grace.token,
    json,
  });
  expect(theirs.status).toBe(404);
  expect(await titlesOf()).toEqual(["One"]);
});

test("old notifications stay while they are snoozed, and as long again afterwards", async () => {
  const { server, idOf, snooze } = await start("One", "Two");
  // The key of the session has ended by then.
  const kept = async () =>
    (await server.sql("SELECT title, done_at IS NULL AS open FROM inbox_notifications")).map((row) => [
      row["title"],
      row["open"],
    ]);
  const day = 24 * hour;
  await snooze(idOf("One"), server.clock.now() + 200 * day);
  server.clock.advance(190 * day);
  await server.runTick();
  // The newest stays until there is a newer one.
  expect(await kept()).toEqual([
    ["One", 0],
    ["Two", 1],
  ]);
  server.clock.advance(10 * day);
  await server.runTick();
  server.clock.advance(100 * day);
  await server.runTick();
  expect(await kept()).toEqual([["One", 1]]);
  // The newest stays.
  await server.sql(`INSERT INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, created_at)
    SELECT 'newest', user_id, template_id, '[]', 'Three', '', '', '[]', created_at FROM inbox_notifications
    WHERE true ON CONFLICT DO NOTHING`);
  server.clock.advance(81 * day);
  await server.runTick();
  expect(await kept()).toEqual([["Three", 1]]);
});

test("the page snoozes by the person's clock and can undo it, without scripts", async () => {
  const { server, cookie, idOf, titlesOf } = await start("One", "Two");
  const id = idOf("One");
  const page = await get(server, "/inbox", cookie);
  const [, first] = /formaction="\/inbox\/snooze"[^>]* name="id" value="([^"]+)"/.exec(page.text)!;
  const path = `/inbox/snooze?to=%2Finbox&id=${first}`;
  const form = wordsOf(await get(server, path, cookie));
  expect(form).toContain("Two");
  expect(form).toContain("Time zone: UTC. Set yours");
  expect(placeOf(await zoneOf(server, cookie, "Europe/Berlin"))).toBe("/settings/notifications#time-zone");
  const unknown = placeOf(await zoneOf(server, cookie, "Nowhere/City"))!;
  expect(unknown).toBe("/settings/notifications?zone=Nowhere%2FCity#time-zone");
  const settings = await get(server, unknown.split("#")[0]!, cookie);
  expect(wordsOf(settings)).toContain(
    "Unknown time zone “Nowhere/City”. Use a name like Europe/Berlin or UTC.",
  );
  expect(settings.text).toMatch(/name="zone"\s+value="Nowhere\/City"/);
  const empty = await post(
    server,
    "/inbox/snooze",
    { id, to: "/inbox?show=unread", until: "own", own: "" },
    cookie,
  );
  expect([empty.status, wordsOf(empty)]).toEqual([400, expect.stringContaining("Enter a date and time.")]);
  expect(empty.text).toContain('name="to" value="/inbox?show=unread"');
  const past = { id, to: "/inbox", until: "own", own: "2020-01-01T09:00" };
  const late = await post(server, "/inbox/snooze", past, cookie);
  expect([late.status, wordsOf(late)]).toEqual([400, expect.stringContaining("Must be in the future.")]);
  expect(late.text).toContain('value="2020-01-01T09:00"');
  expect(wordsOf(await get(server, path, cookie))).toContain("Time zone: Europe/Berlin. Change");

  const untilOf = async (fields: Record<string, string>) => {
    const done = await post(server, "/inbox/snooze", { id, to: "/inbox", ...fields }, cookie);
    const until = new URL(placeOf(done) ?? "/", "http://here").searchParams.get("until");
    return until === null ? done.status : new Date(Number(until)).toISOString().slice(0, 16);
  };
  // The clock of the tests starts on a Saturday, at ten in UTC.
  expect(new Date(server.clock.now()).toISOString().slice(0, 13)).toBe("2026-11-21T10");
  expect(await untilOf({ until: "tomorrow" })).toBe("2026-11-22T08:00");
  expect(await untilOf({ until: "monday", zone: "America/New_York" })).toBe("2026-11-23T14:00");
  expect(await untilOf({ until: "own", own: "2026-12-24T18:30", zone: "no zone" })).toBe("2026-12-24T17:30");
  for (const own of ["", "2026-11-01T10:00", "2030-01-01T00:00"])
    expect(await untilOf({ until: "own", own })).toBe(400);
  expect(await titlesOf("?snoozed=true")).toEqual(["One"]);
  const snoozed = await get(server, "/inbox?show=snoozed", cookie);
  expect(wordsOf(snoozed)).toContain("until 24 Dec 2026, 17:30 UTC");

  server.clock.advance(1_000);
  const all = new URLSearchParams([
    ["id", id],
    ["id", idOf("Two")],
    ["until", "hour"],
    ["to", "/inbox?show=unread"],
  ]);
  const both = await server.call("POST", "/inbox/snooze", {
    body: all,
    headers: { cookie, accept: "text/html" },
  });
  const place = placeOf(both)!;
  expect(place).toMatch(/^\/inbox\?show=unread&snoozed=\d+&until=\d+$/);
  const after = await get(server, place, cookie);
  expect(wordsOf(after)).toContain("Snoozed until 21 Nov 2026, 11:00 UTC.");
  const at = /name="at" value="(\d+)"/.exec(after.text)![1]!;
  await post(server, "/inbox/undo", { to: "/inbox", at }, cookie);
  expect(await titlesOf("?read_status=unread")).toEqual(["Two", "One"]);
  const nobody = "/inbox/snooze?id=00000000-0000-4000-8000-000000000000";
  expect((await get(server, nobody, cookie)).status).toBe(404);
  expect((await post(server, nobody, { until: "hour" }, cookie)).status).toBe(404);
  expect((await post(server, "/inbox/snooze", { id: "x", until: "hour" }, cookie)).status).toBe(400);
});

test("a live inbox gets what comes back as it gets what is new", async () => {
  const { server, token, idOf, snooze } = await start("One", "Two");
  await snooze(idOf("One"), server.clock.now() + hour);
  const reader = await openEvents(`${server.url}${api}/events`, token);
  await reader.ready;
  server.clock.advance(hour);
  await server.runTick();
  expect(frameOf(await reader.next())).toMatchObject({
    notification: { id: idOf("One"), title: "One", read_at: null },
    unread_count: 2,
  });
  reader.close();
});

test("what was resolved meanwhile comes back read; a newer notification of the same situation ends the snooze", async () => {
  const { server, idOf, snooze, titlesOf, list, userId } = await start("One", "Two");
  const until = server.clock.now() + hour;
  const situation = (id: string, resolvedAt: number | null) =>
    server.sql(`INSERT INTO situations (id, key, opened_at, last_at, occurrences, last_event_id, notified_event_id, is_quiet, resolved_at)
      VALUES ('${id}', '${id}', 1, 1, 1, 'e', 'e', 0, ${resolvedAt}) ON CONFLICT DO NOTHING`);
  await situation("over", 7);
  await situation("open", null);
  await server.sql(`UPDATE inbox_notifications SET situation_id = iif(title = 'One', 'over', 'open')`);
  for (const title of ["One", "Two"]) await snooze(idOf(title), until);
  await server.sql(`INSERT INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, created_at, situation_id)
    SELECT '${crypto.randomUUID()}', '${userId}', template_id, '[]', 'Two again', '', '', '[]', ${server.clock.now()}, 'open' FROM inbox_notifications WHERE true LIMIT 1 ON CONFLICT DO NOTHING`);
  const { db } = server.deps();
  await db.write(foldOlder(["open"], server.clock.now()), {});
  expect(await titlesOf("?snoozed=true")).toEqual(["One"]);
  server.clock.advance(hour);
  await server.runTick();
  expect(await titlesOf()).toEqual(["One", "Two again"]);
  const { notifications, unread_count } = await list();
  expect([notifications[0]!.read_at === null, unread_count]).toEqual([false, 1]);
});
