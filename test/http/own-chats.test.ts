// Chats of people's own: confirmed by a code that is sent there, then a channel of their kinds.
import { expect, test } from "vitest";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { holdWrites } from "../support/meanwhile.ts";
import { get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, type TestServer } from "../support/server.ts";

const custom = kinds["custom-notification"].id;
const path = "/api/v2/notifications/chats";
const at = (id: string, rest = "") => `${path}/${id}${rest}`;

async function start(wrapClient?: ReturnType<typeof holdWrites>["wrapClient"]) {
  const started = await startSignedIn({
    ...(wrapClient && { wrapClient }),
    environment: { BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: "true" },
  });
  const chat = await startReceiver();
  chat.answer({ status: 200, body: "ok" });
  const { server, token } = started;
  const call = (method: string, where: string, json?: object) =>
    server.call(method, where as typeof path, { token, ...(json === undefined ? {} : { json }) });
  const add = (name = "mine") => call("POST", path, { name, format: "ntfy", address: `${chat.url}/topic` });
  const idOf = async () => ((await call("GET", path)).json as unknown as { id: string }[])[0]!.id;
  const codeOf = () => /\d{6}/.exec(chat.arrivals.at(-1)!.body)![0];
  const confirm = async (code: string) => call("POST", at(await idOf(), "/confirm"), { code });
  return { ...started, chat, call, add, idOf, codeOf, confirm };
}

let sends = 0;
async function send(server: TestServer, token: string, title = `Hello ${(sends += 1)}`) {
  const json = { content: { title, message: "x" } };
  expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
  await server.runTick();
  await server.settled();
}
const ofChat = async (server: TestServer) =>
  (await server.messages())
    .filter(({ receiverId }) => receiverId !== null)
    .map(({ status, reasons }) => [status, (JSON.parse(reasons) as string[]).at(-1)]);

test("a code confirms it; then it is a channel that gets what its user chose", async () => {
  const { server, token, chat, call, add, idOf, codeOf, confirm } = await start();
  const added = await add();
  expect([added.status, added.json]).toMatchObject([
    201,
    { name: "mine", format: "ntfy", confirmed: false, accepted: true },
  ]);
  expect(chat.arrivals).toHaveLength(1);
  await send(server, token);
  expect(await ofChat(server)).toEqual([]);
  const code = codeOf();
  const other = code === "000000" ? "000001" : "000000";
  expect((await confirm(other)).status).toBe(400);
  expect((await confirm(code)).json).toMatchObject({ confirmed: true });
  expect((await confirm(other)).json).toMatchObject({ confirmed: true });
  // Not by default: nobody has to act on it.
  await send(server, token);
  expect(await ofChat(server)).toEqual([]);
  const method = `receiver:${await idOf()}`;
  const channels = "/api/v2/users/me/notifications/channels";
  const set = (enabled: boolean) => call("PUT", channels, { template_id: custom, method, enabled });
  const { json } = await set(true);
  const cells = (json as unknown as { id: string; channels: object[] }[]).find(
    ({ id }) => id === custom,
  )!.channels;
  expect(cells.at(-1)).toEqual({ method, label: "mine", enabled: true, default: false, digest: false });
  await send(server, token, "To my chat");
  expect(await ofChat(server)).toEqual([["sent", "chosen_by_user"]]);
  expect(chat.arrivals.at(-1)!.body).toContain("To my chat");
  await set(false);
  await send(server, token);
  expect(await ofChat(server)).toHaveLength(1);
  expect((await call("DELETE", at(await idOf()))).status).toBe(204);
  expect((await call("GET", path)).json).toEqual([]);
});

test("it waits for the end of quiet hours", async () => {
  const { server, token, chat, call, add, idOf, codeOf, confirm } = await start();
  await add();
  await confirm(codeOf());
  await call("PUT", "/api/v2/users/me/notifications/channels", {
    template_id: custom,
    method: `receiver:${await idOf()}`,
    enabled: true,
  });
  await call("PUT", "/api/v2/users/me/notifications/quiet-hours", {
    ranges: [{ days: ["sat"], from: "10:00", to: "11:00" }],
    time_zone: "UTC",
  });
  await send(server, token, "Later");
  expect(await ofChat(server)).toEqual([["pending", "quiet_hours"]]);
  server.clock.advance(3_600_000);
  await server.runTick();
  await server.settled();
  expect(chat.arrivals.at(-1)!.body).toContain("Later");
});

test("a code expires, is guessed a few times at most, and is sent again after a minute", async () => {
  const { server, chat, call, add, idOf, codeOf, confirm } = await start();
  await add();
  const again = async () => (await call("POST", at(await idOf(), "/code"))).status;
  expect(await again()).toBe(409);
  const code = codeOf();
  const wrong = code === "000000" ? "000001" : "000000";
  for (let time = 0; time < 5; time += 1) expect((await confirm(wrong)).status).toBe(400);
  expect((await confirm(code)).status).toBe(400);
  server.clock.advance(60_000);
  expect(await again()).toBe(200);
  expect(chat.arrivals).toHaveLength(2);
  server.clock.advance(15 * 60_000);
  expect((await confirm(codeOf())).status).toBe(400);
  expect(await again()).toBe(200);
  expect((await confirm(codeOf())).status).toBe(200);
});

