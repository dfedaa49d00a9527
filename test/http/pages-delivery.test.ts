// What an owner sees of deliveries that fail: a line on the inbox, and on the page of delivery why and what waits.
import { expect, test } from "vitest";
import { get, startSignedIn, cookieFor, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, startTestServer, type TestServer } from "../support/server.ts";

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

const lineOf = async (server: TestServer, cookie: string) =>
  /<p class="failing"[^>]*>(.*?)<\/p>/s
    .exec((await get(server, "/inbox", cookie)).text)?.[1]
    ?.replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

test("an owner's inbox says when a way has been failing for five minutes, until something gets through", async () => {
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
    "The webhook has been failing for 5 minutes. See what comes back",
  );
  expect((await get(server, "/inbox", cookie)).text).toContain(
    `<a href="${delivery}">See what comes back</a>`,
  );
  await server.runTick();
  server.clock.advance(2 * 60 * minute);
  expect(await lineOf(server, cookie)).toContain("failing for 2 hours.");
  expect(await lineOf(server, cookieFor(grace.token))).toBeUndefined();
  receiver.answer({ status: 204 });
  await server.runTick();
  expect(await lineOf(server, cookie)).toBeUndefined();
});

test("failures with successes between them are none of the way", async () => {
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

test("a way that is no longer set up does not fail", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver();
  receiver.answer({ status: 503 });
  await send(server, token, "Bad");
  server.clock.advance(5 * minute);
  expect(await lineOf(server, cookie)).toContain("The webhook has been failing");
  await server.stop();
  const without = await startTestServer({ folder: server.folder, clock: server.clock });
  expect(await lineOf(without, cookie)).toBeUndefined();
});

test("what is wrong with one person's address says nothing about mail", async () => {
  const { server, token, cookie } = await startSignedIn({
    environment: { BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9", BELFRY_EMAIL_FROM: "belfry@example.com" },
  });
  await server.sql("UPDATE users SET email = 'no address' WHERE NOT is_system");
  await send(server, token, "Bad");
  const mail = (await server.messages()).find(({ method }) => method === "smtp");
  expect(mail).toMatchObject({ status: "permanent_failure" });
  server.clock.advance(10 * minute);
  expect(await lineOf(server, cookie)).toBeUndefined();
});

test("the page of delivery tells an owner what came back, what waits and what failed", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver({
    BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "2",
  });
  const fresh = wordsOf(await get(server, delivery, cookie));
  expect(fresh).not.toMatch(/Last success|Not delivered|waiting/);
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
  expect(page).toContain("Last success 3 min ago.");
  expect(page).toContain("Last failure just now: answered 503");
  expect(page).toContain("1 waiting, the oldest for less than a minute.");
  const [, never, later] = (await server.messages()).filter(({ method }) => method === "webhook");
  expect(page).toContain(`to ada by webhook 2 min ago answered 500 2 tries, given up · ${never!.id}`);
  expect(page).toContain(
    `to ada by webhook just now answered 503 1 try, next try in less than a minute · ${later!.id}`,
  );
  expect(page.indexOf(later!.id)).toBeLessThan(page.indexOf(never!.id));
  server.clock.advance(5 * minute);
  expect(wordsOf(await get(server, delivery, cookie))).toMatch(/Webhook failing .* next try now/);
  receiver.answer({ status: 204 });
  await server.runTick();
  const after = wordsOf(await get(server, delivery, cookie));
  expect(after).toContain("Webhook on");
  expect(after).toContain("Nothing waiting.");
  expect(after).not.toContain(later!.id);
});

test("before anything has got through the page says that, and counts what waits while all is paused", async () => {
  const { server, token, cookie, receiver } = await startWithReceiver();
  receiver.answer({ status: 503 });
  await send(server, token, "Bad");
  expect(wordsOf(await get(server, delivery, cookie))).toContain("No success yet. Last failure just now");
  await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
  await send(server, token, "Held back");
  server.clock.advance(90 * minute);
  const page = wordsOf(await get(server, delivery, cookie));
  expect(page).toContain("2 waiting, the oldest for 1 hour.");
  expect(page).toContain("1 waiting, the oldest for 1 hour.");
});

test("who is no owner sees the ways, and nothing of what went over them", async () => {
  const { server, receiver } = await startWithReceiver();
  const grace = await addUser(server, "grace", ["auditor"]);
  receiver.answer({ status: 503 });
  await send(server, grace.token, "Bad");
  server.clock.advance(6 * minute);
  const page = wordsOf(await get(server, delivery, cookieFor(grace.token)));
  expect(page).toContain("Webhook on");
  expect(page).not.toMatch(/503|waiting|Last|Not delivered/);
});

test("mail is shown with its server to owners only, and with whether it is encrypted", async () => {
  const { server, cookie } = await startSignedIn({
    environment: {
      BELFRY_EMAIL_SMARTHOST: "smtp.example.com:465",
      BELFRY_EMAIL_FROM: "Belfry <belfry@example.com>",
    },
  });
  const page = wordsOf(await get(server, delivery, cookie));
  expect(page).toContain("Mail on Over smtp.example.com:465, encrypted, from belfry@example.com.");
  expect(page).toContain("The way for whatever names no other.");
  const grace = await addUser(server, "grace");
  const hers = wordsOf(await get(server, delivery, cookieFor(grace.token)));
  expect(hers).toContain("Mail on Set up.");
  expect(hers).not.toContain("smtp.example.com");
});
