// What nobody has read in time goes to others, once: people who don't have it, and receivers; what is read, done, resolved or
// withdrawn doesn't.
import { expect, test } from "vitest";
import { tick } from "../../src/tick.ts";
import { startSessions } from "../support/agent-sessions.ts";
import { addManyUsers } from "../support/many-users.ts";
import { holdWrites } from "../support/meanwhile.ts";
import { cookieFor, get, post, wordsOf } from "../support/pages.ts";
import { startWithReceivers } from "../support/receivers.ts";
import { addUser, type TestServer } from "../support/server.ts";
import { startTask } from "../support/task.ts";

const rules = "/api/v2/notifications/rules";
const minute = 60_000;

async function start() {
  const held = holdWrites();
  const { server, token, start: startOne } = await startWithReceivers({ wrapClient: held.wrapClient });
  const mia = await addUser(server, "mia");
  const bob = await addUser(server, "bob");
  const eve = await addUser(server, "eve");
  const call = (method: string, at: string, json?: unknown, as = token) =>
    server.call(method, at, { token: as, ...(json === undefined ? {} : { json }) }) as unknown as Promise<{
      status: number;
      json: Record<string, unknown>;
    }>;
  const pager = await startOne("pager");
  const group = await call("POST", "/api/v2/organizations/default/groups", {
    name: "sre",
    add_users: ["mia", "bob", "eve"],
  });
  const rule = {
    name: "night",
    receivers: [],
    escalate_after_seconds: 900,
    escalate_to: ["group:sre", "user:bob", "receiver:pager"],
  };
  const created = await call("POST", rules, rule);
  /** To mia. */
  const send = (title = "Disk full") =>
    call("POST", "/api/v2/notifications/custom", {
      content: { title, message: "Now" },
      recipients: { users: ["mia"] },
    });
  const pass = async (milliseconds: number) => {
    server.clock.advance(milliseconds);
    await server.runTick();
    await server.settled();
  };
  const item = async (of: { token: string }) => {
    const { json } = await call("GET", "/api/v2/notifications/inbox", undefined, of.token);
    return (json["notifications"] as { id: string }[])[0]!.id;
  };
  return { server, token, held, mia, bob, eve, pager, group, rule, created, call, send, pass, item };
}

/** Whom each message is for, and why. */
const sentTo = async (server: TestServer) =>
  (
    await server.sql(`SELECT coalesce(r.name, u.username) AS name, m.status, m.reasons ->> '$[0]' AS first,
        m.reasons ->> '$[1]' AS second FROM notification_messages m JOIN users u ON u.id = m.user_id
      LEFT JOIN notification_receivers r ON r.id = m.receiver_id WHERE m.status <> 'inhibited' ORDER BY m.seq`)
  ).map(({ name, status, first, second }) => `${name} ${status} ${first} ${second}`);

const waiting = async (server: TestServer) =>
  (await server.sql(`SELECT count(*) AS n FROM notification_escalations`))[0]!["n"];

const escalated = [
  "mia sent named inbox",
  "bob sent escalated_after_900s_by_rule_night inbox",
  "eve sent escalated_after_900s_by_rule_night inbox",
  "pager sent everybody escalated_after_900s_by_rule_night",
];

test("what nobody has read escalates once, to each person who doesn't have it and to a receiver, and says why", async () => {
  const { server, created, eve, pager, send, pass } = await start();
  expect(created.json).toMatchObject({
    escalate_after_seconds: 900,
    escalate_to: ["group:sre", "user:bob", "receiver:pager"],
  });
  await send();
  await pass(15 * minute - 1);
  expect([await sentTo(server), await waiting(server)]).toEqual([escalated.slice(0, 1), 1]);
  await pass(1);
  expect([await sentTo(server), await waiting(server)]).toEqual([escalated, 0]);
  expect((await pager.wait(1)).map(({ json }) => json.title)).toEqual(["Disk full"]);
  await pass(60 * minute);
  expect(await sentTo(server)).toEqual(escalated);
  const page = await get(server, "/inbox", cookieFor(eve.token));
  expect(wordsOf(page)).toContain("You get this because nobody had read it within 15 min (rule night).");
});

test.each(["read", "done"])("what is %s doesn't", async (how) => {
  const { server, mia, send, pass, item, call } = await start();
  await send();
  const json = how === "read" ? { is_read: true } : { is_done: true };
  await call("PUT", `/api/v2/notifications/inbox/${await item(mia)}/${how}-status`, json, mia.token);
  await pass(15 * minute);
  expect([await sentTo(server), await waiting(server)]).toEqual([escalated.slice(0, 1), 0]);
});

