// The notification settings page, and the unsubscribe links of emails, which need no session.
import { expect, test } from "vitest";
import { seed } from "../../db/seed.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { isAlwaysOn } from "../../src/notifications/kinds/kinds.ts";
import { createUnsubscribeToken } from "../../src/notifications/preferences/unsubscribe.ts";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type CallAnswer, type TestServer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";

const custom = "39b1e189-c857-4b0c-877a-511144c18516";
const testKind = "c425f63e-716a-4bf4-ae24-78348f706c3f";
const path = "/settings/notifications";
const preferences = "/api/v2/users/me/notifications/preferences";

/** The page's toggles, by the name of their kind. */
const switchesOf = (page: CallAnswer) =>
  Object.fromEntries(
    [...page.text.matchAll(/<li class="kind">.*?<\/li>/gs)].map(([row]) => [
      /<h3[^>]*>(.*?)<\/h3>/s.exec(row)![1],
      row.includes(">Always on<") ? "always" : /aria-checked="(true|false)"/.exec(row)![1] === "true",
    ]),
  );

/** The page's row for one kind. */
const rowOf = (page: CallAnswer, name: string): string =>
  [...page.text.matchAll(/<li class="kind">.*?<\/li>/gs)]
    .map(([row]) => row)
    .find((row) => row.includes(`>${name}<`))!;

const disabledOf = async (server: TestServer, token: string) =>
  (await server.call("GET", preferences, { token })).json?.map(({ id, disabled }) => [id, disabled]);

/** The digest has a section of its own. */
const listedKinds = loadTemplateFiles().filter(({ displayName }) => displayName !== "Email digest");

const another = {
  ...loadTemplateFiles().find(({ id }) => id === testKind)!,
  id: "00000000-0000-4000-8000-00000000000a",
  key: "TemplateAnother",
  name: "Another Notification",
  enabledByDefault: false,
  method: "smtp" as const,
};

test("every kind is listed in its group, with a description, its channels and a toggle", async () => {
  const { server, cookie } = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook" },
  });
  const page = await get(server, path, cookie);
  expect(page.status).toBe(200);
  expect(switchesOf(page)).toEqual(
    Object.fromEntries(
      listedKinds.map(({ id, displayName, enabledByDefault }) => [
        displayName.replace("'", "&#39;"),
        isAlwaysOn(id) ? "always" : enabledByDefault,
      ]),
    ),
  );
  for (const { group, about } of listedKinds) {
    expect(page.text).toContain(`>${group}</h2>`);
    expect(wordsOf(page)).toContain(about);
  }
  expect(wordsOf(page)).toContain("Inbox On Webhook On");
});

test("a kind that is off by default says so, and names the channel of its template", async () => {
  const { server, cookie } = await startSignedIn();
  await seed(server.db, server.clock.now(), () => "unused", [another]);
  const page = await get(server, path, cookie);
  expect(switchesOf(page)).toMatchObject({ "Another Notification": false });
  expect(rowOf(page, another.name)).toContain("Off by default.");
  expect(rowOf(page, another.name)).toContain(
    "Delivered to your inbox. Not delivered by email: email is not configured.",
  );
  await post(server, path, { [another.id]: "on" }, cookie);
  const after = await get(server, path, cookie);
  expect(switchesOf(after)).toMatchObject({ "Another Notification": true });
  expect(rowOf(after, another.name)).not.toContain("Off by default.");
});

