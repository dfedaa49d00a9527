// Quiet hours: messages wait for their end, the inbox doesn't.
import { expect, test } from "vitest";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { deliveryLog } from "../support/inbox.ts";
import { get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { startWithReceivers } from "../support/receivers.ts";
import { addUser, createClock, type TestServer } from "../support/server.ts";

const path = "/api/v2/users/me/notifications/quiet-hours";
const hourMs = 3_600_000;
/** A Saturday. */
const evening = Date.parse("2026-11-21T20:00:00Z");
const night = { ranges: [{ days: ["sat"], from: "22:00", to: "07:00" }], time_zone: "Europe/Berlin" };

async function start() {
  const receiver = await startReceiver();
  const clock = createClock(evening);
  const started = await startSignedIn({
    clock,
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url },
  });
  return { ...started, receiver, clock };
}

const setQuiet = (server: TestServer, token: string, json: object) =>
  server.call("PUT", path, { token, json });
async function send(server: TestServer, token: string, title = "Hello") {
  const json = { content: { title, message: "x" } };
  expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
  await server.settled();
}
const webhooks = async (server: TestServer, token: string) =>
  (await deliveryLog(server, token)).filter(({ method }) => method === "webhook");
const run = async (server: TestServer) => {
  await server.runTick();
  await server.settled();
};

test("a message waits until they end, with its reason; the inbox has it at once", async () => {
  const { server, token, clock, receiver } = await start();
  const set = await setQuiet(server, token, night);
  expect([set.status, set.json]).toEqual([
    200,
    {
      ranges: night.ranges,
      critical_breaks_through: false,
      time_zone: "Europe/Berlin",
      quiet_until: null,
    },
  ]);
  await send(server, token, "before");
  expect(receiver.arrivals).toHaveLength(1);
  clock.advance(hourMs);
  expect((await server.call("GET", path, { token })).json.quiet_until).toBe("2026-11-22T06:00:00.000Z");
  await send(server, token, "at night");
  await run(server);
  const waiting = (await webhooks(server, token)).at(-1);
  expect([waiting!.status, waiting!.reasons.at(-1), waiting!.next_try_at]).toEqual([
    "pending",
    "quiet_hours",
    "2026-11-22T06:00:00.000Z",
  ]);
  const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
  expect(json.notifications.map(({ title }) => title)).toEqual(["at night", "before"]);
  clock.advance(9 * hourMs);
  await run(server);
  expect(receiver.arrivals).toHaveLength(2);
  expect((await webhooks(server, token)).at(-1)!.status).toBe("sent");
});