test("two instances at once send it once; what is read while one writes doesn't escalate", async () => {
  const { server, held, mia, send, pass, item, call } = await start();
  await send();
  server.clock.advance(15 * minute);
  await Promise.all([tick(server.deps()), tick(server.deps())]);
  await server.settled();
  expect(await sentTo(server)).toEqual(escalated);
  await send("Second");
  const read = `/api/v2/notifications/inbox/${await item(mia)}/read-status`;
  server.clock.advance(15 * minute);
  held.beforeNextWrite(() => call("PUT", read, { is_read: true }, mia.token));
  await server.runTick();
  expect(await waiting(server)).toBe(1);
  await pass(0);
  expect([await sentTo(server), await waiting(server)]).toEqual([[...escalated, escalated[0]], 0]);
});

test("what an owner withdraws doesn't", async () => {
  const { server, rule, call, send, pass } = await start();
  const slow = { receivers: ["pager"], delay_seconds: 3_600, escalate_to: ["user:eve"] };
  await call("PATCH", `${rules}/night`, slow);
  await send();
  await send("Withdrawn");
  const [message] = await server.sql(`SELECT m.id FROM notification_messages m
    JOIN notification_events e ON e.id = m.event_id
    WHERE m.receiver_id IS NOT NULL AND e.labels ->> 'custom_title' = 'Withdrawn'`);
  const withdrawn = await call("POST", `/api/v2/notifications/messages/${String(message!["id"])}/withdraw`);
  expect(withdrawn.status).toBeLessThan(300);
  await pass(rule.escalate_after_seconds * 1_000);
  expect((await sentTo(server)).filter((one) => one.startsWith("eve"))).toHaveLength(1);
  expect(await waiting(server)).toBe(0);
});

test("a large group gets it in writes of a bounded size", async () => {
  const { server, group, send, pass } = await start();
  await addManyUsers(server, 450);
  await server.sql(`INSERT INTO user_group_members (group_id, user_id, created_at)
    SELECT '${String(group.json["id"])}', id, 0 FROM users WHERE NOT is_system ON CONFLICT DO NOTHING`);
  await send();
  await pass(15 * minute);
  const [count] = await server.sql(`SELECT count(*) AS messages, count(DISTINCT user_id) AS people
    FROM notification_messages WHERE status = 'sent' AND method = 'inbox'`);
  const [users] = await server.sql(`SELECT count(*) AS people FROM users WHERE NOT is_system`);
  expect(count).toEqual({ messages: users!["people"], people: users!["people"] });
  expect(await waiting(server)).toBe(0);
});

test("what was decided stays when the rule is deleted; whom it named and who is no more gets nothing", async () => {
  const { server, bob, call, send, pass } = await start();
  await call("DELETE", `/api/v2/users/${bob.userId}`);
  const { json } = await call("GET", `${rules}/night`);
  expect(json["problems"]).toEqual(["The user bob no longer exists."]);
  expect((await call("PATCH", `${rules}/night`, { name: "late" })).status).toBe(200);
  await send();
  await call("DELETE", `${rules}/late`);
  await pass(15 * minute);
  const sent = await sentTo(server);
  expect(sent.filter((one) => !one.startsWith("ada"))).toEqual([
    "mia sent named inbox",
    "eve sent escalated_after_900s_by_rule_late inbox",
    "pager sent everybody escalated_after_900s_by_rule_late",
  ]);
});

test("neither what was sent to nobody nor a duplicate escalates, and nothing of what protects an account", async () => {
  const { server, mia, send, call } = await start();
  await send();
  await send();
  expect(await waiting(server)).toBe(2);
  server.clock.advance(15 * minute);
  await server.runTick();
  expect((await sentTo(server)).filter((one) => one.startsWith("eve"))).toHaveLength(1);
  const password = { password: "correct-horse-staple-9" };
  expect((await call("PUT", `/api/v2/users/${mia.userId}/password`, password)).status).toBe(204);
  expect(await waiting(server)).toBe(0);
});

test("a situation that ends in time doesn't escalate; one that recurs unread does", async () => {
  const { server, token, pass, report } = await startSessions();
  await server.call("POST", rules as "/api/v2/users", {
    token,
    json: {
      name: "stuck",
      filter: 'kind = "agent-session-waiting"',
      escalate_after_seconds: 600,
      escalate_to: ["user:ada"],
    } as never,
  });
  const toAda = async () => (await sentTo(server)).filter((one) => one.includes("_by_rule_stuck")).length;
  await report("a", "working");
  await report("a", "waiting");
  await pass(5 * minute);
  await report("a", "working");
  await pass(20 * minute);
  expect([await toAda(), await waiting(server)]).toEqual([0, 0]);
  await report("a", "waiting");
  await pass(5 * minute);
  expect(await waiting(server)).toBe(1);
  await pass(10 * minute);
  expect([await toAda(), await waiting(server)]).toEqual([1, 0]);
});

