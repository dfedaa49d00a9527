// The texts of notifications over HTTP: versions, what is refused and why, activating and the way back, previews, and
// the way that a kind of notification goes.
import { describe, expect, test } from "vitest";
import { seed } from "../../db/seed.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";
const testTemplate = "c425f63e-716a-4bf4-ae24-78348f706c3f";
const nobody = "00000000-0000-4000-8000-000000000000";
const templates = "/api/v2/notifications/templates";

async function start(environment: Record<string, string> = {}) {
  const server = await startTestServer({ environment });
  const { token } = await signInFirst(server);
  const api = <M extends string, P extends string>(method: M, path: P, json?: unknown, as = token) =>
    server.call(method, `${templates}/${path}`, { token: as, ...(json === undefined ? {} : { json }) });
  const send = (title: string, message: string) =>
    server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message } } });
  return { server, token, api, send };
}

const ours = {
  title_template: "Note: {{ labels.custom_title | raw }}",
  body_template: "{{ labels.custom_message | raw }}\n\nSent to {{ user.name }}.",
  actions: [{ label: "Open", url: "{{ base_url | raw }}/inbox?q={{ labels.custom_title }}" }],
};
const numbers = (list: { number: number }[]) => list.map(({ number }) => number);
const inboxOf = async (server: TestServer, token: string) =>
  (await server.call("GET", "/api/v2/notifications/inbox", { token })).json.notifications;
const audited = async (server: TestServer, token: string) =>
  (await server.call("GET", `/api/v2/audit?resource_id=${customTemplate}`, { token })).json.entries;

describe("versions", () => {
  test("begin with the built-in text, and every signed-in user can see them", async () => {
    const { server, api } = await start();
    const member = await addUser(server, "member");
    const answer = await api("GET", `${testTemplate}/versions`, undefined, member.token);
    expect([answer.status, answer.json]).toEqual([
      200,
      [
        {
          number: 1,
          title_template: "Test notification",
          body_template: expect.stringContaining("This is a test notification"),
          actions: [{ label: "View notification settings", url: expect.stringContaining("base_url") }],
          origin: "seed",
          created_by: null,
          created_at: "2026-11-21T10:00:00.500Z",
          active: true,
          offered: false,
        },
      ],
    ]);
  });

  test("that an owner adds are unused until activated; rollback works the same way", async () => {
    const { server, token, api, send } = await start();
    const created = await api("POST", `${customTemplate}/versions`, ours);
    expect([created.status, created.json]).toEqual([
      201,
      {
        number: 2,
        ...ours,
        origin: "admin",
        created_by: "ada",
        created_at: "2026-11-21T10:00:00.500Z",
        active: false,
        offered: false,
      },
    ]);
    await send("one", "first");
    expect((await api("PUT", `${customTemplate}/version`, { version: 2 })).json).toEqual({
      message: 'Version 2 of "Custom Notification" is active.',
    });
    expect((await api("PUT", `${customTemplate}/version`, { version: 2 })).status).toBe(304);
    await send("two & half", "second");
    await api("PUT", `${customTemplate}/version`, { version: 1 });
    await send("three", "third");
    const inbox = await inboxOf(server, token);
    expect(inbox.map(({ title, content, actions }) => [title, content, actions])).toEqual([
      ["three", "third", []],
      [
        "Note: two & half",
        "second\n\nSent to Ada Lovelace.",
        [{ label: "Open", url: `${server.url}/inbox?q=two%20%26%20half` }],
      ],
      ["one", "first", []],
    ]);
    const list = await server.call("GET", `${templates}/custom`, { token });
    expect(list.json[0]!.title_template).toBe("{{ labels.custom_title | raw }}");
    // Each message remembers its version.
    const { messages } = (await server.call("GET", "/api/v2/notifications/messages", { token })).json;
    expect(messages.map((message) => message.template.version)).toEqual([1, 2, 1]);
    // And each change its author.
    expect((await audited(server, token)).map(({ action, detail, user }) => [action, detail, user])).toEqual([
      ["write", { active_version: 1 }, expect.objectContaining({ username: "ada" })],
      ["write", { active_version: 2 }, expect.anything()],
      ["create", { version_title: ours.title_template }, expect.anything()],
    ]);
  });

  test("of two owners at once get two numbers, and the same text twice gets one", async () => {
    const { server, token, api } = await start();
    const grace = await addUser(server, "grace", ["owner"]);
    const texts = Array.from({ length: 6 }, (_, index) => ({ ...ours, title_template: `Text ${index}` }));
    const created = await Promise.all(
      texts.map((text, index) =>
        api("POST", `${customTemplate}/versions`, text, index % 2 === 0 ? token : grace.token),
      ),
    );
    expect(created.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 201));
    expect(numbers(created.map(({ json }) => json)).toSorted()).toEqual([2, 3, 4, 5, 6, 7]);
    const again = await api("POST", `${customTemplate}/versions`, texts[3]);
    expect([again.status, again.json]).toEqual([200, created[3]!.json]);
    const all = (await api("GET", `${customTemplate}/versions`)).json;
    expect(numbers(all)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    for (const { number, title_template, created_by } of all.slice(0, 6)) {
      const index = created.findIndex(({ json }) => json.number === number);
      expect([title_template, created_by]).toEqual([`Text ${index}`, index % 2 === 0 ? "ada" : "grace"]);
    }
    expect(await audited(server, token)).toHaveLength(6);
  });

  test("the same text sent twice at once is one version with one author", async () => {
    const { server, token, api } = await start();
    const created = await Promise.all([1, 2, 3].map(() => api("POST", `${customTemplate}/versions`, ours)));
    expect(numbers(created.map(({ json }) => json))).toEqual([2, 2, 2]);
    expect(await audited(server, token)).toHaveLength(1);
  });

  test("that ship later are offered while a custom text is active, and activated automatically otherwise", async () => {
    const { server, api } = await start();
    await api("POST", `${customTemplate}/versions`, ours);
    await api("PUT", `${customTemplate}/version`, { version: 2 });
    const { db, now, newId } = server.deps();
    const release = loadTemplateFiles().map((file) => ({ ...file, title: `${file.title} (new)` }));
    await seed(db, now(), newId, release);
    const marks = async (id: string) =>
      (await api("GET", `${id}/versions`)).json.map(({ number, active, offered }) => [
        number,
        active ? "active" : offered ? "offered" : "",
      ]);
    expect(await marks(customTemplate)).toEqual([
      [3, "offered"],
      [2, "active"],
      [1, ""],
    ]);
    expect(await marks(testTemplate)).toEqual([
      [2, "active"],
      [1, ""],
    ]);
    await api("PUT", `${customTemplate}/version`, { version: 3 });
    expect(await marks(customTemplate)).toEqual([
      [3, "active"],
      [2, ""],
      [1, ""],
    ]);
  });
});

