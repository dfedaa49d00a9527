// Open inboxes see at once what this server wrote: here they never check on their own.
import { expect, test } from "vitest";
import { openEvents } from "../support/events.ts";
import { post, startSignedIn } from "../support/pages.ts";
import { firstMoment } from "../support/server.ts";

const hour = 3_600_000;
const inAnHour = new Date(firstMoment + hour).toISOString();

async function start() {
  const { server, token, cookie } = await startSignedIn({ inboxInterval: hour });
  const events = await openEvents(`${server.url}/api/v2/notifications/inbox/events`, token);
  await events.ready;
  const json = { content: { title: "Build done", message: "x" } };
  await server.call("POST", "/api/v2/notifications/custom", { token, json });
  const { notification } = JSON.parse((await events.next()).data) as { notification: { id: string } };
  return { server, token, cookie, events, id: notification.id };
}

type Started = Awaited<ReturnType<typeof start>>;

async function expectChange({ events, id }: Started) {
  const { event, data } = await events.next();
  expect(event).toBe("change");
  const { changed } = JSON.parse(data) as { changed: { id: string }[] };
  expect(changed).toMatchObject([{ id }]);
}

test.each([
  ["ID/read-status", { is_read: true }],
  ["ID/done-status", { is_done: true }],
  ["ID/snooze-status", { snoozed_until: inAnHour }],
  ["mark-all-as-read", undefined],
  ["mark-all-as-done", undefined],
])("a change by the API: %s", async (path, json) => {
  const started = await start();
  const { server, token, id } = started;
  await server.call("PUT", `/api/v2/notifications/inbox/${path.replace("ID", id)}`, { token, json });
  await expectChange(started);
});

test.each([
  ["read-all", {}],
  ["done-all", {}],
  ["items/ID/read", {}],
  ["items/ID/done", {}],
  ["selected/read", { id: "ID" }],
  ["selected/done", { id: "ID" }],
  ["snooze", { id: "ID", until: "hour" }],
])("a change by a form of the page: %s", async (path, fields) => {
  const started = await start();
  const { server, cookie, id } = started;
  const given = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value.replace("ID", id)]),
  );
  const { status } = await post(
    server,
    `/inbox/${path.replace("ID", id)}`,
    { to: "/inbox", ...given },
    cookie,
  );
  expect(status).toBe(303);
  await expectChange(started);
});
