// Sending, settings, preferences and the inbox, over HTTP.
import { describe, expect, test } from "vitest";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const custom = (title: string, message = "All 312 tests passed") => ({ content: { title, message } });
const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";

async function start() {
  const server = await startTestServer();
  return { server, ...(await signInFirst(server)) };
}

const inboxOf = async (server: TestServer, token: string, query = "") =>
  (await server.call("GET", `/api/v2/notifications/inbox${query}`, { token })).json;

describe("custom notifications", () => {
  test("go to the sender's inbox, as they were written", async () => {
    const { server, token, userId } = await start();
    const sent = await server.call("POST", "/api/v2/notifications/custom", {
      token,
      json: custom("Build *done*"),
    });
    expect([sent.status, sent.text]).toEqual([204, ""]);
    expect(sent.headers.get("belfry-event-id")).toMatch(/^[0-9a-f-]{36}$/);
    const inbox = await inboxOf(server, token);
    expect(inbox).toMatchObject({
      unread_count: 1,
      notifications: [
        {
          user_id: userId,
          template_id: customTemplate,
          title: "Build *done*",
          content: "All 312 tests passed",
          icon: "DEFAULT_ICON_OTHER",
          targets: null,
          actions: [],
          read_at: null,
          created_at: "2026-11-21T10:00:00.500Z",
        },
      ],
    });
  });

  test("take plain text too, so that curl -d is enough", async () => {
    const { server, token } = await start();
    const path = "/api/v2/notifications/custom?title=Nightly%20build";
    for (const [type, body] of [
      ["text/plain", "All green"],
      ["application/x-www-form-urlencoded", "All red & done"],
    ] as const) {
      const sent = await server.call("POST", path, { token, body, headers: { "content-type": type } });
      expect(sent.status).toBe(204);
    }
    const { notifications } = await inboxOf(server, token);
    expect(notifications.map((item) => [item.title, item.content])).toEqual([
      ["Nightly build", "All red & done"],
      ["Nightly build", "All green"],
    ]);
  });

  test("the same one again within the minute is refused and kept as a duplicate; a minute later it is accepted", async () => {
    const { server, token } = await start();
    const send = () => server.call("POST", "/api/v2/notifications/custom", { token, json: custom("Done") });
    expect((await send()).status).toBe(204);
    const again = await send();
    expect(again.status).toBe(409);
    expect(again.json).toMatchObject({
      message: expect.stringContaining("less than a minute ago"),
      code: "duplicate",
    });
    server.clock.advance(60_000);
    expect((await send()).status).toBe(204);
    expect((await inboxOf(server, token)).unread_count).toBe(2);
  });

  test("a notification that the user disabled is refused with the reason", async () => {
    const { server, token } = await start();
    await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
      token,
      json: { template_disabled_map: { [customTemplate]: true } },
    });
    const sent = await server.call("POST", "/api/v2/notifications/custom", { token, json: custom("Done") });
    expect(sent.status).toBe(409);
    expect(sent.json.message).toBe("You turned off “Custom notification”.");
    expect((await inboxOf(server, token)).notifications).toEqual([]);
  });

  test.each([
    [{}, "content"],
    [{ content: { title: "x" } }, "content.message"],
    [custom("   "), "content.title"],
    [custom("x", "\n\t"), "content.message"],
    [custom("é".repeat(61)), "content.title"],
    [custom("x", "€".repeat(667)), "content.message"],
    [{ content: { title: 7, message: "x" } }, "content.title"],
    [{ ...custom("x"), recipients: {} }, "recipients"],
    [{ ...custom("x"), recipients: { roles: ["king"] } }, "recipients.roles.0"],
    [{ ...custom("x"), recipients: { groups: ["a"] } }, "recipients.groups"],
  ])("%j is refused and names %s", async (json, field) => {
    const { server, token } = await start();
    const sent = await server.call("POST", "/api/v2/notifications/custom", { token, json });
    expect(sent.status).toBe(400);
    expect(sent.json.validations!.map((validation) => validation.field)).toContain(field);
    expect((await inboxOf(server, token)).unread_count).toBe(0);
  });

  test("limits are bytes: exactly 120 and 2000 are fine", async () => {
    const { server, token } = await start();
    const json = custom("é".repeat(60), "é".repeat(1_000));
    expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
  });

  test("an owner notifies others, each once however often they match", async () => {
    const { server, token } = await start();
    const grace = await addUser(server, "grace", ["auditor", "template-admin"]);
    const linus = await addUser(server, "linus");
    const json = {
      ...custom("Maintenance"),
      recipients: { users: ["GRACE", grace.userId], roles: ["auditor", "template-admin"] },
    };
    expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
    expect((await inboxOf(server, grace.token)).unread_count).toBe(1);
    expect((await inboxOf(server, linus.token)).unread_count).toBe(0);
    expect((await inboxOf(server, token)).unread_count).toBe(0);
  });

  test("an unknown recipient is named, and nobody is notified", async () => {
    const { server, token } = await start();
    const grace = await addUser(server, "grace");
    const json = { ...custom("Hello"), recipients: { users: ["grace", "nobody"] } };
    const sent = await server.call("POST", "/api/v2/notifications/custom", { token, json });
    expect(sent.status).toBe(400);
    expect(sent.json.validations).toEqual([
      { field: "recipients.users", detail: expect.stringContaining("nobody") },
    ]);
    expect((await inboxOf(server, grace.token)).unread_count).toBe(0);
  });

  test("only owners notify others", async () => {
    const { server, token } = await start();
    const admin = await addUser(server, "admin", ["user-admin", "template-admin"]);
    const json = { ...custom("Hello"), recipients: { users: ["ada"] } };
    const sent = await server.call("POST", "/api/v2/notifications/custom", { token: admin.token, json });
    expect(sent.status).toBe(403);
    expect((await inboxOf(server, token)).unread_count).toBe(0);
  });

  test("a hundred at once all arrive, each once", async () => {
    const { server, token } = await start();
    const titles = Array.from({ length: 100 }, (_, index) => `Build ${index}`);
    const answers = await Promise.all(
      titles.map((title) =>
        server.call("POST", "/api/v2/notifications/custom", { token, json: custom(title) }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(204));
    const seen: string[] = [];
    for (let before = ""; ;) {
      const { notifications, unread_count } = await inboxOf(
        server,
        token,
        before === "" ? "" : `?starting_before=${before}`,
      );
      expect(unread_count).toBe(100);
      if (notifications.length === 0) break;
      seen.push(...notifications.map((item) => item.title));
      before = notifications.at(-1)!.id;
    }
    expect(seen.toSorted()).toEqual(titles.toSorted());
  });
});