describe("an invalid text", () => {
  test("is refused with everything that is wrong, and nothing is stored", async () => {
    const { server, token, api } = await start();
    const broken = {
      title_template: "{{ labels.custom_titel }} {{ user.nick }}",
      body_template: "Hello\n{% if labels.custom_title %}",
      actions: [
        { label: "", url: "javascript:alert(1)" },
        { label: "Open", url: "{{ base_url }}/inbox" },
        { label: "{{ labels.custom_title | upcas }}", url: "//evil.example" },
      ],
    };
    const answer = await api("POST", `${customTemplate}/versions`, broken);
    expect(answer.status).toBe(400);
    const found = Object.fromEntries(answer.json.validations!.map(({ field, detail }) => [field, detail]));
    expect(answer.json.validations).toHaveLength(8);
    expect(answer.json.validations![0]).toEqual({
      field: "title_template",
      detail:
        "unknown variable labels.custom_titel in the sample; available: labels.custom_message, labels.custom_title",
    });
    expect(found).toEqual({
      title_template: "unknown variable user.nick; available: user.email, user.id, user.name, user.username",
      body_template: "line 2, column 1: tag {% if labels.custom_title %} not closed",
      "actions.0.label": "must not be empty",
      "actions.0.url": expect.stringContaining('"javascript:alert(1)" with the sample is not a valid link'),
      "actions.1.url": expect.stringContaining("write {{ base_url | raw }}"),
      "actions.2.label": "line 1, column 1: undefined filter: upcas",
      "actions.2.url": expect.stringContaining("//evil.example"),
    });
    expect((await api("GET", `${customTemplate}/versions`)).json).toHaveLength(1);
    expect(await audited(server, token)).toEqual([]);
  });

  test("is validated against delivered events as well", async () => {
    const { api, send } = await start();
    const text = {
      title_template: "{{ labels.custom_title }}{{ labels.custom_message }}",
      body_template: "",
    };
    const long = {
      ...text,
      title_template: "{% for i in (1..3) %}{{ labels.custom_message }}{% endfor %}",
    };
    expect((await api("POST", `${customTemplate}/versions`, long)).status).toBe(201);
    await send("x", "y".repeat(1_000));
    const answer = await api("POST", `${customTemplate}/versions`, { ...long, body_template: "other" });
    expect(answer.json.message).toBe(
      "title_template: 3000 bytes with what was sent at 2026-11-21T10:00:00.500Z, at most 2000 allowed",
    );
    const unknown = { ...text, body_template: "{{ labels.extra }}" };
    expect((await api("POST", `${customTemplate}/versions`, unknown)).json.message).toBe(
      "body_template: unknown variable labels.extra in the sample or any recent payload; available: labels.custom_message, labels.custom_title",
    );
  });

  test.each([
    [{ title_template: " ", body_template: "x" }, "title_template"],
    [{ title_template: "é".repeat(1_001), body_template: "x" }, "title_template"],
    [{ title_template: "x", body_template: "é".repeat(10_001) }, "body_template"],
    [{ title_template: "{% if false %}x{% endif %}", body_template: "x" }, "title_template"],
    [{ title_template: "x", body_template: "[a](javascript:alert(1))" }, "body_template"],
    [
      { title_template: "x", body_template: "x", actions: [{ label: "x", url: "mailto:a@b.c" }] },
      "actions.0.url",
    ],
    [{ title_template: "x", body_template: "{% include 'a' %}" }, "body_template"],
    [{ title_template: "x" }, "body_template"],
    [{ title_template: "x", body_template: "x", colour: "red" }, "colour"],
  ])("as %j is refused and names %s", async (text, field) => {
    const { api } = await start();
    const answer = await api("POST", `${customTemplate}/versions`, text);
    expect([answer.status, answer.json.validations![0]!.field]).toEqual([400, field]);
  });

  test("limits are bytes: exactly 2000 and 20000 are fine", async () => {
    const { api } = await start();
    const text = { title_template: "é".repeat(1_000), body_template: "é".repeat(10_000) };
    expect((await api("POST", `${customTemplate}/versions`, text)).status).toBe(201);
  });
});

