// What owners choose about a kind of notification for everybody: on or off by default, and disabled in every channel; over the
// API and on the page of its template.
import { expect, test } from "vitest";
import { seed } from "../../db/seed.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { deliveryLog } from "../support/inbox.ts";
import { get, post, placeOf, startSignedIn, cookieFor, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, type TestServer } from "../support/server.ts";

const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";
const passcode = "62f86a30-2330-4b61-a26d-311ff3b608cf";
const pageOf = (id: string) => `/deployment/notifications/templates/${id}`;
const page = pageOf(customTemplate);

const choose = (server: TestServer, token: string, json: Record<string, unknown>, id = customTemplate) =>
  server.call("PUT", `/api/v2/notifications/templates/${id}/choices`, { token, json });
const send = (server: TestServer, token: string, title: string) =>
  server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message: "x" } } });
const choiceOf = async (server: TestServer, token: string) =>
  (await server.call("GET", "/api/v2/notifications/templates/choices", { token })).json.find(
    ({ id }) => id === customTemplate,
  );
const audited = async (server: TestServer, token: string) =>
  (await server.call("GET", `/api/v2/audit?resource_id=${customTemplate}`, { token })).json.entries.map(
    ({ action, detail }) => [action, detail],
  );

test("nobody gets a kind that is disabled for everybody, whatever they chose; the reason is kept", async () => {
  const { server, token } = await startSignedIn();
  const preferences = "/api/v2/users/me/notifications/preferences";
  await server.call("PUT", preferences, {
    token,
    json: { template_disabled_map: { [customTemplate]: false } },
  });
  expect((await choose(server, token, { disabled: true })).json).toEqual({
    message: '"Custom Notification" is disabled for everybody.',
  });
  expect(await choose(server, token, { disabled: true })).toMatchObject({ status: 200 });
  const refused = await send(server, token, "one");
  expect([refused.status, refused.text]).toEqual([
    409,
    expect.stringContaining("Custom notifications are disabled for everybody."),
  ]);
  const [message] = await deliveryLog(server, token);
  expect(message).toMatchObject({ status: "inhibited" });
  expect(message!.reasons.at(-1)).toBe("disabled_by_deployment");
  const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token });
  expect(inbox.json.notifications).toEqual([]);
  await choose(server, token, { disabled: false });
  expect((await send(server, token, "one")).status).toBe(204);
  expect(await audited(server, token)).toEqual([
    ["write", { disabled: false }],
    ["write", { disabled: true }],
  ]);
});

test("what waits when its kind is disabled is not sent, and not sent later", async () => {
  const receiver = await startReceiver();
  const { server, token } = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url },
  });
  const pause = (notifier_paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
  await pause(true);
  await send(server, token, "waits");
  await choose(server, token, { disabled: true });
  await pause(false);
  await server.settled();
  await server.runTick();
  const log = await deliveryLog(server, token);
  expect(log.map(({ status, reasons }) => [status, reasons.at(-1)])).toEqual([
    ["inhibited", "disabled_by_deployment"],
    ["inhibited", "disabled_by_deployment"],
  ]);
  await choose(server, token, { disabled: false });
  await server.runTick();
  expect(receiver.arrivals).toEqual([]);
});

test("a default holds for users without a preference, and a release doesn't change it", async () => {
  const { server, token } = await startSignedIn();
  const grace = await addUser(server, "grace");
  await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
    token: grace.token,
    json: { template_disabled_map: { [customTemplate]: false } },
  });
  expect(await choiceOf(server, token)).toMatchObject({ enabled_by_default: true, default_choice: null });
  await choose(server, token, { enabled_by_default: false });
  const { db, now, newId } = server.deps();
  await seed(
    db,
    now(),
    newId,
    loadTemplateFiles().map((file) => ({ ...file, title: `${file.title} (new)` })),
  );
  expect(await choiceOf(server, token)).toMatchObject({ enabled_by_default: false, default_choice: false });
  const [listed] = (await server.call("GET", "/api/v2/notifications/templates/custom", { token })).json;
  expect(listed).toMatchObject({ enabled_by_default: false });
  expect((await send(server, token, "mine")).status).toBe(409);
  expect((await send(server, grace.token, "hers")).status).toBe(204);
  await choose(server, token, { enabled_by_default: null });
  expect((await send(server, token, "mine")).status).toBe(204);
});

test("what protects accounts is always on, and choices are for owners", async () => {
  const { server, token, cookie } = await startSignedIn();
  const refused = await choose(server, token, { disabled: true }, passcode);
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("it is always on")]);
  expect((await choose(server, token, {})).status).toBe(400);
  expect(wordsOf(await get(server, pageOf(passcode), cookie))).toContain("On by default Always on");
  expect((await get(server, `${pageOf(passcode)}?ask=disable`, cookie)).text).not.toContain("/choices");
  expect((await post(server, `${pageOf(passcode)}/choices`, { choice: "disable" }, cookie)).status).toBe(400);
  const admin = await addUser(server, "tess", ["template-admin"]);
  expect((await choose(server, admin.token, { disabled: true })).status).toBe(403);
});

test("the page asks before it disables, says that it is disabled, and enables again", async () => {
  const { server, token, cookie } = await startSignedIn();
  const choose = (choice: string) => post(server, `${page}/choices`, { choice }, cookie);
  expect(wordsOf(await get(server, `${page}?ask=disable`, cookie))).toContain(
    "Disable “Custom notification” for everybody? Nobody will get these notifications",
  );
  expect(placeOf(await choose("disable"))).toBe(`${page}?done=disabled`);
  expect(wordsOf(await get(server, page, cookie))).toContain("On by default Disabled for everybody");
  expect(wordsOf(await get(server, "/deployment/notifications/templates", cookie))).toContain(
    "Custom notification disabled",
  );
  const member = await addUser(server, "member");
  const settings = await get(server, "/settings/notifications", cookieFor(member.token));
  expect(wordsOf(settings)).toContain("Disabled for everybody");
  expect(placeOf(await choose("enable"))).toBe(`${page}?done=enabled`);
  for (const choice of ["off", "on", "release"])
    expect(placeOf(await choose(choice))).toBe(`${page}?done=default`);
  expect((await choose("sometimes")).status).toBe(400);
  expect((await choiceOf(server, token))!.default_choice).toBe(null);
});
