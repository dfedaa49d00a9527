// Kinds by channel: what a user disables for one channel still arrives by the others, and says why it was not sent.
import { expect, test } from "vitest";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { createMeter } from "../support/meter.ts";
import { startReceiver } from "../support/receiver.ts";
import { get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type CallAnswer, type TestServer } from "../support/server.ts";

const custom = "39b1e189-c857-4b0c-877a-511144c18516";
const passcode = "62f86a30-2330-4b61-a26d-311ff3b608cf";
const path = "/settings/notifications";
const channels = "/api/v2/users/me/notifications/channels";
const preferences = "/api/v2/users/me/notifications/preferences";

async function start() {
  const receiver = await startReceiver();
  const started = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url },
  });
  return { ...started, receiver };
}

const channelsOf = async (server: TestServer, token: string) => {
  const { json } = await server.call("GET", channels, { token });
  const kind = json.find(({ id }) => id === custom)!;
  return Object.fromEntries(kind.channels.map(({ method, enabled }) => [method, enabled]));
};
const send = async (server: TestServer, token: string, title: string) => {
  const json = { content: { title, message: "x" } };
  const { status } = await server.call("POST", "/api/v2/notifications/custom", { token, json });
  await server.settled();
  return status;
};
/** How each message of the latest event ended, by its channel. */
const endsOf = async (server: TestServer, token: string) => {
  const { json } = await server.call("GET", "/api/v2/notifications/messages?limit=2", { token });
  return Object.fromEntries(json.messages.map(({ method, status, reasons }) => [method, [status, reasons]]));
};
const cellsOf = (page: CallAnswer) =>
  [...page.text.matchAll(/name="39b1e189[^"]*\/(\w+)" value="(\w+)"/g)].map(([, method, value]) => [
    method,
    value,
  ]);

test("a kind has a switch for each channel, and one that is off keeps the others going, with its reason", async () => {
  const { server, token, cookie } = await start();
  const page = await get(server, path, cookie);
  expect(cellsOf(page)).toEqual([
    ["inbox", "off"],
    ["webhook", "off"],
  ]);
  const to = `${path}#k-${custom}`;
  expect(placeOf(await post(server, path, { [`${custom}/webhook`]: "off", to }, cookie))).toBe(to);
  const after = await get(server, path, cookie);
  expect(cellsOf(after)).toEqual([
    ["inbox", "off"],
    ["webhook", "on"],
  ]);
  expect(after.text.match(/role="switch"/g)!.length).toBeGreaterThan(2);
  expect(await send(server, token, "one")).toBeLessThan(300);
  expect(await endsOf(server, token)).toMatchObject({
    inbox: ["sent", expect.not.arrayContaining(["channel_disabled_by_user"])],
    webhook: ["inhibited", expect.arrayContaining(["channel_disabled_by_user"])],
  });
  expect(await channelsOf(server, token)).toEqual({ inbox: true, webhook: false });
});

test("without any channel left the kind is disabled, and the first one enables it again", async () => {
  const { server, token } = await start();
  const set = async (method: string, enabled: boolean) => {
    const json = { template_id: custom, method, enabled };
    return (await server.call("PUT", channels, { token, json })).status;
  };
  const disabledOf = async () => (await server.call("GET", preferences, { token })).json?.[0]?.disabled;
  await set("webhook", false);
  expect(await disabledOf()).toBe(false);
  await set("inbox", false);
  expect([await disabledOf(), await channelsOf(server, token)]).toEqual([
    true,
    { inbox: false, webhook: false },
  ]);
  expect(await send(server, token, "none")).toBe(409);
  await set("webhook", true);
  expect([await disabledOf(), await channelsOf(server, token)]).toEqual([
    false,
    { inbox: false, webhook: true },
  ]);
  await set("webhook", true);
  await set("inbox", true);
  expect(await channelsOf(server, token)).toEqual({ inbox: true, webhook: true });
});

test("Coder's preference disables a kind by all channels, and enables it by those that it had", async () => {
  const { server, token } = await start();
  const prefer = (disabled: boolean) =>
    server.call("PUT", preferences, { token, json: { template_disabled_map: { [custom]: disabled } } });
  const json = { template_id: custom, method: "webhook", enabled: false };
  await server.call("PUT", channels, { token, json });
  await prefer(false);
  expect(await channelsOf(server, token)).toEqual({ inbox: true, webhook: false });
  await prefer(true);
  expect(await channelsOf(server, token)).toEqual({ inbox: false, webhook: false });
  await prefer(false);
  expect(await channelsOf(server, token)).toEqual({ inbox: true, webhook: false });
});

const withMail = {
  BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9",
  BELFRY_EMAIL_FROM: "belfry@example.com",
};