test("with email configured the page shows the address; with every channel disabled, that nothing is delivered", async () => {
  const mail = { BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9", BELFRY_EMAIL_FROM: "belfry@example.com" };
  const { server, cookie } = await startSignedIn({ environment: mail });
  expect(wordsOf(await get(server, path, cookie))).toContain("Emails go to ada@example.com.");
  const nothing = await startSignedIn({ environment: { BELFRY_NOTIFICATIONS_INBOX_ENABLED: "false" } });
  expect(wordsOf(await get(nothing.server, path, nothing.cookie))).toContain(
    "Not delivered: no channel is on.",
  );
});

test("a toggle saves one kind, leaves the others, and redirects back to it", async () => {
  const { server, token, cookie } = await startSignedIn();
  const off = await post(server, path, { [testKind]: "off", to: `${path}#k-${testKind}` }, cookie);
  expect([off.status, placeOf(off)]).toEqual([303, `${path}#k-${testKind}`]);
  expect(await disabledOf(server, token)).toEqual([[testKind, true]]);
  expect(switchesOf(await get(server, path, cookie))).toMatchObject({
    "Test notification": false,
    "Custom notification": true,
  });
  const on = await post(server, path, { [testKind]: "on", to: "//evil.example" }, cookie);
  expect(placeOf(on)).toBe(path);
  expect(await disabledOf(server, token)).toEqual([[testKind, false]]);
});

test("a group of several kinds is enabled and disabled together", async () => {
  const { server, token, cookie } = await startSignedIn();
  await seed(server.db, server.clock.now(), () => "unused", [another]);
  const page = await get(server, path, cookie);
  const groups = Map.groupBy(
    [...listedKinds, another].filter(({ id }) => !isAlwaysOn(id)),
    ({ group }) => group,
  );
  const several = [...groups.values()].filter((kinds) => kinds.length > 1);
  expect(page.text.match(/Turn off all/g)).toHaveLength(several.length);
  const together = groups.get(another.group)!.map(({ id }) => id);
  await post(server, path, Object.fromEntries(together.map((id) => [id, "off"])), cookie);
  expect((await get(server, path, cookie)).text).toContain("Turn on all");
  expect(await disabledOf(server, token)).toEqual(together.toSorted().map((id) => [id, true]));
});

test.each([
  ["an unknown kind", { "00000000-0000-4000-8000-000000000001": "off", [testKind]: "off" }, 404],
  ["an unknown field", { nonsense: "off" }, 400],
  ["an invalid value", { [testKind]: "perhaps" }, 400],
])("a form with %s changes nothing", async (_what, fields, status) => {
  const { server, token, cookie } = await startSignedIn();
  expect((await post(server, path, fields as Record<string, string>, cookie)).status).toBe(status);
  expect(await disabledOf(server, token)).toBeUndefined();
});

test("each user has their own settings; saving is one round trip, like the page", async () => {
  const meter = createMeter();
  const { server, token, cookie } = await startSignedIn({ adapter: "plain", onTrip: meter.onTrip });
  const grace = await addUser(server, "grace");
  await server.settled();
  await get(server, path, cookieFor(grace.token));
  await server.settled();
  meter.reset();
  await get(server, path, cookieFor(grace.token));
  expect(meter.trips).toBe(1);
  meter.reset();
  await post(server, path, { [custom]: "off" }, cookieFor(grace.token));
  expect(meter.trips).toBe(1);
  expect(await disabledOf(server, grace.token)).toEqual([[custom, true]]);
  expect(await disabledOf(server, token)).toBeUndefined();
  expect(switchesOf(await get(server, path, cookie))).toMatchObject({ "Custom notification": true });
});

test("a read-only token sees the settings and changes none", async () => {
  const { server, token } = await startSignedIn();
  const created = await server.call("POST", "/api/v2/users/me/keys/tokens", {
    token,
    json: { scope: "read" },
  });
  const cookie = cookieFor(server.secret(created.json.key));
  expect((await get(server, path, cookie)).status).toBe(200);
  expect((await post(server, path, { [custom]: "off" }, cookie)).status).toBe(403);
  expect(await disabledOf(server, token)).toBeUndefined();
});

test("a link that names a kind asks for confirmation, and its button disables that kind", async () => {
  const { server, token, cookie } = await startSignedIn();
  const link = `${path}?disabled=${testKind}`;
  expect(placeOf(await get(server, link))).toBe(`/login?next=${encodeURIComponent(link)}`);
  const asked = await get(server, link, cookie);
  expect(wordsOf(asked)).toContain("Turn off “Test notification”?");
  expect(await disabledOf(server, token)).toBeUndefined();
  const [, form] = /<div class="ask"[^>]*>(.*?)<\/form>/s.exec(asked.text)!;
  const fields = Object.fromEntries(
    [...form!.matchAll(/name="([^"]+)" value="([^"]+)"/g)].map(([, name, value]) => [name!, value!]),
  );
  const done = await post(server, path, fields, cookie);
  expect(await disabledOf(server, token)).toEqual([[testKind, true]]);
  expect(wordsOf(await get(server, placeOf(done)!, cookie))).toContain("“Test notification” is off.");
  const again = await get(server, link, cookie);
  expect(wordsOf(again)).toContain("“Test notification” is off.");
  expect(again.text).not.toContain('class="ask"');
  const strange = await get(server, `${path}?disabled=${encodeURIComponent('"><script>')}`, cookie);
  expect(wordsOf(strange)).toContain("This link names an unknown kind of notification.");
});

async function startWithLink() {
  const started = await startSignedIn({
    environment: { BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9", BELFRY_EMAIL_FROM: "belfry@example.com" },
  });
  const { server, userId } = started;
  const unsubscribe = createUnsubscribeToken(server.deps(), { userId, templateId: custom });
  return { ...started, unsubscribe, link: `/unsubscribe?token=${unsubscribe}` };
}

test("an email's unsubscribe link asks for confirmation without a session, and opening it changes nothing", async () => {
  const { server, token, link } = await startWithLink();
  const page = await get(server, link);
  expect(page.status).toBe(200);
  expect(wordsOf(page)).toContain("Unsubscribe from “Custom notification”?");
  expect(wordsOf(page)).toContain("ada@example.com");
  expect(page.text.match(/<button/g)).toHaveLength(1);
  expect(page.text).toContain(`action="${link}"`);
  expect((await server.call("HEAD", link)).status).toBe(200);
  expect(await disabledOf(server, token)).toBeUndefined();
});

const multipart = () => {
  const body = new FormData();
  body.set("List-Unsubscribe", "One-Click");
  return body;
};

test.each([
  ["as the page's form sends it", () => new URLSearchParams({ "List-Unsubscribe": "One-Click" }), {}],
  ["as a mail provider sends it, in parts", multipart, {}],
  ["without a body", () => undefined, {}],
  [
    "from another site's page",
    () => new URLSearchParams({ "List-Unsubscribe": "One-Click" }),
    { origin: "https://mail.example", "sec-fetch-site": "cross-site" },
  ],
])("a POST to the link %s disables emails of the kind, also when repeated", async (_how, body, headers) => {
  const { server, token, link } = await startWithLink();
  for (let time = 1; time <= 2; time += 1) {
    const sent = body();
    const answer = await server.call("POST", link, {
      ...(sent === undefined ? {} : { body: sent }),
      headers: headers as Record<string, string>,
    });
    expect([answer.status, placeOf(answer), answer.headers.get("set-cookie")]).toEqual([200, null, null]);
    expect(wordsOf(answer)).toContain("Unsubscribed from “Custom notification”");
    expect(await disabledOf(server, token)).toEqual([[custom, false]]);
  }
  expect(wordsOf(await get(server, link))).toContain("Unsubscribed from “Custom notification”");
  const sent = await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title: "One", message: "x" } },
  });
  expect(sent.status).toBe(204);
  const ends = (await server.messages()).map(({ method, reasons }) => [method, JSON.parse(reasons).at(-1)]);
  expect(ends.toSorted()).toEqual([
    ["inbox", "inbox"],
    ["smtp", "channel_disabled_by_user"],
  ]);
});

