// Custom notifications to groups, roles and owners of workspaces: each person once, with every reason; the count before sending;
// what is wrong; and how many people a minute.
import { expect, test } from "vitest";
import { tick } from "../../src/tick.ts";
import { addManyUsers } from "../support/many-users.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { addTemplate, addVersion } from "../support/workspaces.ts";

const path = "/api/v2/notifications/custom";
const content = { title: "Upgrade at six", message: "Save your work" };

async function start(environment: Record<string, string> = {}) {
  const server = await startTestServer({ environment });
  const { token, userId } = await signInFirst(server);
  const people = {
    mia: await addUser(server, "mia"),
    bob: await addUser(server, "bob", ["template-admin"]),
    eve: await addUser(server, "eve"),
  };
  const call = (method: string, path: string, json?: unknown, as = token) =>
    server.call(method, path, { token: as, ...(json === undefined ? {} : { json }) });
  const group = (name: string, ...members: string[]) =>
    call("POST", "/api/v2/organizations/default/groups", { name, add_users: members });
  const send = (recipients: object, headers: Record<string, string> = {}, as = token) =>
    server.call("POST", path, { token: as, json: { content, recipients }, headers });
  const count = async (recipients: object) =>
    (await call("POST", `${path}/recipients`, { recipients })).json as unknown as Record<string, unknown>;
  const workspace = async (owner: "mia" | "bob" | "eve", templateId: string, name = "dev") => {
    const made = await call(
      "POST",
      "/api/v2/users/me/workspaces",
      { name, template_id: templateId },
      people[owner].token,
    );
    return (made.json as unknown as { id: string }).id;
  };
  return { server, token, userId, ...people, call, group, send, count, workspace };
}

/** Username, status and reasons of each message. */
const messagesOf = async (server: TestServer) => {
  const rows = await server.sql(`SELECT u.username, m.method, m.status, m.reasons FROM notification_messages m
    JOIN users u ON u.id = m.user_id JOIN notification_events e ON e.id = m.event_id
    WHERE e.labels LIKE '%Upgrade%' ORDER BY u.username, m.method`);
  return rows.map(
    ({ username, method, status, reasons }) =>
      `${username} ${method} ${status} ${(JSON.parse(String(reasons)) as string[]).join("+")}`,
  );
};

test("each person once, with every reason, however they match", async () => {
  const { server, userId, mia, group, send, count, workspace } = await start();
  const { templateId } = await addTemplate(server, userId, "docker");
  await workspace("mia", templateId);
  await workspace("mia", templateId, "second");
  await group("sre", "mia", "bob");
  const recipients = {
    users: ["MIA", mia.userId],
    roles: ["template-admin"],
    groups: ["SRE"],
    workspaces: "template:docker",
  };
  expect(await count(recipients)).toMatchObject({
    recipients: 2,
    reached: 2,
    suspended: 0,
    disabled: 0,
    minutes: 0,
    sample: [
      { username: "bob", why: ["role_template-admin", "group_sre"] },
      { username: "mia", why: ["named", "group_sre", "owns_workspace"] },
    ],
  });
  const sent = await send(recipients);
  expect([sent.status, sent.headers.get("belfry-recipients")]).toEqual([204, "2"]);
  expect(await messagesOf(server)).toEqual([
    "bob inbox sent group_sre+role_template-admin+inbox",
    "mia inbox sent named+group_sre+owns_workspace+inbox",
  ]);
  const inbox = wordsOf(await get(server, "/inbox", cookieFor(mia.token)));
  expect(inbox).toContain("You get this because");
  expect(inbox).toContain("you are in the group sre");
  expect(inbox).toContain("you own a workspace that the sender chose");
});