test.each([
  ["unread", ["mia", "mia", "ada"]],
  ["read", ["mia", "mia"]],
])("what a newer item of its situation stands for escalates unless that is read: %s", async (how, people) => {
  const { server, token, member, build, finish, provisioner, workspaceId } = await startTask();
  const rule = { name: "night", escalate_after_seconds: 40 * 3_600, escalate_to: ["user:ada"] };
  await server.call("POST", rules, { token, json: rule });
  await build("stop");
  await finish();
  const path = `/api/v2/workspaces/${workspaceId}/autostart` as const;
  await server.call("PUT", path, { token: member.token, json: { schedule: "0 11 * * *" } });
  for (const hours of [1, 24]) {
    server.clock.advance(hours * 60 * minute);
    await server.runTick();
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, "fail", { error: "Error: no space left" });
  }
  if (how === "read")
    await server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-read", { token: member.token });
  server.clock.advance(20 * 60 * minute);
  await server.runTick();
  const items =
    await server.sql(`SELECT u.username FROM inbox_notifications i JOIN users u ON u.id = i.user_id
    JOIN notification_messages m ON m.id = i.id JOIN notification_events e ON e.id = m.event_id
    WHERE e.labels LIKE '%autostart%' ORDER BY i.seq`);
  expect(items.map(({ username }) => username)).toEqual(people);
});

test.each<[object, object[]]>([
  [
    { escalate_after_seconds: 59, escalate_to: ["user:nobody", "group:sre"] },
    [
      { field: "escalate_after_seconds", detail: "must be from 1 minute to 7 days" },
      { field: "escalate_to", detail: "unknown user:nobody" },
    ],
  ],
])("%j is refused", async (wrong, validations) => {
  const { call, rule } = await start();
  const refused = await call("PATCH", `${rules}/night`, wrong);
  expect([refused.status, refused.json["validations"]]).toEqual([400, validations]);
  const own = await call("POST", "/api/v2/users/me/notifications/rules", { ...rule, receivers: null });
  expect(own.json["validations"]).toEqual([
    { field: "escalate_to", detail: "only rules of the deployment escalate" },
  ]);
});

test("the form of a rule has both fields, its own only what it can do, and the list says what it does", async () => {
  const { server, token } = await start();
  const cookie = cookieFor(token);
  const base = "/deployment/rules";
  const usual = { filter: "", suppress: "no", channels: "", receivers: "", delay_seconds: "", digest: "" };
  const typed = {
    ...usual,
    continue: "no",
    escalate_after_seconds: "2m",
    escalate_to: "user:Mia, group:sre",
  };
  expect((await post(server, base, { ...typed, name: "day" }, cookie)).status).toBe(303);
  expect(wordsOf(await get(server, base, cookie))).toContain(
    "Escalates after 2 minutes to user:mia, group:sre",
  );
  expect((await get(server, `${base}/day`, cookie)).text).toContain('value="user:mia, group:sre"');
  expect((await get(server, `${base}/day`, cookie)).text).toContain('value="2m"');
  for (const wrong of ["soon", "120"])
    expect(
      wordsOf(await post(server, `${base}/day/change`, { ...typed, escalate_after_seconds: wrong }, cookie)),
    ).toContain("Must be a duration such as 15m");
  const nothing = { ...usual, name: "idle", continue: "no" };
  expect(wordsOf(await post(server, base, nothing, cookie))).toMatch(
    /Suppress: notify nobody Choose what the rule does: suppress, channels, /,
  );
  const none = { ...typed, channels: "inbox", escalate_after_seconds: "", escalate_to: "" };
  await post(server, `${base}/day/change`, { ...none, name: "day" }, cookie);
  expect(wordsOf(await get(server, `${base}/day`, cookie))).not.toContain("Escalates after 2");
  expect((await get(server, "/settings/rules", cookie)).text).not.toContain("escalate_to");
});

test("a dry run says where it would go", async () => {
  const { call } = await start();
  const run = await call("POST", "/api/v2/users/me/notifications/dry-run", { kind: "task-failed" });
  expect(run.json["escalation"]).toEqual({
    rule: "night",
    after_seconds: 900,
    to: ["group:sre", "user:bob", "receiver:pager"],
  });
});
