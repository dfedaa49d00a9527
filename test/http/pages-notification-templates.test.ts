// The pages of notification templates, without scripts: what everybody sees, and how an owner edits, compares, publishes and
// rolls back a text, and chooses its channel.
import { expect, test } from "vitest";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { get, post, placeOf, startSignedIn, cookieFor, wordsOf } from "../support/pages.ts";
import { addUser, type TestServer } from "../support/server.ts";

const list = "/deployment/notifications/templates";
const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";
const passcode = "62f86a30-2330-4b61-a26d-311ff3b608cf";
const page = `${list}/${customTemplate}`;

const text = {
  title: "Note: {{ labels.custom_title | raw }}",
  body: "{{ labels.custom_message | raw }}\r\n\r\nSent to {{ user.name }}.",
  "label-0": "Open",
  "url-0": "{{ base_url | raw }}/inbox",
  "label-1": "",
  "url-1": "",
};
const send = (server: TestServer, token: string, title: string, message: string) =>
  server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message } } });
const newest = async (server: TestServer, token: string) =>
  (await server.call("GET", "/api/v2/notifications/inbox", { token })).json.notifications[0]!;
const audited = async (server: TestServer, token: string) =>
  (await server.call("GET", `/api/v2/audit?resource_id=${customTemplate}`, { token })).json.entries.map(
    ({ action, detail }) => [action, detail],
  );

test("everybody sees the kinds with channel and default, and a kind's text rendered with its sample", async () => {
  const { server } = await startSignedIn();
  const member = await addUser(server, "member");
  const cookie = cookieFor(member.token);
  const words = wordsOf(await get(server, list, cookie));
  expect(words).toContain(`${Object.keys(kinds).length} kinds`);
  expect(words).toContain("Workspace created off by default");
  expect(words).toContain(
    "Password reset requested A code for resetting your forgotten password. Email only",
  );
  const one = await get(server, page, cookie);
  expect(wordsOf(one)).toMatch(/Preview of version 1 .*Versions Version 1 active shown/);
  expect(one.text).not.toMatch(/<select|>Edit</);
  expect((await get(server, `${list}/nothing`, cookie)).status).toBe(404);
});