test("who gets a kind only by email has it off after unsubscribing", async () => {
  const { server, token, link } = await startWithLink();
  const channel = { template_id: custom, method: "inbox", enabled: false };
  await server.call("PUT", "/api/v2/users/me/notifications/channels", { token, json: channel });
  expect(wordsOf(await post(server, link))).not.toContain("Other channels");
  expect(await disabledOf(server, token)).toEqual([[custom, true]]);
});

test("a forged link and one whose user or kind is gone get the same answer and change nothing", async () => {
  const { server, token, unsubscribe } = await startWithLink();
  const grace = await addUser(server, "grace");
  const deps = server.deps();
  const ofGrace = createUnsubscribeToken(deps, { userId: grace.userId, templateId: custom });
  await server.call("DELETE", "/api/v2/users/grace", { token });
  const tokens = [
    "",
    "x",
    `${unsubscribe.slice(0, -4)}AAAA`,
    `B${unsubscribe.slice(1)}`,
    ofGrace,
    createUnsubscribeToken(deps, { userId: grace.userId, templateId: another.id }),
  ];
  const seen = new Set<string>();
  for (const bad of tokens)
    for (const method of ["GET", "POST"]) {
      const answer = await server.call(method, `/unsubscribe?token=${bad}`, {
        headers: { accept: "text/html" },
      });
      expect([bad, method, answer.status]).toEqual([bad, method, 404]);
      seen.add(wordsOf(answer));
    }
  expect([...seen]).toHaveLength(1);
  expect((await server.call("POST", "/unsubscribe")).status).toBe(404);
  expect(await countRows(server, "notification_preferences")).toBe(0);
});