describe("a preview", () => {
  test("renders a text with the sample or with given data", async () => {
    const { server, api } = await start();
    const { title_template, body_template, actions } = ours;
    const shown = await api("POST", `${customTemplate}/preview`, { title_template, body_template, actions });
    expect([shown.status, shown.json]).toEqual([
      200,
      {
        title: "Note: Build done",
        body: "All 312 tests passed\n\nSent to Ada Lovelace.",
        title_text: "Note: Build done",
        body_text: "All 312 tests passed\n\nSent to Ada Lovelace.",
        title_html: "Note: Build done",
        body_html: "<p>All 312 tests passed</p>\n<p>Sent to Ada Lovelace.</p>\n",
        actions: [{ label: "Open", url: `${server.url}/inbox?q=Build%20done` }],
      },
    ]);
    const payload = { labels: { custom_title: "**A** <b>", custom_message: "x" } };
    expect((await api("POST", `${customTemplate}/preview`, { body_template: "Hm", payload })).json).toEqual({
      title: "**A** <b>",
      body: "Hm",
      title_text: "A <b>",
      body_text: "Hm",
      title_html: "<strong>A</strong> &lt;b&gt;",
      body_html: "<p>Hm</p>\n",
      actions: [],
    });
    expect((await api("GET", `${customTemplate}/versions`)).json).toHaveLength(1);
  });

  test("of an invalid text says what is invalid", async () => {
    const { api } = await start();
    const answer = await api("POST", `${customTemplate}/preview`, { body_template: "{{ labels.nope" });
    expect([answer.status, answer.json.message]).toEqual([
      400,
      'body_template: line 1, column 1: output "{{ labels.nope" not closed',
    ]);
  });
});