test("one that is gone is disabled, and its owner is notified once", async () => {
  const { server, token, chat, call, add, idOf, codeOf, confirm } = await start();
  const mia = await addUser(server, "mia", ["owner"]);
  await add();
  await confirm(codeOf());
  await call("PUT", "/api/v2/users/me/notifications/channels", {
    template_id: custom,
    method: `receiver:${await idOf()}`,
    enabled: true,
  });
  chat.answer({ status: 410, body: "gone" });
  await send(server, token, "One");
  await send(server, token, "Two");
  expect((await call("GET", path)).json).toMatchObject([
    { confirmed: false, disabled_because: expect.any(String) },
  ]);
  const inbox = async (as: string) =>
    (await server.call("GET", "/api/v2/notifications/inbox", { token: as })).json.notifications.filter(
      ({ template_id: id }) => id === kinds["notification-receiver-disabled"].id,
    );
  expect(await inbox(token)).toMatchObject([
    { title: "Notification receiver disabled: mine", content: expect.stringContaining("add it again") },
  ]);
  expect(await inbox(mia.token)).toEqual([]);
  const howItEnded = async () => {
    const { json } = await call("GET", "/api/v2/situations?state=resolved");
    return (json as unknown as { situations: { how: string }[] }).situations.map(({ how }) => how);
  };
  expect(await howItEnded()).toEqual([]);
  chat.answer({ status: 200, body: "ok" });
  server.clock.advance(60_000);
  expect((await call("POST", at("mine", "/code"))).status).toBe(200);
  expect((await call("POST", at("mine", "/confirm"), { code: codeOf() })).json).toMatchObject({
    confirmed: true,
  });
  expect(await howItEnded()).toEqual(["accepted"]);
  chat.answer({ status: 410, body: "gone" });
  await send(server, token, "Three");
  expect((await call("DELETE", at("mine"))).status).toBe(204);
  expect((await call("GET", path)).json).toEqual([]);
  expect(await howItEnded()).toEqual(["over"]);
});

test("codes that are tried at once count each: one of them at most can be the right one", async () => {
  const { wrapClient, beforeNextWrite } = holdWrites();
  const { add, codeOf, confirm } = await start(wrapClient);
  await add();
  const code = codeOf();
  const wrong = code === "000000" ? "000001" : "000000";
  beforeNextWrite(() => confirm(wrong));
  expect((await confirm(code)).status).toBe(400);
  expect((await confirm(code)).status).toBe(200);
});

test("they are nobody else's: owners don't see them among the receivers", async () => {
  const { server, add, codeOf, confirm, idOf } = await start();
  const mia = await addUser(server, "mia", ["owner"]);
  await add();
  await confirm(codeOf());
  const receivers = await server.call("GET", "/api/v2/notifications/receivers", { token: mia.token });
  expect(receivers.json.map(({ name }) => name)).not.toContain("mine");
  for (const one of ["mine", await idOf()]) {
    const place = `/api/v2/notifications/receivers/${one}` as "/api/v2/notifications/receivers/{receiver}";
    expect((await server.call("GET", place, { token: mia.token })).status).toBe(404);
    expect(
      (await server.call("DELETE", at(one) as "/api/v2/notifications/chats/{chat}", { token: mia.token }))
        .status,
    ).toBe(404);
  }
});

test("at most three, each with a name and an address that can be", async () => {
  const { call, add, chat } = await start();
  expect((await add()).status).toBe(201);
  expect((await add()).status).toBe(409);
  expect((await add("second")).status).toBe(201);
  expect((await add("third")).status).toBe(201);
  expect((await add("fourth")).status).toBe(409);
  for (const json of [
    { name: "x y", format: "ntfy", address: chat.url },
    { name: "x", format: "pagerduty", address: chat.url },
    { name: "x", format: "slack", address: "ftp://nowhere" },
  ])
    expect((await call("POST", path, json)).status).toBe(400);
});

test("on the page: add, confirm with the code, delete", async () => {
  const { server, cookie, chat, idOf, codeOf } = await start();
  const settings = "/settings/notifications";
  const fields = { name: "mine", format: "ntfy", address: `${chat.url}/topic`, secret: "" };
  expect(placeOf(await post(server, "/settings/chats", fields, cookie))).toBe(`${settings}#chats`);
  expect(wordsOf(await post(server, "/settings/chats", fields, cookie))).toContain("Name already in use.");
  const id = await idOf();
  expect(wordsOf(await get(server, settings, cookie))).toContain("Enter the code that was sent there.");
  const wrong = await post(server, `/settings/chats/${id}/confirm`, { code: "x" }, cookie);
  expect(wordsOf(wrong)).toContain("The code is not the code that was sent there.");
  const early = await post(server, `/settings/chats/${id}/code`, {}, cookie);
  expect(wordsOf(early)).toContain("A code was sent less than a minute ago.");
  await post(server, `/settings/chats/${id}/confirm`, { code: codeOf() }, cookie);
  const page = await get(server, settings, cookie);
  expect(wordsOf(page)).toContain("Confirmed");
  expect(page.text).toContain(`/receiver:${id}"`);
  await post(server, settings, { [`${custom}/receiver:${id}`]: "on" }, cookie);
  chat.answer({ status: 500, body: "no" });
  const refused = await post(server, "/settings/chats", { ...fields, name: "other" }, cookie);
  expect(wordsOf(refused)).toContain("The chat did not accept the code: answered 500");
  const asked = await get(server, `${settings}?delete-chat=${id}`, cookie);
  expect(wordsOf(asked)).toContain("Delete the chat “mine”?");
  expect(asked.text).toContain(`action="/settings/chats/${id}/delete"`);
  expect((await get(server, settings, cookie)).text).not.toContain(`/settings/chats/${id}/delete`);
  await post(server, `/settings/chats/${id}/delete`, {}, cookie);
  expect((await get(server, settings, cookie)).text).not.toContain(`/receiver:${id}"`);
});
