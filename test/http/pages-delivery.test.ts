// Failing deliveries as an owner sees them: a warning in the inbox, and errors and queues on the delivery page.
import { expect, test } from "vitest";
import { cookieFor, get, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, startTestServer, type TestServer } from "../support/server.ts";
import { deliveryLog } from "../support/inbox.ts";

const minute = 60_000;
const delivery = "/deployment/notifications";

async function startWithReceiver(variables: Record<string, string> = {}) {
  const receiver = await startReceiver();
  const started = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url, ...variables },
  });
  return { ...started, receiver };
}

async function send(server: TestServer, token: string, title: string) {
  await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title, message: "x" } },
  });
  await server.settled();
}

const linesOf = async (server: TestServer, cookie: string) =>
  [...(await get(server, "/inbox", cookie)).text.matchAll(/<div class="failing".*?<\/div>/gs)].map(([line]) =>
    wordsOf({ text: line }),
  );

const lineOf = async (server: TestServer, cookie: string) =>
  (await linesOf(server, cookie)).find((line) => line.includes("delivery has been failing"));

test("every inbox says when a channel has been failing for five minutes, until something gets through", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver();
  const grace = await addUser(server, "grace", ["template-admin"]);
  await send(server, token, "Good");
  server.clock.advance(10 * minute);
  receiver.answer({ status: 503 });
  await send(server, token, "Bad");
  expect(await lineOf(server, cookie)).toBeUndefined();
  server.clock.advance(5 * minute - 1);
  expect(await lineOf(server, cookie)).toBeUndefined();
  server.clock.advance(1);
  expect(await lineOf(server, cookie)).toBe(
    "Webhook delivery has been failing for 5 minutes. View delivery errors",
  );
  expect(await lineOf(server, cookieFor(grace.token))).toBe(
    "Webhook delivery has been failing for 5 minutes.",
  );
  expect((await get(server, "/inbox", cookie)).text).toContain(
    `<a href="${delivery}">View delivery errors</a>`,
  );
  await server.runTick();
  server.clock.advance(2 * 60 * minute);
  expect(await lineOf(server, cookie)).toContain("failing for 2 hours.");
  receiver.answer({ status: 204 });
  await server.runTick();
  expect(await lineOf(server, cookie)).toBeUndefined();
});

test("every inbox says since when the periodic run is overdue, and an owner what to check", async () => {
  const { server, cookie } = await startSignedIn();
  const grace = cookieFor((await addUser(server, "grace")).token);
  await server.runTick();
  server.clock.advance(45_000);
  expect(await linesOf(server, grace)).toEqual([]);
  server.clock.advance(10 * minute);
  expect(await linesOf(server, grace)).toEqual([
    "Notifications may arrive late. Owners can see the cause under Delivery.",
  ]);
  expect(await linesOf(server, cookie)).toEqual([
    "Belfry's scheduler is overdue: last run 10 min ago. Delayed notifications and retries are waiting. Troubleshoot",
  ]);
  await server.runTick();
  expect(await linesOf(server, cookie)).toEqual([]);
});

test("every inbox says since when notifications are paused, and an owner resumes there", async () => {
  const { server, cookie } = await startSignedIn();
  const grace = cookieFor((await addUser(server, "grace")).token);
  const press = (change: string, fields = {}) => post(server, `${delivery}/${change}`, fields, cookie);
  await press("pause");
  server.clock.advance(2 * 60 * minute);
  const line = "Delivery was paused 2 hours ago. New notifications arrive after an owner resumes delivery.";
  expect(await linesOf(server, grace)).toEqual([line]);
  expect(await linesOf(server, cookie)).toEqual([`${line} Resume delivery`]);
  const outside = await press("resume", { to: "//elsewhere.example" });
  expect(outside.headers.get("location")).toBe(`${delivery}?done=resumed`);
  await press("pause");
  expect((await press("resume", { to: "/inbox" })).headers.get("location")).toBe("/inbox");
  expect(await linesOf(server, grace)).toEqual([]);
});

test("a success in between resets how long a channel has been failing", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver();
  for (let round = 0; round < 4; round += 1) {
    receiver.answer({ status: 503 });
    await send(server, token, `Bad ${round}`);
    receiver.answer({ status: 204 });
    await send(server, token, `Good ${round}`);
    server.clock.advance(4 * minute);
  }
  expect(await lineOf(server, cookie)).toBeUndefined();
});

test("a channel that is no longer configured does not fail", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver();
  receiver.answer({ status: 503 });
  await send(server, token, "Bad");
  server.clock.advance(5 * minute);
  expect(await lineOf(server, cookie)).toContain("Webhook delivery has been failing");
  await server.stop();
  const without = await startTestServer({ folder: server.folder, clock: server.clock });
  expect(await lineOf(without, cookie)).toBeUndefined();
});