test("owners are chosen by template, version and status of one workspace", async () => {
  const { server, userId, workspace, count } = await start();
  const docker = await addTemplate(server, userId, "docker", { name: "v1" });
  await workspace("mia", docker.templateId);
  const gpu = await addTemplate(server, userId, "gpu");
  await workspace("mia", gpu.templateId, "second");
  await addVersion(server, userId, docker.templateId, { name: "v2" });
  await server.sql(`UPDATE templates SET active_version_id = (SELECT id FROM template_versions WHERE name = 'v2')
    WHERE id = '${docker.templateId}' RETURNING 1`);
  await workspace("bob", docker.templateId);
  await server.sql(`UPDATE workspaces SET workspace_status = CASE (SELECT username FROM users WHERE id = owner_id)
    WHEN 'mia' THEN 'running' ELSE 'stopped' END RETURNING 1`);
  const names = async (workspaces: string) => {
    const { sample } = await count({ workspaces });
    return (sample as { username: string }[]).map(({ username }) => username);
  };
  expect(await names("template:docker")).toEqual(["bob", "mia"]);
  expect(await names("template:Docker@V2")).toEqual(["bob"]);
  expect(await names("template:docker@v1 status:stopped")).toEqual([]);
  expect(await names("status:running")).toEqual(["mia"]);
  expect(await names('template:"docker" status:stopped,running')).toEqual(["bob", "mia"]);
  expect(await names("template:gpu")).toEqual(["mia"]);
});

test("the count says who won't get it, and sending does as it says", async () => {
  const { server, mia, group, send, count, call } = await start();
  await group("sre", "mia", "bob", "eve");
  await call("PUT", "/api/v2/users/bob/status/suspend");
  const custom = "39b1e189-c857-4b0c-877a-511144c18516";
  const off = { template_disabled_map: { [custom]: true } };
  await call("PUT", "/api/v2/users/me/notifications/preferences", off, mia.token);
  expect(await count({ groups: ["sre"] })).toMatchObject({
    recipients: 3,
    reached: 1,
    suspended: 1,
    disabled: 1,
  });
  await send({ groups: ["sre"] });
  expect(await messagesOf(server)).toEqual([
    "bob inbox inhibited group_sre+inbox+suspended_user",
    "eve inbox sent group_sre+inbox",
    "mia inbox inhibited group_sre+inbox+disabled_by_user",
  ]);
});

test("what is unknown is named, with what would be right", async () => {
  const { server, userId, group, call } = await start();
  await group("platform");
  await addTemplate(server, userId, "docker", { name: "v2" });
  const said = async (recipients: object) => {
    const counted = await call("POST", `${path}/recipients`, { recipients });
    const sent = await call("POST", path, { content, recipients });
    expect([sent.status, sent.json]).toEqual([counted.status, counted.json]);
    const { validations } = sent.json as unknown as { validations: { field: string; detail: string }[] };
    return `${sent.status} ${validations.map(({ field, detail }) => `${field}: ${detail}`).join("; ")}`;
  };
  expect(await said({ groups: ["platfrom"], users: ["nobody"] })).toBe(
    `400 recipients.users: unknown user nobody; recipients.groups: unknown group platfrom. Did you mean "platform"?`,
  );
  expect(await said({ workspaces: "template:dokcer" })).toBe(
    `400 recipients.workspaces: unknown template "dokcer". Did you mean "docker"?`,
  );
  expect(await said({ workspaces: "template:docker@nightly" })).toBe(
    `400 recipients.workspaces: template "docker" has no version "nightly". The latest is "v2".`,
  );
  expect(await said({ workspaces: "tempalte:docker" })).toBe(
    `400 recipients.workspaces: unknown filter "tempalte", use template or status. Did you mean "template"?`,
  );
  expect(await said({ workspaces: "status:runing" })).toContain(`unknown status "runing", use pending, `);
  expect(await said({ workspaces: "docker" })).toBe(
    `400 recipients.workspaces: "docker" is not a filter, use one like template:docker@v2 status:running`,
  );
  const nobody = await call("POST", path, { content, recipients: { groups: ["platform"] } });
  expect([nobody.status, nobody.json]).toMatchObject([409, { message: "Nobody matches these recipients." }]);
  expect((await server.sql("SELECT * FROM notification_events WHERE labels LIKE '%Upgrade%'")).length).toBe(
    0,
  );
});

