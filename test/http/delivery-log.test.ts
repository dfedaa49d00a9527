// Owners' acts on the delivery log, over the API and on its page: retry and withdraw, one message or all of a filter.
import { expect, test } from "vitest";
import { deliveryLog as oldestFirst } from "../support/inbox.ts";
import { get, post, placeOf, startSignedIn, cookieFor, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, type TestServer } from "../support/server.ts";

const page = "/deployment/notifications/messages";
const api = "/api/v2/notifications/messages";
const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";

const deliveryLog = async (server: TestServer, token: string) =>
  (await oldestFirst(server, token)).toReversed();

/** A receiver that refuses everything, and messages that fail at the first attempt. */
async function startFailing(titles: readonly string[]) {
  const receiver = await startReceiver();
  receiver.answer({ status: 500 });
  const started = await startSignedIn({
    environment: {
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "1",
    },
  });
  const { server, token } = started;
  for (const title of titles) await send(server, token, title);
  await server.settled();
  const webhooks = async () =>
    (await deliveryLog(server, token)).filter(({ method }) => method === "webhook");
  return { ...started, receiver, webhooks };
}

const send = (server: TestServer, token: string, title: string) =>
  server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message: "x" } } });

/** Messages that wait, because delivery is paused. */
async function startPaused(titles: readonly string[]) {
  const receiver = await startReceiver();
  const started = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url },
  });
  const { server, token } = started;
  await pause(server, token, true);
  for (const title of titles) await send(server, token, title);
  return { ...started, receiver };
}
const pause = (server: TestServer, token: string, notifier_paused: boolean) =>
  server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });

const audited = async (server: TestServer, token: string) =>
  (await server.call("GET", "/api/v2/audit?limit=20", { token })).json.entries.flatMap(
    ({ action, resource_type, detail }) =>
      resource_type === "notification_message" ? [[action, detail]] : [],
  );

test("all failed notifications of a filter are counted, then retried; others are left alone", async () => {
  const { server, token, receiver, webhooks } = await startFailing(["one", "two", "three"]);
  const grace = await addUser(server, "grace");
  await send(server, grace.token, "hers");
  await server.settled();
  const retry = (json: Record<string, string>, query = "") =>
    server.call("POST", `${api}/retry${query}` as `${typeof api}/retry`, { token, json });
  expect((await retry({}, "?dry_run=true")).json).toEqual({ changed: 0, remaining: 4 });
  expect((await retry({ user: "ada" }, "?dry_run=true")).json).toEqual({ changed: 0, remaining: 3 });
  expect((await retry({ method: "smtp" })).json).toEqual({ changed: 0, remaining: 0 });
  expect(await audited(server, token)).toEqual([]);

  receiver.answer({ status: 200 });
  expect((await retry({ user: "ada", template: customTemplate })).json).toEqual({ changed: 3, remaining: 0 });
  await server.settled();
  expect((await webhooks()).map(({ status }) => status)).toEqual([
    "permanent_failure",
    "sent",
    "sent",
    "sent",
  ]);
  expect(await audited(server, token)).toEqual([
    ["retry", { user: "ada", template: customTemplate, messages: 3 }],
  ]);
});

test("unsent notifications are withdrawn for good, with their reason; what was sent is refused", async () => {
  const { server, token, receiver } = await startPaused(["one", "two"]);
  const first = (await deliveryLog(server, token)).find(({ method }) => method === "webhook");
  const withdraw = (path: string) => server.call("POST", path as typeof api, { token, json: {} });
  const one = await withdraw(`${api}/${first!.id}/withdraw`);
  expect(one.json).toMatchObject({ id: first!.id, status: "inhibited", next_try_at: null });
  expect((one.json as unknown as typeof first)!.reasons.at(-1)).toBe("withdrawn_by_owner");
  expect((await withdraw(`${api}/${first!.id}/withdraw`)).status).toBe(409);
  expect((await withdraw(`${api}/withdraw`)).json).toEqual({ changed: 3, remaining: 0 });
  await pause(server, token, false);
  await server.runTick();
  await server.settled();
  expect(receiver.arrivals).toEqual([]);
  expect((await deliveryLog(server, token)).map(({ status }) => status)).toEqual(Array(4).fill("inhibited"));
  // The same text is no duplicate of what nobody got.
  expect((await send(server, token, "one")).status).toBe(204);
  await receiver.wait(1);
  await server.settled();
  const [sent] = await deliveryLog(server, token);
  expect((await withdraw(`${api}/${sent!.id}/withdraw`)).status).toBe(409);
  expect(await audited(server, token)).toEqual([
    ["withdraw", { messages: 3 }],
    ["withdraw", {}],
  ]);
});