test("a recipient with an invalid address does not make email fail", async () => {
  const { server, token, cookie } = await startSignedIn({
    environment: { BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9", BELFRY_EMAIL_FROM: "belfry@example.com" },
  });
  await server.sql("UPDATE users SET email = 'no address' WHERE NOT is_system");
  await send(server, token, "Bad");
  const mail = (await deliveryLog(server, token)).find(({ method }) => method === "smtp");
  expect(mail).toMatchObject({ status: "permanent_failure" });
  server.clock.advance(10 * minute);
  expect(await lineOf(server, cookie)).toBeUndefined();
});

test("the delivery page shows an owner responses, queues and failures", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver({
    BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "2",
  });
  const fresh = wordsOf(await get(server, delivery, cookie));
  expect(fresh).not.toMatch(/Last delivered|Failed deliveries|messages? waiting/);
  await send(server, token, "Good");
  receiver.answer({ status: 500 });
  await send(server, token, "Never");
  server.clock.advance(minute);
  await server.runTick();
  server.clock.advance(2 * minute);
  receiver.answer({ status: 503 });
  await send(server, token, "Later");
  server.clock.advance(10_000);
  const page = wordsOf(await get(server, delivery, cookie));
  expect(page).toContain("Last delivered 3 min ago.");
  expect(page).toContain("Last failure just now: answered 503");
  expect(page).toContain("1 notification waiting, the oldest for less than a minute.");
  const [, never, later] = (await deliveryLog(server, token)).filter(({ method }) => method === "webhook");
  expect(page).toContain(
    `ada · webhook 2 min ago answered 500 2 attempts, failed permanently · ${never!.id}`,
  );
  expect(page).toContain(
    `ada · webhook just now answered 503 1 attempt, next attempt in less than a minute · ${later!.id}`,
  );
  expect(page.indexOf(later!.id)).toBeLessThan(page.indexOf(never!.id));
  server.clock.advance(5 * minute);
  expect(wordsOf(await get(server, delivery, cookie))).toMatch(/Webhook failing .* next attempt now/);
  receiver.answer({ status: 204 });
  await server.runTick();
  const after = wordsOf(await get(server, delivery, cookie));
  expect(after).toContain("Webhook enabled");
  expect(after).toContain("No notifications waiting.");
  expect(after).not.toContain(later!.id);
});

test("before the first success the page says so, and it counts waiting messages while delivery is paused", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver();
  receiver.answer({ status: 503 });
  await send(server, token, "Bad");
  expect(wordsOf(await get(server, delivery, cookie))).toContain(
    "Nothing delivered yet. Last failure just now",
  );
  await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
  await send(server, token, "Held back");
  server.clock.advance(90 * minute);
  const page = wordsOf(await get(server, delivery, cookie));
  expect(page).toContain("2 notifications waiting, the oldest for 1 hour.");
  expect(page).toContain("1 notification waiting, the oldest for 1 hour.");
});

test("other users see the channels, but not their history", async () => {
  const { server, receiver } = await startWithReceiver();
  const grace = await addUser(server, "grace", ["user-admin", "template-admin"]);
  receiver.answer({ status: 503 });
  await send(server, grace.token, "Bad");
  server.clock.advance(6 * minute);
  const page = wordsOf(await get(server, delivery, cookieFor(grace.token)));
  expect(page).toContain("Webhook enabled");
  expect(page).not.toMatch(/503|waiting|Last|Failed deliveries/);
});

test("an auditor sees the history too, and everybody's messages with their targets, but changes nothing", async () => {
  const { server, token, receiver } = await startWithReceiver({
    BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "1",
  });
  const auditor = await addUser(server, "aud", ["auditor"]);
  receiver.answer({ status: 503 });
  await send(server, token, "Bad");
  const page = await get(server, delivery, cookieFor(auditor.token));
  expect(wordsOf(page)).toMatch(/Last failure just now: answered 503.*Failed deliveries.*ada · webhook/);
  expect(page.text).not.toContain('action="/deployment');
  const list = await server.call("GET", "/api/v2/notifications/messages?status=permanent_failure", {
    token: auditor.token,
  });
  expect(list.json.messages).toMatchObject([
    { user: { username: "ada" }, target: receiver.url.split("/")[2] },
  ]);
  const { id } = list.json.messages[0]!;
  const retry = await server.call("POST", `/api/v2/notifications/messages/${id}/retry`, {
    token: auditor.token,
  });
  expect(retry.status).toBe(403);
});

test("the mail server is shown to owners only, with whether it is encrypted", async () => {
  const { server, cookie } = await startSignedIn({
    environment: {
      BELFRY_EMAIL_SMARTHOST: "smtp.example.com:465",
      BELFRY_EMAIL_FROM: "Belfry <belfry@example.com>",
    },
  });
  const page = wordsOf(await get(server, delivery, cookie));
  expect(page).toContain("Email enabled Sends to smtp.example.com:465, encrypted, from belfry@example.com.");
  expect(page).toContain("Default channel.");
  const grace = await addUser(server, "grace");
  const hers = wordsOf(await get(server, delivery, cookieFor(grace.token)));
  expect(hers).toContain("Email enabled Default channel.");
  expect(hers).not.toContain("smtp.example.com");
});