describe("the channel of a kind", () => {
  test("is set, shown, used and reset, each in the audit log", async () => {
    const receiver = await startReceiver();
    const { server, token, api, send } = await start({
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    });
    const shown = async () => (await server.call("GET", `${templates}/custom`, { token })).json[0]!.method;
    expect(await shown()).toBe("");
    const set = await api("PUT", `${customTemplate}/method`, { method: "inbox" });
    expect([set.status, set.json.message]).toEqual([
      200,
      '"Custom Notification" now uses the channel Inbox.',
    ]);
    expect(await shown()).toBe("inbox");
    expect((await api("PUT", `${customTemplate}/method`, { method: "inbox" })).status).toBe(304);
    await send("only here", "x");
    const back = await api("DELETE", `${customTemplate}/method`);
    expect([back.status, back.json.message]).toEqual([
      200,
      '"Custom Notification" uses the default channel again.',
    ]);
    expect((await api("DELETE", `${customTemplate}/method`)).status).toBe(304);
    expect(await shown()).toBe("");
    await send("everywhere", "x");
    await receiver.wait(1);
    await server.settled();
    const { messages } = (await server.call("GET", "/api/v2/notifications/messages", { token })).json;
    expect(messages.map(({ method, reasons }) => [method, reasons])).toEqual([
      ["inbox", ["to_self", "inbox"]],
      ["webhook", ["to_self", "deployment_default"]],
      ["inbox", ["to_self", "template_method"]],
    ]);
    expect((await audited(server, token)).map(({ action, detail }) => [action, detail])).toEqual([
      ["write", { method: null }],
      ["write", { method: "inbox" }],
    ]);
  });

  test("that is unknown is refused with the valid ones", async () => {
    const { api } = await start();
    for (const json of [{ method: "pigeon" }, { method: "" }, {}]) {
      const answer = await api("PUT", `${customTemplate}/method`, json);
      expect([answer.status, answer.json.validations]).toEqual([
        400,
        [{ field: "method", detail: "must be one of inbox, smtp, webhook" }],
      ]);
    }
  });

  test("that is not configured is accepted, and the response names the variables", async () => {
    const { api } = await start();
    const { json } = await api("PUT", `${customTemplate}/method`, { method: "smtp" });
    expect(json.message).toContain("set BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM");
  });
});

describe("only an owner", () => {
  test.each([
    ["POST", "versions", ours],
    ["POST", "preview", {}],
    ["PUT", "version", { version: 1 }],
    ["PUT", "method", { method: "smtp" }],
    ["DELETE", "method", undefined],
  ])("can %s %s; an unknown kind is not found", async (method, path, json) => {
    const { server, token, api } = await start();
    const member = await addUser(server, "member", ["template-admin", "user-admin", "auditor"]);
    expect((await api(method, `${customTemplate}/${path}`, json, member.token)).status).toBe(403);
    expect((await api(method, `${nobody}/${path}`, json)).status).toBe(404);
    expect((await api("PUT", `${customTemplate}/version`, { version: 9 })).status).toBe(404);
    expect(await audited(server, token)).toEqual([]);
  });
});

describe("a test", () => {
  test("goes to another user when an owner says so", async () => {
    const { server, token } = await start();
    const grace = await addUser(server, "grace");
    const send = (json: unknown, as = token) =>
      server.call("POST", "/api/v2/notifications/test", { token: as, json });
    expect((await send({ user: "GRACE" })).status).toBe(204);
    expect(await inboxOf(server, grace.token)).toHaveLength(1);
    expect(await inboxOf(server, token)).toHaveLength(0);
    expect((await send({ user: "nobody" })).json.validations).toEqual([
      { field: "user", detail: "unknown user nobody" },
    ]);
    expect((await send({ user: "ada" }, grace.token)).status).toBe(403);
    await server.call("PUT", "/api/v2/users/grace/status/suspend", { token });
    expect((await send({ user: "grace" })).json.message).toBe("grace is suspended.");
  });

  test("goes to the caller, with an empty body of any kind", async () => {
    const { server, token } = await start();
    const path = "/api/v2/notifications/test";
    expect((await server.call("POST", path, { token })).status).toBe(204);
    expect((await server.call("POST", path, { token, json: {} })).status).toBe(204);
    const announced = { token, headers: { "content-type": "application/json" } };
    expect((await server.call("POST", path, announced)).status).toBe(204);
    // What `curl -d ""` sends.
    const form = { token, body: "", headers: { "content-type": "application/x-www-form-urlencoded" } };
    expect((await server.call("POST", path, form)).status).toBe(204);
    expect(await inboxOf(server, token)).toHaveLength(4);
  });
});