describe("test notifications", () => {
  test("reach the owner who requests them, every time", async () => {
    const { server, token } = await start();
    for (let round = 1; round <= 2; round += 1) {
      expect((await server.call("POST", "/api/v2/notifications/test", { token })).status).toBe(204);
      expect((await inboxOf(server, token)).unread_count).toBe(round);
    }
    const { notifications } = await inboxOf(server, token);
    expect(notifications[0]!.actions).toEqual([
      { label: "View notification settings", url: `${server.url}/deployment/notifications?tab=settings` },
    ]);
  });

  test("are not for others, and nothing is sent", async () => {
    const { server } = await start();
    const member = await addUser(server, "linus");
    expect((await server.call("POST", "/api/v2/notifications/test", { token: member.token })).status).toBe(
      403,
    );
    expect((await inboxOf(server, member.token)).unread_count).toBe(0);
  });
});

describe("settings", () => {
  const path = "/api/v2/notifications/settings";

  test("say not paused at first; the first setting of false is a change, the next is none", async () => {
    const { server, token } = await start();
    expect((await server.call("GET", path, { token })).json).toEqual({ notifier_paused: false });
    const set = (value: boolean) => server.call("PUT", path, { token, json: { notifier_paused: value } });
    expect((await set(false)).status).toBe(200);
    const same = await set(false);
    expect([same.status, same.text]).toEqual([304, ""]);
    expect((await set(true)).json).toEqual({ notifier_paused: true });
    expect((await server.call("GET", path, { token })).json).toEqual({ notifier_paused: true });
  });

  test("a member who changes nothing gets 304, for a change 403", async () => {
    const { server, token } = await start();
    const member = await addUser(server, "linus");
    await server.call("PUT", path, { token, json: { notifier_paused: false } });
    const set = (value: boolean) =>
      server.call("PUT", path, { token: member.token, json: { notifier_paused: value } });
    expect((await set(false)).status).toBe(304);
    expect((await set(true)).status).toBe(403);
    expect((await server.call("GET", path, { token })).json).toEqual({ notifier_paused: false });
  });

  test("while paused messages wait, also for the inbox; resumed, they arrive", async () => {
    const { server, token } = await start();
    await server.call("PUT", path, { token, json: { notifier_paused: true } });
    expect(
      (await server.call("POST", "/api/v2/notifications/custom", { token, json: custom("Later") })).status,
    ).toBe(204);
    await server.runTick();
    expect((await inboxOf(server, token)).unread_count).toBe(0);
    await server.call("PUT", path, { token, json: { notifier_paused: false } });
    await server.runTick();
    // What the change itself has begun may still be on its way.
    await server.settled();
    expect((await inboxOf(server, token)).notifications).toMatchObject([{ title: "Later" }]);
  });
});

