// The page that sends a custom notification: it asks with the number of people, and sends once.
import { expect, test } from "vitest";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";

const path = "/deployment/notifications/send";
const form = {
  "content.title": "Upgrade at six",
  "content.message": "Save your work",
  "recipients.users": "",
  "recipients.groups": "sre",
  "recipients.workspaces": "",
};

async function start() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  for (const name of ["mia", "bob"]) await addUser(server, name);
  await server.call("POST", "/api/v2/organizations/default/groups", {
    token,
    json: { name: "sre", add_users: ["mia", "bob"] },
  });
  await server.call("PUT", "/api/v2/users/bob/status/suspend", { token });
  const post = async (to: string, fields: Record<string, string>, as = token) => {
    const answer = await fetch(`${server.url}${to}`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: cookieFor(as), origin: server.url },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, location: answer.headers.get("location"), text: await answer.text() };
  };
  const sent = async () =>
    (await server.sql("SELECT count(*) AS n FROM inbox_notifications WHERE title LIKE 'Upgrade%'"))[0]!["n"];
  return { server, token, post, sent };
}

test("asks before it sends, with the number of people, and sends once however often it is confirmed", async () => {
  const { server, token, post, sent } = await start();
  const asked = await post(path, form);
  expect(wordsOf(asked)).toContain(
    "Send “Upgrade at six” to 1 person? Matches 2 people, of whom 1 is suspended. bob, mia",
  );
  expect(await sent()).toBe(0);
  const hidden = Object.fromEntries(
    [...asked.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name, value]) => [name!, value!],
    ),
  );
  const back = await post(path, { ...hidden, back: "yes" });
  expect([back.status, back.text.includes('value="sre"')]).toEqual([200, true]);
  for (let count = 0; count < 2; count += 1)
    expect((await post(`${path}/confirm`, hidden)).location).toContain(`${path}?sent=`);
  expect(await sent()).toBe(1);
  expect(wordsOf(await get(server, `${path}?sent=2&minutes=3`, cookieFor(token)))).toContain(
    "Sent to 2 people. The inbox has it at once; by other channels, the last get it in about 3 minutes.",
  );
});

test("what is wrong stands beside its field", async () => {
  const { post, sent } = await start();
  const wrong = await post(path, { ...form, "content.title": "", "recipients.groups": "srv" });
  expect([wrong.status, wordsOf(wrong).includes("Must not be empty.")]).toEqual([400, true]);
  const unknown = await post(path, { ...form, "recipients.groups": "srv" });
  expect(wordsOf(unknown)).toContain("Unknown group srv. Did you mean “sre”?".replaceAll(/[“”]/g, '"'));
  const none = await post(path, { ...form, "recipients.groups": "" });
  expect([none.status, wordsOf(none).includes("name at least one user, role or group")]).toEqual([400, true]);
  expect(await sent()).toBe(0);
});

test("what was typed about who may send stays in its form, with the problem", async () => {
  const { post } = await start();
  const answer = await post(`${path}/senders`, { "role-auditor": "on", groups: "sre, opz" });
  expect(answer.status).toBe(400);
  const [sending, senders] = answer.text.split('<details class="adding"');
  expect(sending).not.toContain('role="alert"');
  expect(senders).toMatch(/^[^>]* open[\s\S]*role="alert"[\s\S]*value="sre, opz"[\s\S]*opz/);
  expect(senders).toMatch(/name="role-auditor"[^>]*checked/);
});

test("who may not send gets neither form nor count", async () => {
  const { server, post, sent } = await start();
  const { token } = await addUser(server, "eve");
  expect((await post(path, form, token)).status).toBe(403);
  expect((await post(`${path}/confirm`, form, token)).status).toBe(403);
  expect(wordsOf(await get(server, path, cookieFor(token)))).toContain(
    "Only owners can send notifications to others",
  );
  expect(await sent()).toBe(0);
});