test("a user can add email where the deployment uses another channel, and reset to the defaults", async () => {
  const receiver = await startReceiver();
  const { server, token, cookie } = await startSignedIn({
    environment: {
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
      ...withMail,
    },
  });
  const kindOf = async () => {
    const { json } = await server.call("GET", channels, { token });
    return json
      .find(({ id }) => id === custom)!
      .channels.map(({ method, enabled, default: usual }) => [method, enabled, usual]);
  };
  const set = (method: string, enabled: boolean) =>
    server.call("PUT", channels, { token, json: { template_id: custom, method, enabled } });
  expect(await kindOf()).toEqual([
    ["inbox", true, true],
    ["smtp", false, false],
    ["webhook", true, true],
  ]);
  await set("smtp", true);
  await set("webhook", false);
  expect(await kindOf()).toEqual([
    ["inbox", true, true],
    ["smtp", true, false],
    ["webhook", false, true],
  ]);
  await send(server, token, "by mail");
  const sent = (await server.messages()).filter(({ method }) => method === "smtp");
  expect(sent.map(({ reasons }) => JSON.parse(reasons) as string[])).toEqual([["to_self", "chosen_by_user"]]);
  expect(wordsOf(await get(server, path, cookie))).toContain(
    "Inbox On Email On Default: off Webhook Off Default: on",
  );
  // What waits isn't sent by a channel that was turned off again.
  await set("smtp", false);
  server.clock.advance(3_600_000);
  await server.runTick();
  const ended = (await server.messages()).find(({ method }) => method === "smtp")!;
  expect(JSON.parse(ended.reasons)).toContain("channel_disabled_by_user");
  const one = await server.call("DELETE", `${channels}?template_id=${custom}` as typeof channels, { token });
  expect([one.status, (await kindOf()).map(([, on]) => on)]).toEqual([200, [true, false, true]]);
  await set("inbox", false);
  expect(placeOf(await post(server, `${path}/reset`, {}, cookie))).toBe(path);
  expect((await kindOf()).map(([, on]) => on)).toEqual([true, false, true]);
  const unknown = `${channels}?template_id=00000000-0000-4000-8000-000000000001` as typeof channels;
  expect((await server.call("DELETE", unknown, { token })).status).toBe(400);
});

test("a message that waits is not sent by a channel that was disabled meanwhile", async () => {
  const { server, token } = await start();
  const pause = (notifier_paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
  await pause(true);
  await send(server, token, "waits");
  await server.call("PUT", channels, {
    token,
    json: { template_id: custom, method: "webhook", enabled: false },
  });
  await pause(false);
  await server.runTick();
  await server.settled();
  expect(await endsOf(server, token)).toMatchObject({
    inbox: ["sent", expect.anything()],
    webhook: ["inhibited", expect.arrayContaining(["channel_disabled_by_user"])],
  });
});

test.each([
  [{ template_id: custom, method: "smtp", enabled: true }, 400],
  [{ template_id: passcode, method: "smtp", enabled: false }, 400],
  [{ template_id: "00000000-0000-4000-8000-000000000001", method: "inbox", enabled: true }, 400],
])("%j is refused", async (json, status) => {
  const { server, token } = await start();
  expect((await server.call("PUT", channels, { token, json })).status).toBe(status);
});

test("the form refuses channels that a kind doesn't have; with one channel there is one switch", async () => {
  const { server, cookie } = await start();
  expect((await post(server, path, { [`${custom}/smtp`]: "off" }, cookie)).status).toBe(400);
  expect((await post(server, path, { [`${custom}/webhook/x`]: "perhaps" }, cookie)).status).toBe(400);
  const single = await startSignedIn();
  const page = await get(single.server, path, single.cookie);
  expect([cellsOf(page), wordsOf(page)]).toEqual([[], expect.stringContaining("Delivered to your inbox.")]);
});

test("the reads and writes of an event are as many as without preferences", async () => {
  const meter = createMeter();
  const { server, token } = await startSignedIn({ adapter: "plain", onTrip: meter.onTrip });
  await addUser(server, "mia");
  const count = async (title: string) => {
    meter.reset();
    await send(server, token, title);
    return meter.trips;
  };
  const before = await count("first");
  await server.sql(
    `INSERT INTO notification_preferences (user_id, template_id, disabled, disabled_methods, created_at, updated_at)
      SELECT id, '${custom}', 0, '["webhook"]', 0, 0 FROM users WHERE is_system = 0`,
  );
  expect(await count("second")).toBe(before);
});

test("only what needs somebody goes out, and all is undone as it was", async () => {
  const { server, token, cookie } = await startSignedIn({ environment: withMail });
  const idle = kinds["task-idle"].id;
  const all = async () =>
    Object.fromEntries(
      (await server.call("GET", channels, { token })).json.map(({ id, channels: cells }) => [
        id,
        cells.map(({ method, enabled, digest }) => [method, enabled, digest]),
      ]),
    );
  const set = (method: string, enabled: boolean, template_id = custom) =>
    server.call("PUT", channels, { token, json: { template_id, method, enabled } });
  await set("smtp", true, kinds["workspace-created"].id);
  await server.call("PUT", channels, {
    token,
    json: { template_id: kinds["task-completed"].id, method: "smtp", enabled: true, digest: true },
  });
  await set("inbox", false, kinds["task-working"].id);
  const before = await all();
  const preset = "/api/v2/users/me/notifications/only-needs-me";
  expect((await server.call("DELETE", preset, { token })).status).toBe(409);
  for (let time = 0; time < 2; time += 1)
    expect((await server.call("POST", preset, { token })).status).toBe(200);
  const after = await all();
  expect(after[idle]).toEqual(before[idle]);
  expect(after[custom]).toEqual([
    ["inbox", true, false],
    ["smtp", false, false],
  ]);
  // By email alone before, not at all now.
  for (const name of ["task-working", "workspace-created"] as const)
    expect(after[kinds[name].id]!.map(([, on]) => on)).toEqual([false, false]);
  await send(server, token, "stays in the inbox");
  expect(await endsOf(server, token)).toMatchObject({
    inbox: ["sent", expect.anything()],
    smtp: ["inhibited", expect.arrayContaining(["channel_disabled_by_user"])],
  });
  expect((await server.call("DELETE", preset, { token })).status).toBe(200);
  expect(await all()).toEqual(before);
  const place = `${path}#preset`;
  expect(wordsOf(await get(server, path, cookie))).not.toContain("Undo");
  expect(placeOf(await post(server, `${path}/only-needs-me`, {}, cookie))).toBe(place);
  expect(await all()).toEqual(after);
  expect(wordsOf(await get(server, path, cookie))).toContain("Undo");
  await post(server, `${path}/only-needs-me/undo`, {}, cookie);
  expect(await all()).toEqual(before);
});
