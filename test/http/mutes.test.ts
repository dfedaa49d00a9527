// Muting a workspace, session, template or preset from a notification: none is made any more, with a reason that explain shows.
import { expect, test } from "vitest";
import { allNotices, inboxTitles } from "../support/inbox.ts";
import { cookieFor, get, placeOf, post, wordsOf } from "../support/pages.ts";
import { startAsking, type Asking } from "../support/questions.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { startTask } from "../support/task.ts";
import { addTemplate } from "../support/workspaces.ts";

const api = "/api/v2/notifications";

/** Mia has a workspace of the template, so that she is notified when it is deprecated. */
async function setUp() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const { templateId } = await addTemplate(server, userId, "docker");
  const json = { name: "web", template_id: templateId };
  expect((await server.call("POST", "/api/v2/users/me/workspaces", { token: mia.token, json })).status).toBe(
    201,
  );
  const deprecate = async (deprecation_message: string) => {
    const answer = await server.call("PATCH", `/api/v2/templates/${templateId}`, {
      token,
      json: { deprecation_message },
    });
    expect(answer.status).toBe(200);
  };
  await deprecate("First.");
  const items = async () =>
    (await server.call("GET", `${api}/inbox`, { token: mia.token })).json.notifications;
  const [item] = await items();
  const mute = (json: object, as = mia.token) =>
    server.call("POST", `${api}/inbox/${item!.id}/mute` as `${typeof api}/inbox/{id}/mute`, {
      token: as,
      json,
    });
  const mutes = async () => (await server.call("GET", `${api}/mutes`, { token: mia.token })).json;
  return { server, token, mia, templateId, deprecate, id: item!.id, mute, mutes, items };
}

test("what is muted notifies no more, with a reason, until it is unmuted", async () => {
  const { server, token, mia, templateId, deprecate, mute, mutes } = await setUp();
  expect(await mutes()).toEqual([]);
  const muted = await mute({});
  expect(muted.status).toBe(200);
  expect(muted.json).toMatchObject({ thing: "template", thing_id: templateId, name: "docker" });
  // Again is the same.
  expect((await mute({ thing: "template" })).json.id).toBe(muted.json.id);
  expect(await mutes()).toEqual([muted.json]);
  await deprecate("Second.");
  expect(await inboxTitles(server, mia.token)).toEqual(["Template docker is deprecated"]);
  const last = (await allNotices(server)).at(-1)!;
  expect([last.status, last.reasons]).toEqual(["inhibited", ["uses_template", "inbox", "muted_by_user"]]);
  const remove = (id: string, as: string) =>
    server.call("DELETE", `${api}/mutes/${id}` as `${typeof api}/mutes/{id}`, { token: as });
  expect((await remove(muted.json.id, token)).status).toBe(404);
  expect((await remove(muted.json.id, mia.token)).status).toBe(204);
  expect((await remove(muted.json.id, mia.token)).status).toBe(404);
  await deprecate("Third.");
  expect(await inboxTitles(server, mia.token)).toHaveLength(2);
});

test("what waits when something is muted isn't sent any more", async () => {
  const { server, token, mia, deprecate, mute } = await setUp();
  await server.call("PUT", `${api}/settings`, { token, json: { notifier_paused: true } });
  await deprecate("Second.");
  await mute({});
  await server.call("PUT", `${api}/settings`, { token, json: { notifier_paused: false } });
  await server.runTick();
  expect(await inboxTitles(server, mia.token)).toHaveLength(1);
  const last = (await allNotices(server)).at(-1)!;
  expect(last.reasons.at(-1)).toBe("muted_by_user");
});

test("only what a notification is about is muted, by its own reader", async () => {
  const { server, token, mia, mute, id, mutes } = await setUp();
  const wrong = await mute({ thing: "workspace" });
  expect([wrong.status, wrong.text.includes("can mute only its template")]).toEqual([400, true]);
  expect((await mute({}, token)).status).toBe(404);
  await server.call("POST", `${api}/custom`, {
    token: mia.token,
    json: { content: { title: "Hello", message: "x" } },
  });
  const [custom] = (await server.call("GET", `${api}/inbox`, { token: mia.token })).json.notifications;
  const nothing = await post(
    server,
    `/inbox/items/${custom!.id}/mute`,
    { to: "/inbox" },
    cookieFor(mia.token),
  );
  expect(nothing.status).toBe(400);
  await server.sql(`UPDATE inbox_notifications SET targets = '[]' WHERE id = '${id}'`);
  expect((await mute({})).status).toBe(409);
  expect(await mutes()).toEqual([]);
});

