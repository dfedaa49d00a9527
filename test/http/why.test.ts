// Why somebody gets a notification, as they read it, and how they turn its kind off.
import { expect, test } from "vitest";
import { cookieFor, get, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type TestServer } from "../support/server.ts";

const reasonsOf = async (server: TestServer, cookie: string) => {
  const { text } = await get(server, "/inbox", cookie);
  return [...text.matchAll(/<p class="why">(.*?)<\/p>/gs)].map(([line]) => wordsOf({ text: line }));
};

const send = (server: TestServer, token: string, title: string, recipients?: object) =>
  server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title, message: "x" }, ...(recipients === undefined ? {} : { recipients }) },
  });

test("an opened notification says why the reader gets it, with one link that turns its kind off", async () => {
  const { server, token, cookie } = await startSignedIn();
  const grace = await addUser(server, "grace", ["template-admin", "user-admin"]);
  await send(server, token, "To me");
  await send(server, token, "To admins", { users: ["grace"], roles: ["template-admin"] });
  await addUser(server, "mia");
  const off = "Turn off “Custom notification”";
  expect(await reasonsOf(server, cookie)).toContain(`You get this because you sent it to yourself. ${off}`);
  expect(await reasonsOf(server, cookieFor(grace.token))).toContain(
    `You get this because the sender named you as a recipient and you are a template admin. ${off}`,
  );
  const { text } = await get(server, "/inbox", cookie);
  const link = /<a href="([^"]*)"\s*>Turn off <q>Custom/.exec(text)![1]!;
  expect(wordsOf(await get(server, link, cookie))).toContain("Turn off “Custom notification”?");
});

test("the reason outlives the message, and is kept through a pause", async () => {
  const { server, token, cookie } = await startSignedIn();
  const pause = (paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: paused } });
  await pause(true);
  await send(server, token, "Later");
  await pause(false);
  await server.settled();
  await server.sql("DELETE FROM notification_messages");
  expect(await reasonsOf(server, cookie)).toContainEqual(
    expect.stringContaining("You get this because you sent it to yourself."),
  );
});

test("a notification of an earlier release has the link alone; a kind that is always on says so", async () => {
  const { server, token, cookie } = await startSignedIn();
  await send(server, token, "Old");
  await server.sql("UPDATE inbox_notifications SET why = NULL");
  expect(await reasonsOf(server, cookie)).toEqual(["Turn off “Custom notification”"]);
  await server.sql(
    "UPDATE inbox_notifications SET template_id = '5f1d2c8e-7a46-4e0b-9c3d-1b6e8f20a9d4', why = 'own_account'",
  );
  expect(await reasonsOf(server, cookie)).toEqual([
    "You get this because it is about your account. “Your password was changed” can't be turned off.",
  ]);
});

const createUser = (server: TestServer, token: string, username: string) =>
  server.call("POST", "/api/v2/users", {
    token,
    json: { username, email: `${username}@example.com`, password: "a-good-password-9" },
  });

test("what one did oneself is read in one's inbox and goes no other way, unless one wants it", async () => {
  const { server, token, cookie } = await startSignedIn({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook" },
  });
  const second = await addUser(server, "second", ["owner"]);
  const inboxOf = async (as: string) =>
    (await server.call("GET", "/api/v2/notifications/inbox?read_status=all", { token: as })).json;
  const logOf = async (user: string) => {
    const { json } = await server.call("GET", `/api/v2/notifications/messages?user=${user}`, { token });
    return json.messages.map(({ method, reasons }) => [method, reasons.includes("own_action")]);
  };
  const mark = (await inboxOf(token)).unread_count;
  const others = (await inboxOf(second.token)).unread_count;
  await createUser(server, token, "mia");
  const own = await inboxOf(token);
  expect(own.notifications[0]).toMatchObject({
    title: "Account mia was created",
    read_at: expect.any(String),
  });
  expect(own.unread_count).toBe(mark);
  expect((await inboxOf(second.token)).unread_count).toBe(others + 1);
  expect((await logOf("ada")).slice(0, 2).toSorted()).toEqual([
    ["inbox", true],
    ["webhook", true],
  ]);
  expect((await logOf("second")).slice(0, 2).every(([, isOwn]) => isOwn === false)).toBe(true);
  expect((await reasonsOf(server, cookie))[0]).toBe(
    "You get this because you are an owner. You did it yourself, so it is already read. Turn off “User account created”",
  );

  const setting = "/api/v2/users/me/notifications/own-actions";
  expect((await server.call("GET", setting, { token })).json).toEqual({ notify: false });
  const page = await get(server, "/settings/notifications", cookie);
  expect(wordsOf(page)).toContain("Notify me of my own actions");
  await post(server, "/settings/notifications/own-actions", { notify: "on" }, cookie);
  expect((await server.call("GET", setting, { token })).json).toEqual({ notify: true });
  await createUser(server, token, "bob");
  expect((await inboxOf(token)).unread_count).toBe(mark + 1);
  await server.call("PUT", setting, { token, json: { notify: false } });
  await createUser(server, token, "eve");
  expect((await inboxOf(token)).unread_count).toBe(mark + 1);
});

test("through a pause, what one did oneself stays no news; what one sends to oneself is news", async () => {
  const { server, token } = await startSignedIn();
  const pause = (paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: paused } });
  const { json: before } = await server.call("GET", "/api/v2/notifications/inbox", { token });
  await pause(true);
  await createUser(server, token, "mia");
  await send(server, token, "To me");
  await pause(false);
  await server.settled();
  const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
  const newest = json.notifications.slice(0, 2).map(({ title, read_at }) => [title, read_at !== null]);
  expect(newest.toSorted()).toEqual([
    ["Account mia was created", true],
    ["To me", false],
  ]);
  expect(json.unread_count).toBe(before.unread_count + 1);
});

test("an open page in the background shows the warnings of others, not those of one's own action", async () => {
  const { server, token, cookie } = await startSignedIn();
  const second = await addUser(server, "second", ["owner"]);
  await addUser(server, "mia");
  const listen = async (as: string) => {
    const response = await fetch(`${server.url}/inbox/events`, { headers: { cookie: as } });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    return async () => {
      while (!/mia was suspended.*\n\n/s.test(heard)) heard += (await reader.read()).value ?? "";
      await reader.cancel();
      return heard.includes('"shown":"Account mia was suspended"');
    };
  };
  const [own, others] = await Promise.all([listen(cookie), listen(cookieFor(second.token))]);
  await server.call("PUT", "/api/v2/users/mia/status/suspend", { token });
  expect(await Promise.all([own(), others()])).toEqual([false, true]);
});
