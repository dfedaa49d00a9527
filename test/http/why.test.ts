// Why somebody gets a notification, as they read it, and how they turn its kind off.
import { expect, test } from "vitest";
import { cookieFor, get, startSignedIn, wordsOf } from "../support/pages.ts";
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
  const off = "Turn off “Custom Notification”";
  expect(await reasonsOf(server, cookie)).toContain(`You get this because you sent it to yourself. ${off}`);
  expect(await reasonsOf(server, cookieFor(grace.token))).toContain(
    `You get this because the sender named you as a recipient and you are a template admin. ${off}`,
  );
  const { text } = await get(server, "/inbox", cookie);
  const link = /<a href="([^"]*)">Turn off “Custom/.exec(text)![1]!;
  expect(wordsOf(await get(server, link, cookie))).toContain("Unsubscribe from “Custom Notification”?");
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
  expect(await reasonsOf(server, cookie)).toEqual(["Turn off “Custom Notification”"]);
  await server.sql(
    "UPDATE inbox_notifications SET template_id = '5f1d2c8e-7a46-4e0b-9c3d-1b6e8f20a9d4', why = 'own_account'",
  );
  expect(await reasonsOf(server, cookie)).toEqual([
    "You get this because it is about your account. “Your password was changed” can't be turned off.",
  ]);
});