describe("templates and methods", () => {
  test("are listed as Coder lists them", async () => {
    const { server, token } = await start();
    const customList = (await server.call("GET", "/api/v2/notifications/templates/custom", { token })).json;
    expect(customList).toEqual([
      {
        id: customTemplate,
        name: "Custom Notification",
        title_template: expect.stringContaining("custom_title"),
        body_template: expect.stringContaining("custom_message"),
        actions: "[]",
        group: "Custom Events",
        method: "",
        kind: "custom",
        enabled_by_default: true,
      },
    ]);
    const system = (await server.call("GET", "/api/v2/notifications/templates/system", { token })).json;
    const names = system.map((template) => template.name);
    expect(names).toContain("Troubleshooting Notification");
    expect(names).toEqual(names.toSorted());
    const methods = (await server.call("GET", "/api/v2/notifications/dispatch-methods", { token })).json;
    expect(methods).toMatchObject({ available: ["smtp", "webhook"], default: "smtp" });
    expect(methods.channels).toContainEqual({
      method: "webhook",
      label: "Webhook",
      configured: false,
      variables: ["BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT"],
    });
  });
});

describe("preferences", () => {
  const path = "/api/v2/users/me/notifications/preferences";

  test("are null until something is chosen, then the whole list", async () => {
    const { server, token } = await start();
    expect((await server.call("GET", path, { token })).text).toBe("null");
    const put = (map: Record<string, boolean>) =>
      server.call("PUT", path, { token, json: { template_disabled_map: map } });
    expect((await put({})).text).toBe("null");
    expect((await put({ [customTemplate]: true })).json).toEqual([
      { id: customTemplate, disabled: true, updated_at: "2026-11-21T10:00:00.500Z" },
    ]);
    server.clock.advance(1_000);
    expect((await put({ [customTemplate]: false })).json).toEqual([
      { id: customTemplate, disabled: false, updated_at: "2026-11-21T10:00:01.500Z" },
    ]);
  });

  test("a key that is no UUID, and keys that are all of no template, store nothing", async () => {
    const { server, token } = await start();
    for (const map of [
      { nonsense: true, [customTemplate]: true },
      { "00000000-0000-4000-8000-000000000000": true },
    ]) {
      const answer = await server.call("PUT", path, { token, json: { template_disabled_map: map } });
      expect(answer.status).toBe(400);
    }
    expect((await server.call("GET", path, { token })).text).toBe("null");
  });

  test("can be changed by their user and administrators", async () => {
    const { server, token } = await start();
    const grace = await addUser(server, "grace");
    const linus = await addUser(server, "linus");
    const of = (name: string, by: string) =>
      server.call("GET", `/api/v2/users/${name}/notifications/preferences`, { token: by });
    expect((await of("grace", grace.token)).status).toBe(200);
    expect((await of("grace", linus.token)).status).toBe(404);
    expect((await of("grace", token)).status).toBe(200);
    expect((await of("nobody", token)).status).toBe(404);
  });
});