test("the page asks with the number before it acts on all, and leaves alone what came after it was made", async () => {
  const { server, token, cookie, receiver, webhooks } = await startFailing(["one", "two"]);
  const filter = "?status=permanent_failure&user=ada";
  const words = wordsOf(await get(server, `${page}${filter}`, cookie));
  expect(words).toContain("Retry 2 failed notifications");
  expect(words).toContain(
    "Custom notification ada · webhook just now failed 1 attempt · All attempts failed · answered 500",
  );
  const asked = await get(server, `${page}${filter}&ask=retry`, cookie);
  expect(wordsOf(asked)).toContain("Retry 2 failed notifications? Belfry queues them again");
  const until = /name="until" value="([^"]+)"/.exec(asked.text)![1]!;
  await send(server, token, "later");
  await server.settled();
  receiver.answer({ status: 200 });
  const form = { status: "permanent_failure", user: "ada", until };
  const done = await post(server, `${page}/retry`, form, cookie);
  expect(placeOf(done)).toBe(`${page}?status=permanent_failure&user=ada&done=retry&count=2`);
  expect(wordsOf(await get(server, placeOf(done)!, cookie))).toContain("2 notifications queued again.");
  await server.settled();
  expect((await webhooks()).map(({ status }) => status)).toEqual(["permanent_failure", "sent", "sent"]);
  const [left] = await webhooks();
  const single = await get(server, `${page}/${left!.id}`, cookie);
  expect(single.text).toContain(`action="${page}/${left!.id}/retry"`);
  expect(placeOf(await post(server, `${page}/${left!.id}/retry`, {}, cookie))).toBe(
    `${page}?done=retry&count=1`,
  );
  await server.settled();
  expect((await webhooks())[0]!.status).toBe("sent");
  const refused = await post(server, `${page}/${left!.id}/retry`, {}, cookie);
  expect([refused.status, wordsOf(refused)]).toEqual([409, expect.stringContaining("this one was sent")]);
});

test("the page asks before it withdraws one, and says why it was not sent", async () => {
  const { server, token, cookie } = await startPaused(["one"]);
  const [message] = await deliveryLog(server, token);
  const list = await get(server, page, cookie);
  expect(wordsOf(list)).toContain("Withdraw 2 unsent notifications");
  expect(list.text).toContain(`?ask=withdraw&amp;id=${message!.id}`);
  const asked = await get(server, `${page}?ask=withdraw&id=${message!.id}`, cookie);
  expect(wordsOf(asked)).toMatch(/Withdraw “Custom notification” for ada \(.*\)\? Recipients won't get it/);
  const done = await post(server, `${page}/${message!.id}/withdraw`, {}, cookie);
  expect(placeOf(done)).toBe(`${page}?done=withdraw&count=1`);
  expect(wordsOf(await get(server, `${page}?status=inhibited`, cookie))).toContain(
    "An owner withdrew it before it was sent",
  );
  expect(wordsOf(await get(server, page, cookie))).toContain("Withdraw 1 unsent notification");
});

test("others see their own messages and no buttons; pages follow each other without gaps", async () => {
  const { server, token, cookie } = await startSignedIn();
  const grace = await addUser(server, "grace");
  for (let count = 0; count < 60; count += 1) await send(server, token, `Number ${count}`);
  const theirs = await get(server, page, cookieFor(grace.token));
  expect(wordsOf(theirs)).toContain("No deliveries match.");
  const idsOf = (text: string) => [...text.matchAll(/<code>([0-9a-f-]{36})<\/code>/g)].map(([, id]) => id);
  const first = await get(server, page, cookie);
  const next = /rel="next" href="([^"]+)"/.exec(first.text)![1]!.replaceAll("&amp;", "&");
  const second = await get(server, next, cookie);
  const all = await deliveryLog(server, token);
  expect([...idsOf(first.text), ...idsOf(second.text)]).toEqual(all.map(({ id }) => id));
  expect(second.text).not.toContain('rel="next"');
  const foreign = { origin: "https://evil.example" };
  for (const path of [`${page}/retry`, `${page}/withdraw`, `${page}/${all[0]!.id}/withdraw`]) {
    expect((await post(server, path, {}, cookie, foreign)).status).toBe(403);
    expect((await post(server, path, {}, cookieFor(grace.token))).status).toBe(403);
  }
});