test("so many people a minute get it by other channels; the inbox has it at once, and sends take turns", async () => {
  const receiver = await startReceiver();
  const { server, token, group, send, count } = await start({
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    BELFRY_NOTIFICATIONS_CUSTOM_PER_MINUTE: "2",
  });
  await group("sre", "mia", "bob", "eve");
  const began = server.clock.now();
  expect(await count({ groups: ["sre"] })).toMatchObject({ recipients: 3, minutes: 1 });
  const sent = await send({ groups: ["sre"] });
  expect(sent.headers.get("belfry-minutes")).toBe("1");
  const dueAfter = async () => {
    const rows = await server.sql(`SELECT due_at, reasons FROM notification_messages
      WHERE method = 'webhook' AND due_at IS NOT NULL ORDER BY due_at`);
    return rows.map(
      ({ due_at: at, reasons }) => `${(Number(at) - began) / 1_000} ${JSON.parse(String(reasons)).at(-1)}`,
    );
  };
  await receiver.wait(2);
  await server.settled();
  expect((await server.sql("SELECT * FROM inbox_notifications WHERE title LIKE 'Upgrade%'")).length).toBe(3);
  expect(await dueAfter()).toEqual(["60 waits_for_turn"]);
  const again = await server.call("POST", path, {
    token,
    json: { content: { title: "Upgrade is over", message: "x" }, recipients: { users: ["mia", "bob"] } },
  });
  expect(again.headers.get("belfry-minutes")).toBe("2");
  expect(await dueAfter()).toEqual(["60 waits_for_turn", "60 waits_for_turn", "120 waits_for_turn"]);
  server.clock.advance(60_000);
  await tick(server.deps());
  await server.settled();
  expect(receiver.arrivals).toHaveLength(4);
  server.clock.advance(60_000);
  await tick(server.deps());
  await server.settled();
  expect(receiver.arrivals).toHaveLength(5);
});

test("to many, messages follow in writes of their own, also by another process, and a repeated request sends nothing", async () => {
  const receiver = await startReceiver();
  const { server, token, send } = await start({
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    BELFRY_NOTIFICATIONS_CUSTOM_PER_MINUTE: "300",
  });
  receiver.answer({ status: 204 });
  await addManyUsers(server, 450);
  await server.sql("UPDATE users SET status = 'suspended' WHERE username = 'user-7' RETURNING 1");
  const key = { "idempotency-key": "one" };
  const sent = await send({ groups: ["all"], roles: ["owner"] }, key);
  expect([sent.headers.get("belfry-recipients"), sent.headers.get("belfry-minutes")]).toEqual(["451", "1"]);
  await server.settled();
  const repeated = await send({ groups: ["all"], roles: ["owner"] }, key);
  expect([repeated.status, repeated.headers.get("idempotency-replayed")]).toEqual([204, "true"]);
  await server.settled();
  const counted =
    await server.sql(`SELECT method, status, count(*) AS count, count(DISTINCT user_id) AS people
    FROM notification_messages m JOIN notification_events e ON e.id = m.event_id WHERE e.labels LIKE '%Upgrade%'
    GROUP BY method, status ORDER BY method, status`);
  expect(counted).toEqual([
    { method: "inbox", status: "inhibited", count: 1, people: 1 },
    { method: "inbox", status: "sent", count: 450, people: 450 },
    { method: "webhook", status: "inhibited", count: 1, people: 1 },
    { method: "webhook", status: "pending", count: 151, people: 151 },
    { method: "webhook", status: "sent", count: 299, people: 299 },
  ]);
  expect(await server.sql("SELECT * FROM notification_event_people")).toEqual([]);
  const own = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json.notifications;
  expect(own.map(({ title }) => title)).toContain("Upgrade at six");
});