describe("the inbox", () => {
  async function withMany(count: number) {
    const started = await start();
    const { server, token } = started;
    for (let index = 0; index < count; index += 1) {
      await server.call("POST", "/api/v2/notifications/custom", { token, json: custom(String(index)) });
    }
    return started;
  }
  const titles = (inbox: { notifications: { title: string }[] }) =>
    inbox.notifications.map((item) => item.title);

  test("comes newest first in pages of 25, without gaps though all have one time", async () => {
    const { server, token } = await withMany(40);
    const first = await inboxOf(server, token);
    expect(titles(first)).toEqual(Array.from({ length: 25 }, (_, index) => String(39 - index)));
    const last = first.notifications.at(-1);
    const second = await inboxOf(server, token, `?starting_before=${last!.id}`);
    expect(titles(second)).toEqual(Array.from({ length: 15 }, (_, index) => String(14 - index)));
    expect([first.unread_count, second.unread_count]).toEqual([40, 40]);
  });

  test("one is marked read and unread again, the count follows", async () => {
    const { server, token } = await withMany(2);
    const [item] = (await inboxOf(server, token)).notifications;
    const mark = (is_read: boolean) =>
      server.call("PUT", `/api/v2/notifications/inbox/${item!.id}/read-status`, { token, json: { is_read } });
    server.clock.advance(5_000);
    expect((await mark(true)).json).toMatchObject({
      notification: { id: item!.id, read_at: "2026-11-21T10:00:05.500Z" },
      unread_count: 1,
    });
    expect(titles(await inboxOf(server, token, "?read_status=unread"))).toEqual(["0"]);
    expect(titles(await inboxOf(server, token, "?read_status=read"))).toEqual(["1"]);
    expect((await mark(false)).json).toMatchObject({ notification: { read_at: null }, unread_count: 2 });
  });

  test("done ones are read and listed by themselves, and come back as they were", async () => {
    const { server, token } = await withMany(2);
    const [item] = (await inboxOf(server, token)).notifications;
    const mark = (is_done: boolean) =>
      server.call("PUT", `/api/v2/notifications/inbox/${item!.id}/done-status`, { token, json: { is_done } });
    server.clock.advance(5_000);
    const at = "2026-11-21T10:00:05.500Z";
    expect((await mark(true)).json).toMatchObject({
      notification: { id: item!.id, read_at: at },
      unread_count: 1,
    });
    server.clock.advance(5_000);
    expect((await mark(true)).json).toMatchObject({ notification: { read_at: at } });
    expect(titles(await inboxOf(server, token))).toEqual(["0"]);
    expect(titles(await inboxOf(server, token, "?done=true"))).toEqual(["1"]);
    expect(titles(await inboxOf(server, token, "?done=true&read_status=unread"))).toEqual([]);
    expect((await mark(false)).json).toMatchObject({
      notification: { read_at: null },
      unread_count: 2,
    });
    // Unread and done at once would be counted and not listed.
    await mark(true);
    const read = `/api/v2/notifications/inbox/${item!.id}/read-status` as const;
    const unread = await server.call("PUT", read, { token, json: { is_read: false } });
    expect(unread.json).toMatchObject({ unread_count: 2 });
    expect(titles(await inboxOf(server, token, "?read_status=unread"))).toEqual(["1", "0"]);
    const grace = await addUser(server, "grace");
    await server.call("POST", "/api/v2/notifications/custom", { token: grace.token, json: custom("hers") });
    const all = await server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-done", { token });
    expect(all.status).toBe(204);
    expect(titles(await inboxOf(server, token))).toEqual([]);
    expect(titles(await inboxOf(server, token, "?done=true"))).toEqual(["1", "0"]);
    expect(titles(await inboxOf(server, grace.token))).toEqual(["hers"]);
    expect((await server.call("GET", "/api/v2/notifications/inbox?done=yes", { token })).json).toMatchObject({
      validations: [{ field: "done", detail: "must be true or false" }],
    });
  });

  test("all are marked as read, one's own only", async () => {
    const { server, token } = await withMany(3);
    const grace = await addUser(server, "grace");
    await server.call("POST", "/api/v2/notifications/custom", { token: grace.token, json: custom("hers") });
    expect((await server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-read", { token })).status).toBe(
      204,
    );
    expect((await inboxOf(server, token)).unread_count).toBe(0);
    expect((await inboxOf(server, grace.token)).unread_count).toBe(1);
  });

  test("someone else's notification is not found, and stays unchanged", async () => {
    const { server, token } = await withMany(1);
    const grace = await addUser(server, "grace");
    const [item] = (await inboxOf(server, token)).notifications;
    const path = `/api/v2/notifications/inbox/${item!.id}/read-status`;
    expect((await server.call("PUT", path, { token: grace.token, json: { is_read: true } })).status).toBe(
      404,
    );
    expect((await inboxOf(server, token)).unread_count).toBe(1);
    // As a place to page from it is unknown, and ignored.
    await server.call("POST", "/api/v2/notifications/custom", { token: grace.token, json: custom("hers") });
    expect(titles(await inboxOf(server, grace.token, `?starting_before=${item!.id}`))).toEqual(["hers"]);
  });

  test("is filtered by template", async () => {
    const { server, token } = await withMany(1);
    await server.call("POST", "/api/v2/notifications/test", { token });
    expect(titles(await inboxOf(server, token, `?templates=${customTemplate}`))).toEqual(["0"]);
    expect(
      titles(
        await inboxOf(
          server,
          token,
          `?templates=%20${customTemplate}%20,c425f63e-716a-4bf4-ae24-78348f706c3f`,
        ),
      ),
    ).toHaveLength(2);
    expect(titles(await inboxOf(server, token, "?targets=00000000-0000-4000-8000-000000000000"))).toEqual([]);
  });

  test.each([
    ["?targets=x", "targets"],
    ["?templates=x", "templates"],
    ["?read_status=maybe", "read_status"],
    ["?starting_before=x", "starting_before"],
    ["?fresh=1", "fresh"],
    ["?read_status=all&read_status=read", "read_status"],
  ])("%s is refused and names %s", async (query, field) => {
    const { server, token } = await start();
    const answer = await server.call("GET", `/api/v2/notifications/inbox${query}`, { token });
    expect(answer.status).toBe(400);
    expect(answer.json.validations![0]!.field).toMatch(new RegExp(`^${field}`));
  });

  test("empty parameters are as none", async () => {
    const { server, token } = await withMany(1);
    expect(
      titles(await inboxOf(server, token, "?targets=&templates=&read_status=&starting_before=")),
    ).toEqual(["0"]);
  });
});