test("a preset is muted in every version of its template, and the page mutes with one press, without scripts", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const presetId = crypto.randomUUID();
  const { templateId } = await addTemplate(server, userId, "docker", {
    presets: [{ id: presetId, name: "small", parameters: [] }],
  });
  const id = crypto.randomUUID();
  await server.sql(`INSERT OR IGNORE INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, created_at)
    VALUES ('${id}', '${userId}', '414d9331-c1fc-4761-b40c-d1f4702279eb', '["${templateId}","${presetId}"]', 'Prebuilds failing', '', '', '[]', 1)`);
  const cookie = cookieFor(token);
  const page = await get(server, "/inbox", cookie);
  expect(wordsOf(page)).toContain("Mute preset Mute template");
  const muted = await post(
    server,
    `/inbox/items/${id}/mute`,
    { to: "/inbox?show=unread", thing: "preset" },
    cookie,
  );
  expect(placeOf(muted)).toMatch(/^\/inbox\?show=unread&muted=/);
  const after = await get(server, placeOf(muted)!, cookie);
  expect(wordsOf(after)).toContain("Muted preset docker / small. Undo");
  const [row] = await server.sql("SELECT thing, thing_id, preset_name FROM notification_mutes");
  expect(row).toEqual({ thing: "preset", thing_id: templateId, preset_name: "small" });
  const settings = await get(server, "/settings/notifications", cookie);
  expect(wordsOf(settings)).toMatch(/Muted docker \/ small preset, muted just now Unmute/);
  const lift = /action="(\/settings\/mutes\/[^"]+\/lift)"/.exec(after.text)![1]!;
  expect(placeOf(await post(server, lift, { to: "/inbox?show=unread" }, cookie))).toBe("/inbox?show=unread");
  expect(await server.sql("SELECT * FROM notification_mutes")).toEqual([]);
  expect(wordsOf(await get(server, "/settings/notifications", cookie))).toContain("Nothing is muted.");
});

test("an agent is muted: what waits and what it asks notifies no more, and still needs its user", async () => {
  const asking = await startAsking();
  const { server, mia, report, asked, inbox, pass } = await withPasses(asking);
  const cookie = cookieFor(mia.token);
  const needs = async () =>
    (await server.call("GET", "/api/v2/users/me/waiting", { token: mia.token })).json.waiting.map(
      ({ title }) => title,
    );
  await report("waiting");
  await report("waiting", { title: "Other" }, "other");
  await pass();
  const titles = ["Agent waiting for you: Fix the login redirect", "Agent waiting for you: Other"];
  expect((await inbox()).titles.toSorted()).toEqual(titles);
  const [item] = await server.sql(
    "SELECT id FROM inbox_notifications WHERE title = 'Agent waiting for you: Fix the login redirect'",
  );
  const page = await get(server, "/inbox", cookie);
  expect(wordsOf(page)).toContain("Mute session");
  const muted = await post(server, `/inbox/items/${String(item!["id"])}/mute`, { to: "/inbox" }, cookie);
  expect(wordsOf(await get(server, placeOf(muted)!, cookie))).toContain(
    "Muted session Fix the login redirect. Undo",
  );
  await report("working");
  for (const state of ["waiting", "failed", "done"]) {
    await report(state);
    await pass();
  }
  await asked({ text: "Which one?" });
  await server.settled();
  expect((await inbox()).titles.toSorted()).toEqual(titles);
  expect(await needs()).toEqual(["Other is waiting for you", "Fix the login redirect asks you"]);
  const reasons = (await allNotices(server)).map((notice) => notice.reasons);
  expect(reasons.filter((one) => one.includes("muted_by_user"))).toHaveLength(4);
  // It goes with the session.
  await report("done");
  server.clock.advance(8 * 86_400_000);
  await server.runTick();
  await server.settled();
  expect(await server.sql("SELECT key FROM agent_sessions WHERE key = 'main'")).toEqual([]);
  expect(await server.sql("SELECT * FROM notification_mutes")).toEqual([]);
});

/** What has lasted for long enough is notified. */
const withPasses = (asking: Asking) => ({
  ...asking,
  pass: async () => {
    asking.server.clock.advance(30_000);
    await asking.server.runTick();
    await asking.server.settled();
  },
});

test("an agent in a workspace is muted by that, with everything else that runs in it", async () => {
  const { server, member, agentToken, workspaceId, status, notified } = await startTask({ hasAiTask: false });
  const report = async (key: string, state: string) => {
    const path = `/api/v2/agent-sessions/${key}` as "/api/v2/agent-sessions/key";
    const json = { state, title: key } as never;
    expect((await server.call("PUT", path, { token: agentToken, json })).status).toBe(200);
    server.clock.advance(30_000);
    await server.runTick();
    await server.settled();
  };
  await report("one", "waiting");
  expect(await notified()).toEqual(["Agent waiting for you: one"]);
  const [item] = (await server.call("GET", `${api}/inbox`, { token: member.token })).json.notifications;
  const muted = await server.call(
    "POST",
    `${api}/inbox/${item!.id}/mute` as `${typeof api}/inbox/{id}/mute`,
    {
      token: member.token,
      json: {},
    },
  );
  expect(muted.json).toMatchObject({ thing: "workspace", thing_id: workspaceId, name: "fix-bug" });
  await report("two", "failed");
  await status("failure");
  await report("one", "done");
  expect(await notified()).toEqual(["Agent waiting for you: one"]);
});