test("between two writes to many, everything else has its turn", async () => {
  const turns: boolean[] = [];
  let hadTurn = true;
  const server = await startTestServer({
    wrapClient: (client) => ({
      ...client,
      batch: async (statements, mode) => {
        const text = statements.map((one) => (typeof one === "object" && "sql" in one ? one.sql : "")).join();
        if (text.includes("UPDATE notification_event_people")) turns.push(hadTurn);
        const results = await client.batch(statements, mode);
        if (/delete from "?notification_event_people/i.test(text)) {
          hadTurn = false;
          // Shorter than a pause, longer than what comes between two writes without one.
          setTimeout(() => (hadTurn = true), 5);
        }
        return results;
      },
    }),
  });
  const { token } = await signInFirst(server);
  await addManyUsers(server, 450);
  await server.call("POST", path, { token, json: { content, recipients: { groups: ["all"] } } });
  await server.settled();
  // Three times 200 people, and once none.
  expect(turns).toEqual([true, true, true, true]);
});

test("the same to many within a minute is refused, and takes no turns", async () => {
  const { server, call, send, count } = await start({ BELFRY_NOTIFICATIONS_CUSTOM_PER_MINUTE: "300" });
  await addManyUsers(server, 250);
  const recipients = { groups: ["all"] };
  expect((await send(recipients)).status).toBe(204);
  const again = await send(recipients);
  expect([again.status, again.json]).toMatchObject([
    409,
    { message: "The same notification was sent less than a minute ago." },
  ]);
  await server.settled();
  expect((await send(recipients)).status).toBe(409);
  expect(await count(recipients)).toMatchObject({ minutes: 1 });
  // Somebody hasn't got it.
  expect((await send({ ...recipients, users: ["mia"] })).status).toBe(204);
  const other = { content: { ...content, message: "Save it now" }, recipients };
  expect((await call("POST", path, other)).status).toBe(204);
  server.clock.advance(60_000);
  expect((await send(recipients)).status).toBe(204);
  await server.settled();
  const sent = await server.sql(`SELECT user_id FROM notification_messages m JOIN users u ON u.id = m.user_id
    WHERE u.username = 'user-9' AND method = 'inbox' AND m.status = 'sent'`);
  expect(sent).toHaveLength(3);
});

test("a process that dies leaves the rest to the next tick", async () => {
  const { server, send } = await start();
  await addManyUsers(server, 250);
  await send({ groups: ["all"] });
  await server.settled();
  const [event] = await server.sql("SELECT id FROM notification_events WHERE labels LIKE '%Upgrade%'");
  // As if it had died before the second write, with its claim.
  await server.sql(`DELETE FROM inbox_notifications WHERE id IN (SELECT id FROM notification_messages
    WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'user-24_')) RETURNING 1`);
  await server.sql(`DELETE FROM notification_messages
    WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'user-24_') RETURNING 1`);
  await server.sql(`INSERT OR IGNORE INTO notification_event_people (event_id, user_id, why, not_before, claim_token, claimed_until)
    SELECT '${String(event!["id"])}', id, '["group_all"]', 0, 'dead', ${server.clock.now() + 60_000}
    FROM users WHERE username LIKE 'user-24_' RETURNING 1`);
  const inboxes = async () =>
    (await server.sql("SELECT count(*) AS n FROM inbox_notifications WHERE title LIKE 'Upgrade%'"))[0]!["n"];
  await tick(server.deps());
  expect(await inboxes()).toBe(240);
  server.clock.advance(60_000);
  await tick(server.deps());
  expect(await inboxes()).toBe(250);
  expect(await server.sql("SELECT * FROM notification_event_people")).toEqual([]);
});

test("who may send to others only", async () => {
  const { server, mia, group, send, call } = await start();
  await group("sre", "bob");
  expect((await send({ groups: ["sre"] }, {}, mia.token)).status).toBe(403);
  expect(
    (await call("POST", `${path}/recipients`, { recipients: { groups: ["none"] } }, mia.token)).status,
  ).toBe(403);
  expect((await server.sql("SELECT * FROM notification_events WHERE labels LIKE '%Upgrade%'")).length).toBe(
    0,
  );
});