test("what became due for another reason waits, too, and no attempt is counted", async () => {
  const { server, token, clock, receiver } = await start();
  const pause = (notifier_paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
  await setQuiet(server, token, night);
  await pause(true);
  await send(server, token);
  clock.advance(2 * hourMs);
  await pause(false);
  await run(server);
  const [message] = await server.messages();
  const webhook = (await server.messages()).find(({ method }) => method === "webhook")!;
  expect([message!.method, webhook.status, webhook.attemptCount, webhook.dueAt]).toEqual([
    expect.any(String),
    "pending",
    0,
    Date.parse("2026-11-22T06:00:00Z"),
  ]);
  expect(JSON.parse(webhook.reasons)).toContain("quiet_hours");
  expect((await server.attempts()).filter(({ messageId }) => messageId === webhook.id)).toEqual([]);
  clock.advance(8 * hourMs);
  await run(server);
  expect(receiver.arrivals).toHaveLength(1);
});

test("what was read in the inbox meanwhile isn't sent", async () => {
  const { server, token, clock, receiver } = await start();
  await setQuiet(server, token, night);
  clock.advance(hourMs);
  await send(server, token, "read");
  await send(server, token, "unread");
  const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
  const { id } = json.notifications.find(({ title }) => title === "read")!;
  await server.call(
    "PUT",
    `/api/v2/notifications/inbox/${id}/read-status` as `/api/v2/notifications/inbox/{id}/read-status`,
    {
      token,
      json: { is_read: true },
    },
  );
  clock.advance(9 * hourMs);
  await run(server);
  expect(receiver.arrivals).toHaveLength(1);
  const ends = (await webhooks(server, token)).map(({ status, reasons }) => [status, reasons.at(-1)]);
  expect(ends.toSorted()).toEqual([
    ["inhibited", "read_meanwhile"],
    ["sent", "quiet_hours"],
  ]);
});

test("at a receiver with a message for each, who has quiet hours delays nobody else", async () => {
  const {
    server,
    token,
    start: startChat,
  } = await startWithReceivers({
    clock: createClock(evening),
    environment: { BELFRY_NOTIFICATIONS_LEASE_COUNT: "1" },
  });
  const mia = await addUser(server, "mia");
  const chat = await startChat("chat", { recipients: "each" });
  const pause = (notifier_paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
  await setQuiet(server, mia.token, night);
  await pause(true);
  await send(server, mia.token, "to mia");
  await send(server, token, "to ada");
  server.clock.advance(2 * hourMs);
  await pause(false);
  await server.settled();
  expect(chat.arrivals.map(({ json }) => json.title)).toEqual(["to ada"]);
});

test("a change moves what waits, by the same write", async () => {
  const { server, token, clock, receiver } = await start();
  await setQuiet(server, token, night);
  clock.advance(hourMs);
  await send(server, token);
  const due = async () => (await webhooks(server, token)).at(-1)!.next_try_at;
  await setQuiet(server, token, { ranges: [{ days: ["sat"], from: "22:00", to: "09:30" }] });
  expect(await due()).toBe("2026-11-22T08:30:00.000Z");
  await setQuiet(server, token, { ...night, time_zone: "Asia/Kathmandu" });
  expect(await due()).toBe("2026-11-22T01:15:00.000Z");
  expect(receiver.arrivals).toHaveLength(0);
  await setQuiet(server, token, { ranges: [] });
  await server.settled();
  expect(receiver.arrivals).toHaveLength(1);
});

test("critical ones that wait are sent once they may break through", async () => {
  const { server, token, userId, clock, receiver } = await start();
  await setQuiet(server, token, night);
  clock.advance(hourMs);
  await send(server, token);
  await server.sql(
    `UPDATE notification_events SET template_id = '${kinds["notification-receiver-disabled"].id}'`,
  );
  await setQuiet(server, token, { ...night, critical_breaks_through: true });
  await server.settled();
  expect([receiver.arrivals.length, userId]).toEqual([1, userId]);
});

test.each([
  [{ ranges: [{ days: ["sat"], from: "22:00", to: "07:00" }] }, "time_zone"],
  [{ ...night, time_zone: "Mars/Base" }, "time_zone"],
  [{ ...night, ranges: [{ days: [], from: "22:00", to: "07:00" }] }, "ranges.0.days"],
  [{ ...night, ranges: [{ days: ["sat"], from: "22", to: "07:00" }] }, "ranges.0.from"],
  [{ ...night, ranges: [{ days: ["sat"], from: "22:00", to: "24:00" }] }, "ranges.0.to"],
  [
    {
      ...night,
      ranges: [{ days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "09:00", to: "09:00" }],
    },
    "ranges",
  ],
])("%j is refused", async (json, field) => {
  const { server, token } = await start();
  const answer = await server.call("PUT", path, { token, json });
  const { validations } = answer.json as unknown as { validations: { field: string }[] };
  expect([answer.status, validations[0]!.field]).toEqual([400, field]);
});

test("only user admins see and change those of others", async () => {
  const { server, token } = await start();
  const mia = await addUser(server, "mia");
  const other =
    "/api/v2/users/mia/notifications/quiet-hours" as "/api/v2/users/{user}/notifications/quiet-hours";
  expect((await server.call("PUT", other, { token, json: night })).status).toBe(200);
  expect((await server.call("GET", path, { token: mia.token })).json.ranges).toEqual(night.ranges);
  const admins = "/api/v2/users/ada/notifications/quiet-hours" as typeof other;
  expect((await server.call("GET", admins, { token: mia.token })).status).toBe(404);
});

test("on the page: add, remove, and let critical ones break through", async () => {
  const { server, token, cookie, clock } = await start();
  const settings = "/settings/notifications";
  const place = `${settings}#quiet-hours`;
  const add = (fields: Record<string, string>) => post(server, "/settings/quiet-hours", fields, cookie);
  const fields = { sat: "on", sun: "on", from: "22:00", to: "07:00" };
  expect(placeOf(await add(fields))).toBe(`${settings}?quiet=zone#quiet-hours`);
  expect(wordsOf(await get(server, `${settings}?quiet=zone`, cookie))).toContain("Set your time zone first.");
  expect(placeOf(await add({ ...fields, zone: "Europe/Berlin" }))).toBe(place);
  expect(placeOf(await add({ mon: "on", from: "12:00", to: "13:00", zone: "Asia/Tokyo" }))).toBe(place);
  expect(placeOf(await add({ from: "12:00", to: "13:00" }))).toBe(`${settings}?quiet=days#quiet-hours`);
  expect(placeOf(await add({ mon: "on", from: "noon", to: "13:00" }))).toBe(
    `${settings}?quiet=times#quiet-hours`,
  );
  const week = Object.fromEntries(
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, "on"]),
  );
  expect(placeOf(await add({ ...week, from: "08:00", to: "08:00" }))).toBe(
    `${settings}?quiet=week#quiet-hours`,
  );
  clock.advance(hourMs);
  await send(server, token);
  const page = wordsOf(await get(server, settings, cookie));
  expect(page).toContain("Times are in Europe/Berlin. Quiet now; ends in");
  expect(page).toContain("Sat, Sun 22:00–07:00");
  await post(server, "/settings/quiet-hours/critical", { critical: "on" }, cookie);
  await post(server, "/settings/quiet-hours/remove", { range: "Mon 12:00–13:00" }, cookie);
  expect((await server.call("GET", path, { token })).json).toMatchObject({
    ranges: [{ days: ["sat", "sun"], from: "22:00", to: "07:00" }],
    critical_breaks_through: true,
    time_zone: "Europe/Berlin",
  });
  // The time zone moves what waits, too.
  await post(server, "/settings/time-zone", { zone: "Asia/Kathmandu" }, cookie);
  expect((await webhooks(server, token)).at(-1)!.next_try_at).toBe("2026-11-22T01:15:00.000Z");
  await post(server, "/settings/quiet-hours/remove", { range: "Sat, Sun 22:00–07:00" }, cookie);
  expect((await server.call("GET", path, { token })).json.ranges).toEqual([]);
});