test("an owner publishes a text, and rolls back after comparing; each change is in the audit log", async () => {
  const { server, token, cookie } = await startSignedIn();
  await send(server, token, "one", "first");
  expect(wordsOf(await get(server, page, cookie))).toContain("Active version 1, by Belfry");
  expect((await get(server, `${page}/edit`, cookie)).text).toContain(
    "{{ labels.custom_title | raw }}</textarea>",
  );
  const preview = await post(server, `${page}/edit`, { ...text, act: "preview" }, cookie);
  expect(preview.status).toBe(200);
  expect(wordsOf(preview)).toMatch(/Preview Note: .* Sent to Ada Lovelace\. Open/);
  expect((await audited(server, token)).length).toBe(0);

  const published = await post(server, `${page}/edit`, { ...text, act: "publish" }, cookie);
  expect([published.status, placeOf(published)]).toEqual([303, `${page}?done=published`]);
  await send(server, token, "two", "second");
  expect(await newest(server, token)).toMatchObject({
    title: "Note: two",
    content: "second\n\nSent to Ada Lovelace.",
    actions: [{ label: "Open", url: `${server.url}/inbox` }],
  });

  const comparison = await get(server, `${page}?version=1`, cookie);
  expect(wordsOf(comparison)).toContain("Roll back to version 1");
  expect(comparison.text).toMatch(
    /data-line="removed".*Note: \{\{.*data-line="added".*\{\{ labels\.custom_title/s,
  );
  expect(comparison.text).toContain("Open → {{ base_url | raw }}/inbox");
  const back = await post(server, `${page}/activate`, { version: "1" }, cookie);
  expect(placeOf(back)).toBe(`${page}?done=activated`);
  await send(server, token, "three", "third");
  expect((await newest(server, token)).title).toBe("three");
  expect(await audited(server, token)).toEqual([
    ["write", { active_version: 1 }],
    ["write", { active_version: 2 }],
    ["create", { version_title: text.title }],
  ]);
  expect((await post(server, `${page}/activate`, { version: "9" }, cookie)).status).toBe(404);
});

test("a text is saved without being used", async () => {
  const { server, token, cookie } = await startSignedIn();
  const saved = await post(server, `${page}/edit`, { ...text, act: "save" }, cookie);
  expect(placeOf(saved)).toBe(`${page}?version=2&done=saved`);
  expect(wordsOf(await get(server, placeOf(saved)!, cookie))).toContain(
    "It is not used until you activate it. Group Custom Events",
  );
  await send(server, token, "one", "first");
  expect((await newest(server, token)).title).toBe("one");
});

test("invalid Liquid comes back with its field, line and column, and with what was typed", async () => {
  const { server, token, cookie } = await startSignedIn();
  for (const act of ["preview", "save", "publish"]) {
    const bad = { ...text, body: "fine\n{% if x %}", "url-0": "{{ labels.nothing }}", act };
    const answer = await post(server, `${page}/edit`, bad, cookie);
    expect(answer.status).toBe(act === "preview" ? 200 : 400);
    const words = wordsOf(answer);
    expect(words).toContain("Body: line 2, column 1: tag {% if x %} not closed");
    expect(words).toContain("Button 1, link: unknown variable labels.nothing");
    expect(answer.text).toMatch(/<textarea[^>]* name="body"[^>]* aria-invalid="true"/);
    expect(answer.text).toContain("fine\n{% if x %}</textarea>");
  }
  expect(await audited(server, token)).toEqual([]);
});

test("the preview takes the values of a past event, for owners only; the API and the page agree", async () => {
  const { server, token, cookie } = await startSignedIn();
  await send(server, token, "Backup finished", "12 GB");
  const { messages } = (await server.call("GET", "/api/v2/notifications/messages", { token })).json;
  const event = messages[0]!.event_id;
  const words = wordsOf(await get(server, `${page}?event=${event}`, cookie));
  expect(words).toMatch(/Preview of version 1 .*Update preview Backup finished 12 GB Versions/);
  const member = await addUser(server, "member");
  const theirs = await get(server, `${page}?event=${event}`, cookieFor(member.token));
  expect(theirs.text).not.toContain("Backup finished");
  const path = `/api/v2/notifications/templates/${customTemplate}/preview` as const;
  const preview = await server.call("POST", path, { token, json: { event_id: event } });
  expect(preview.json).toMatchObject({ title: "Backup finished", body: "12 GB" });
  const unknown = await server.call("POST", path, { token, json: { event_id: customTemplate } });
  expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining("one of the last 20 events")]);
});

test("an owner chooses the channel of a kind; a passcode has none to choose", async () => {
  const { server, token, cookie } = await startSignedIn();
  expect(placeOf(await post(server, `${page}/channel`, { method: "inbox" }, cookie))).toBe(
    `${page}?done=channel`,
  );
  expect(wordsOf(await get(server, page, cookie))).toContain("Channel Inbox");
  await post(server, `${page}/channel`, { method: "" }, cookie);
  expect(wordsOf(await get(server, page, cookie))).toContain("Channel Inbox only (default)");
  expect(await audited(server, token)).toEqual([
    ["write", { channels: null }],
    ["write", { channels: ["inbox"] }],
  ]);
  expect((await post(server, `${page}/channel`, { method: "pigeon" }, cookie)).status).toBe(400);
  expect((await get(server, `${list}/${passcode}`, cookie)).text).not.toContain("/channel");
});

test("only owners change, and only from their own site", async () => {
  const { server, cookie } = await startSignedIn();
  const admin = await addUser(server, "tess", ["template-admin"]);
  const foreign = { origin: "https://evil.example" };
  for (const [path, fields] of [
    [`${page}/edit`, { ...text, act: "publish" }],
    [`${page}/activate`, { version: "1" }],
    [`${page}/channel`, { method: "inbox" }],
  ] as const) {
    expect((await post(server, path, fields, cookieFor(admin.token))).status).toBe(403);
    expect((await post(server, path, fields, cookie, foreign)).status).toBe(403);
  }
  expect((await get(server, `${page}/edit`, cookieFor(admin.token))).status).toBe(403);
});
