// Receivers: each gets an event once, in its format and its turns; one that fails is left alone, and one that is gone disabled.
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { cookieFor, get, post, wordsOf } from "../support/pages.ts";
import { receiverFormats } from "../../db/schema.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { startPools } from "../support/pools.ts";
import { startReceiver, type Arrival } from "../support/receiver.ts";
import { addReceiver, custom, messagesTo, path, startWithReceivers } from "../support/receivers.ts";
import { addUser } from "../support/server.ts";

const minute = 60_000;
const jsonOf = ({ body }: Arrival) => JSON.parse(body) as Record<string, unknown>;
const titlesOf = (arrivals: readonly Arrival[]) => arrivals.map(({ json }) => json.title);

/** Signed as Standard Webhooks says. */
function signatureOf({ headers, body }: Arrival, secret: string): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

test("an event goes once to a receiver, however many people are notified, and the log says so", async () => {
  const { server, token, start } = await startWithReceivers();
  for (const name of ["tess", "theo"]) await addUser(server, name, ["owner"]);
  const chat = await start("chat", { kinds: ["user-account-created"] });
  const user = { username: "mia", email: "mia@example.com", password: "correct-horse-battery-43" };
  server.secret(user.password);
  await server.call("POST", "/api/v2/users", { token, json: user as never });
  const [arrival] = await chat.wait(1);
  await server.settled();
  expect(chat.arrivals).toHaveLength(1);
  expect(arrival!.json.payload).toMatchObject({
    user_username: "(everybody)",
    user_name: "Everybody",
    user_email: "",
  });
  expect(arrival!.headers["webhook-signature"]).toBe(signatureOf(arrival!, chat.secret!));
  const { messages } = (
    await server.call(
      "GET",
      `/api/v2/notifications/messages?method=receiver` as "/api/v2/notifications/messages",
      { token },
    )
  ).json;
  expect(messages).toMatchObject([
    {
      method: "receiver",
      status: "sent",
      reasons: ["everybody", "receiver_filter"],
      last_answer: "answered 204",
    },
  ]);
});

test("its address and secrets are stored encrypted, and shown to nobody", async () => {
  const { server, token, start, call } = await startWithReceivers();
  const chat = await start("chat", { headers: { "X-Team": "very-secret-team" } });
  const rows = JSON.stringify(await server.sql("SELECT * FROM notification_receivers"));
  const shown = (await server.call("GET", path, { token })).text + (await call("GET", "chat")).text;
  for (const secret of [chat.secret!, "/hook", "very-secret-team"]) {
    expect(rows).not.toContain(secret);
    expect(shown).not.toContain(secret);
  }
  expect((await call("GET", "chat")).json).toMatchObject({
    host: "127.0.0.1",
    status: "unused",
    read_only: false,
  });
});

test("a new secret signs with the one before for a day", async () => {
  const { server, start, call, send } = await startWithReceivers();
  const chat = await start("chat");
  const rotated = (await call("POST", "chat", "/rotate")).json["secret"] as string;
  server.secret(rotated);
  await send();
  const [both] = await chat.wait(1);
  expect(both!.headers["webhook-signature"]).toBe(
    `${signatureOf(both!, rotated)} ${signatureOf(both!, chat.secret!)}`,
  );
  await server.settled();
  server.clock.advance(86_400_001);
  await send();
  const [, later] = await chat.wait(2);
  expect(later!.headers["webhook-signature"]).toBe(signatureOf(later!, rotated));
});

test("one that does not answer delays no other", async () => {
  const { server, start, send } = await startWithReceivers();
  const silent = await start("silent");
  const dead = await start("dead");
  await dead.close();
  const well = await start("well");
  const held = Promise.withResolvers<{ status: number }>();
  silent.answer(() => held.promise);
  for (let count = 1; count <= 5; count += 1) {
    await send();
    await well.wait(count);
  }
  expect(silent.arrivals.length).toBeGreaterThan(0);
  held.resolve({ status: 204 });
  await server.settled();
  expect(await messagesTo(server, "well")).toEqual(Array(5).fill("sent receiver_filter 1"));
});

test("after failures in a row it is left alone, then tried with one message, then gets what waits", async () => {
  const { server, token, start, send, listed } = await startWithReceivers();
  const chat = await start("chat");
  chat.answer({ status: 503 });
  for (let count = 0; count < 5; count += 1) {
    await send();
    await server.settled();
  }
  expect(chat.arrivals).toHaveLength(5);
  expect(await listed("chat")).toMatchObject({ status: "failing", failures: 5, last_answer: "answered 503" });
  expect((await server.call("GET", "/metrics")).text).toContain(
    'belfry_notifications_receiver_up{receiver="chat",format="coder"} 0',
  );
  // Who sees the deployment hears of it above the inbox; others get their own notifications all the same.
  const member = await addUser(server, "mia");
  const inboxOf = async (key: string) => wordsOf(await get(server, "/inbox", cookieFor(key)));
  expect(await inboxOf(token)).toContain(
    "Receiver chat is failing. It has never accepted a notification. View receiver",
  );
  expect(await inboxOf(member.token)).not.toContain("is failing");
  await send();
  await server.settled();
  await server.runTick();
  expect(chat.arrivals).toHaveLength(5);
  // The message that tries it fails: the pause is twice as long.
  server.clock.advance(31_000);
  await server.runTick();
  expect(chat.arrivals).toHaveLength(6);
  server.clock.advance(31_000);
  await server.runTick();
  expect(chat.arrivals).toHaveLength(6);
  chat.answer({ status: 204 });
  server.clock.advance(10 * minute);
  await server.runTick();
  expect(await listed("chat")).toMatchObject({ status: "working", failures: 0, waiting: 0 });
  expect(await inboxOf(token)).not.toContain("is failing");
  expect((await messagesTo(server, "chat")).every((message) => message.startsWith("sent"))).toBe(true);
  expect(new Set(titlesOf(chat.arrivals))).toEqual(
    new Set([1, 2, 3, 4, 5, 6].map((number) => `Event ${number}`)),
  );
});

test("what was under way when a receiver began to fail and succeeds ends the pause, also of what has come since", async () => {
  const { server, start, send, listed } = await startWithReceivers();
  const chat = await start("chat");
  const held = Promise.withResolvers<{ status: number }>();
  chat.answer(() => held.promise);
  await send("Under way");
  await chat.wait(1);
  chat.answer({ status: 500 });
  for (const number of [1, 2, 3, 4, 5]) await send(`Fails ${number}`);
  await chat.wait(6);
  await expect.poll(async () => (await listed("chat")).status).toBe("failing");
  await send("In the pause");
  chat.answer({ status: 204 });
  held.resolve({ status: 204 });
  await server.settled();
  expect(await listed("chat")).toMatchObject({ status: "working", failures: 0 });
  await server.runTick();
  // Those that have failed are tried again, too.
  const again = titlesOf(chat.arrivals.slice(6));
  expect(again.toSorted()).toEqual(["Fails 1", "Fails 2", "Fails 3", "Fails 4", "Fails 5", "In the pause"]);
  expect(await listed("chat")).toMatchObject({ waiting: 0 });
});

test.each([
  ["coder", { status: 410 }],
  ["slack", { status: 404, body: "no_service" }],
  ["discord", { status: 404, body: '{"message": "Unknown Webhook", "code": 10015}' }],
])("%s: one that exists no more is disabled, and owners are notified once", async (format, reply) => {
  const { server, token, start, send, listed, call } = await startWithReceivers();
  const chat = await start("chat", { format });
  chat.answer(reply);
  await Promise.all([send(), send()]);
  await server.settled();
  expect(await listed("chat")).toMatchObject({
    enabled: false,
    status: "disabled",
    disabled_because: expect.stringContaining(`answered ${reply.status}`),
  });
  const inbox = async () =>
    (await server.call("GET", "/api/v2/notifications/inbox", { token })).json.notifications.filter(
      ({ title }) => title === "Notification receiver disabled: chat",
    );
  expect(await inbox()).toHaveLength(1);
  const sent = chat.arrivals.length;
  await send();
  await server.settled();
  expect(chat.arrivals).toHaveLength(sent);
  expect((await inbox())[0]!.read_at).toBeNull();
  chat.answer({ status: 204 });
  expect((await call("PATCH", "chat", "", { enabled: true })).status).toBe(200);
  expect((await inbox())[0]!.read_at).not.toBeNull();
  server.clock.advance(minute);
  await send();
  await server.settled();
  expect(chat.arrivals.length).toBe(sent + 1);
});

test("a receiver that asks to wait gets nothing until then, and no attempt is lost", async () => {
  const { server, start, send, listed } = await startWithReceivers();
  const chat = await start("chat");
  chat.answer({ status: 429, headers: { "retry-after": "120" } });
  await send();
  await server.settled();
  expect(await listed("chat")).toMatchObject({ status: "paused", failures: 0 });
  await send();
  await server.settled();
  server.clock.advance(minute);
  await server.runTick();
  expect(chat.arrivals).toHaveLength(1);
  chat.answer({ status: 204 });
  server.clock.advance(minute);
  await server.runTick();
  expect(chat.arrivals).toHaveLength(3);
  expect(await listed("chat")).toMatchObject({ status: "working", waiting: 0 });
});

test("Slack gets one message a second", async () => {
  const { server, start, send } = await startWithReceivers();
  const chat = await start("chat", { format: "slack" });
  for (let count = 0; count < 3; count += 1) await send();
  await server.settled();
  expect(chat.arrivals).toHaveLength(1);
  for (const expected of [2, 3]) {
    server.clock.advance(1_000);
    await server.runTick();
    expect(chat.arrivals).toHaveLength(expected);
  }
});

test("PagerDuty's incident is triggered, resolved at once, and triggered again when it recurs", async () => {
  const pager = await startReceiver();
  pager.answer({ status: 202 });
  const pools = await startPools(
    {},
    {
      environment: {
        BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: "true",
        BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "1",
        BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: "0s",
      },
    },
  );
  const { server, token } = pools;
  const key = "0123456789abcdef0123456789abcdef";
  const filter = { min_severity: "critical", kinds: ["prebuild-failure-limit-reached"] };
  await addReceiver(server, token, "pager", {
    format: "pagerduty",
    address: pager.url,
    secret: key,
    ...filter,
  });
  const alertmanager = await startReceiver();
  await addReceiver(server, token, "alerts", {
    format: "alertmanager",
    address: `${alertmanager.url}/sub/`,
    ...filter,
  });
  const reachLimit = async () => {
    await pools.pass();
    await pools.fail("Error: no space left");
    await pools.pass();
    await server.settled();
  };
  const resume = () => pools.api("POST", `/prebuilds/presets/${pools.presetId}/resume`);
  await reachLimit();
  server.clock.advance(minute);
  expect((await resume()).status).toBe(200);
  await server.runTick();
  server.clock.advance(minute);
  await reachLimit();
  const events = (await pager.wait(3)).map(jsonOf);
  expect(events.map(({ event_action }) => event_action)).toEqual(["trigger", "resolve", "trigger"]);
  expect(new Set(events.map(({ dedup_key }) => dedup_key)).size).toBe(1);
  expect(events[0]).toMatchObject({ routing_key: key, payload: { severity: "critical" } });
  const alerts = (await alertmanager.wait(3)).flatMap((arrival) => jsonOf(arrival) as never as Alert[]);
  expect(alerts.map(({ startsAt, endsAt }) => Date.parse(endsAt) - Date.parse(startsAt))).toEqual([
    30 * 24 * 60 * minute,
    minute,
    30 * 24 * 60 * minute,
  ]);
  // What ends is the alert that fires.
  expect(new Set(alerts.map(({ labels }) => JSON.stringify(labels))).size).toBe(1);
  expect(alerts[0]!.labels).toMatchObject({
    alertname: "prebuild-failure-limit-reached",
    severity: "critical",
    template: expect.any(String),
    preset: expect.any(String),
  });
  await server.settled();
  expect(pager.arrivals).toHaveLength(3);
  expect(alertmanager.arrivals).toHaveLength(3);
});

interface Alert {
  labels: Record<string, string>;
  startsAt: string;
  endsAt: string;
}

test("a test shows what the receiver answers", async () => {
  const { start, call } = await startWithReceivers();
  const chat = await start("chat", { format: "slack" });
  chat.answer({ status: 200, body: "ok" });
  expect((await call("POST", "chat", "/test")).json).toEqual({ accepted: true, answer: "answered 200: ok" });
  chat.answer({ status: 400, body: "invalid_blocks" });
  expect((await call("POST", "chat", "/test")).json).toEqual({
    accepted: false,
    answer: "answered 400: invalid_blocks",
  });
  await chat.close();
  expect((await call("POST", "chat", "/test")).json).toMatchObject({
    accepted: false,
    answer: expect.stringContaining("ECONNREFUSED"),
  });
});

test("an accepted test ends the pause of one that failed", async () => {
  const { server, start, send, call, listed } = await startWithReceivers();
  const chat = await start("chat");
  chat.answer({ status: 500 });
  for (let count = 0; count < 5; count += 1) {
    await send();
    await server.settled();
  }
  expect(await listed("chat")).toMatchObject({ status: "failing" });
  chat.answer({ status: 204 });
  await call("POST", "chat", "/test");
  expect(await listed("chat")).toMatchObject({ failures: 0, resumes_at: null });
});

test("what waits for a receiver that is disabled or deleted is not sent, and its name is free again", async () => {
  const { server, token, start, send, call } = await startWithReceivers();
  const settings = (paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: paused } });
  const [one, two] = [await start("one"), await start("two")];
  await settings(true);
  await send();
  expect((await call("PATCH", "one", "", { enabled: false })).status).toBe(200);
  expect((await call("DELETE", "two")).status).toBe(204);
  await settings(false);
  await server.settled();
  await server.runTick();
  expect([one.arrivals, two.arrivals]).toEqual([[], []]);
  for (const name of ["one", "two"])
    expect(await messagesTo(server, name)).toEqual(["inhibited receiver_disabled 0"]);
  expect((await call("GET", "two")).status).toBe(404);
  await start("two");
  const audited = await server.sql(
    "SELECT action FROM audit_entries WHERE resource_type = 'notification_receiver' ORDER BY seq",
  );
  expect(audited.map(({ action }) => action)).toEqual(["create", "create", "write", "delete", "create"]);
});

test("filters: severity, kinds by name, and nothing personal unless it is named", async () => {
  const { server, start, send } = await startWithReceivers();
  const all = await start("all", { kinds: null });
  const named = await start("named");
  const critical = await start("critical", { min_severity: "critical" });
  await send();
  await server.settled();
  expect([all, named, critical].map(({ arrivals }) => arrivals.length)).toEqual([0, 1, 0]);
});

test("wrong input names the field, and changes nothing", async () => {
  const { server, token } = await startWithReceivers({
    environment: { BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: "false" },
  });
  const address = "https://hooks.example.com/x";
  const wrong: [object, string, RegExp][] = [
    [{ name: "Ops", format: "slack", address }, "name", /lowercase/],
    [{ name: "environment", format: "slack", address }, "name", /environment/],
    [{ format: "slack", address: "http://hooks.example.com" }, "address", /https/],
    [{ format: "slack", address: "https://169.254.169.254/latest" }, "address", /not a public address/],
    [{ format: "slack", address: "https://user:word@hooks.example.com/" }, "address", /Authorization/],
    [{ format: "slack", address: "nonsense" }, "address", /must be a URL/],
    [{ format: "teams", address: "https://x.webhook.office.com/y" }, "address", /workflow/],
    [{ format: "ntfy", address: "https://ntfy.sh/" }, "address", /topic/],
    [{ format: "pagerduty" }, "secret", /integration key/],
    [{ format: "pagerduty", secret: "short" }, "secret", /32 letters/],
    [{ format: "slack", address, secret: "x" }, "secret", /has none/],
    [{ format: "coder", address, secret: "x" }, "secret", /whsec_/],
    [{ format: "coder", address, headers: { Host: "x" } }, "headers", /set by Belfry/],
    [{ format: "coder", address, headers: { "X-A": "é" } }, "headers", /ASCII/],
    [{ format: "coder", address, kinds: ["nothing"] }, "kinds", /unknown kind "nothing"/],
    [{ format: "coder", address, kinds: ["one-time-passcode"] }, "kinds", /can't go/],
  ];
  for (const [json, field, detail] of wrong) {
    const answer = await server.call("POST", path, { token, json: { name: "ops", ...json } as never });
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { validations: [{ field, detail: expect.stringMatching(detail) }] },
    ]);
  }
  expect(await server.sql("SELECT * FROM notification_receivers")).toEqual([]);
});

test("the environment's webhook is the first receiver, and can't be changed", async () => {
  const { server, token, start, call } = await startWithReceivers({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "https://hooks.example.com/belfry" },
  });
  await start("another");
  const { json } = await server.call("GET", path, { token });
  expect(json.map(({ name, read_only }) => [name, read_only])).toEqual([
    ["environment", true],
    ["another", false],
  ]);
  expect((await call("PATCH", "environment", "", { enabled: false })).status).toBe(404);
});

test("two that change a receiver at the same time don't undo one another", async () => {
  const { start, call, listed } = await startWithReceivers();
  await start("chat", { kinds: custom });
  const answers = await Promise.all([
    call("PATCH", "chat", "", { min_severity: "warning" }),
    call("PATCH", "chat", "", { kinds: ["task-failed"] }),
  ]);
  const statuses = answers.map(({ status }) => status).toSorted();
  const after = await listed("chat");
  if (statuses[1] === 200) expect(after).toMatchObject({ min_severity: "warning", kinds: ["task-failed"] });
  else expect(statuses).toEqual([200, 409]);
});

const template = '{"text": "{{ title }}", "details": {{ text | json }}, "task": {{ labels.task | json }}}';

test("a message for each recipient names them, and their own settings hold", async () => {
  const { server, token, start, call, add, listed } = await startWithReceivers();
  const [, theo] = [await addUser(server, "tess", ["owner"]), await addUser(server, "theo", ["owner"])];
  const id = kinds["user-account-created"].id;
  const off = await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
    token: theo.token,
    json: { template_disabled_map: { [id]: true } },
  });
  expect(off.status).toBe(200);
  const chat = await start("chat", {
    format: "json",
    template: '"{{ recipient.username }}: {{ text }}"',
    kinds: ["user-account-created"],
    recipients: "each",
  });
  const user = { username: "mia", email: "mia@example.com", password: "correct-horse-battery-43" };
  server.secret(user.password);
  await server.call("POST", "/api/v2/users", { token, json: user as never });
  await chat.wait(1);
  await server.settled();
  const texts = chat.arrivals.map(({ body }) => /^"(.*?)\\n/.exec(body)?.[1]);
  // Who creates it knows.
  expect(texts).toEqual(["tess: For tess"]);
  const states = await server.sql(`SELECT u.username, m.status, m.reasons ->> '$[#-1]' AS reason
    FROM notification_messages m JOIN users u ON u.id = m.user_id WHERE m.method = 'receiver' ORDER BY u.username`);
  expect(states.map(({ username, status, reason }) => `${username} ${status} ${reason}`)).toEqual([
    "ada inhibited own_action",
    "tess sent receiver_filter",
    "theo inhibited disabled_by_user",
  ]);
  expect(await listed("chat")).toMatchObject({ recipients: "each" });
  expect((await call("PATCH", "chat", "", { recipients: "everybody" })).json["recipients"]).toBe("everybody");
  await add("pager", { format: "pagerduty", secret: "0123456789abcdef0123456789abcdef" });
  expect((await call("PATCH", "pager", "", { recipients: "each" })).json.validations).toEqual([
    { field: "recipients", detail: expect.stringMatching(/^must be everybody: PagerDuty keeps/) as string },
  ]);
});

test("a template of one's own is previewed, sent, changed, and signed once there is a secret", async () => {
  const { server, token, start, call, send } = await startWithReceivers();
  const preview = (json: object) =>
    server.call("POST", `${path}/preview`, { token, json: json as never }) as unknown as Promise<{
      status: number;
      json: { kind: string; body: string; validations: { field: string; detail: string }[] };
    }>;
  const shown = await preview({ format: "json", template, kind: "task-failed" });
  expect(shown.json.kind).toBe("task-failed");
  expect(JSON.parse(shown.json.body)).toMatchObject({ task: expect.any(String) as string });
  const ended = await preview({
    format: "json",
    template: '{"over": {{ resolved }}}',
    kind: "situation-resolved",
  });
  expect(JSON.parse(ended.json.body)).toEqual({ over: true });
  for (const format of receiverFormats.filter((one) => one !== "json"))
    expect((await preview({ format })).json.body).toMatch(/^[{[]\n {2}/);
  const refused = [
    [{ format: "json" }, "template", /^is required/],
    [{ format: "json", template: "{}", kind: "nothing" }, "kind", /^unknown kind "nothing"/],
    [
      { format: "json", template: "{}", kind: "0198f0aa-0000-7000-8000-000000000001" },
      "kind",
      /^unknown kind/,
    ],
    [
      { format: "json", template: '{"a": {{ labels.task }}}' },
      "template",
      /^not valid JSON at line 1, column 7 .*, with the sample of /,
    ],
    [{ format: "slack", template: "{}" }, "template", /^Slack has none/],
  ] as const;
  for (const [json, field, detail] of refused) {
    const { status, json: answer } = await preview(json);
    expect(status).toBe(400);
    expect(answer.validations).toEqual([{ field, detail: expect.stringMatching(detail) as string }]);
  }

  const own = await start("own", { format: "json", template });
  expect(own.secret).toBeNull();
  await send("First", 'It says "no"');
  await own.wait(1);
  expect(JSON.parse(own.arrivals[0]!.body)).toEqual({ text: "First", details: 'It says "no"', task: null });
  expect(own.arrivals[0]!.headers).not.toHaveProperty("webhook-signature");
  const wrong = await call("PATCH", "own", "", { template: "{{ titel | json }}" });
  expect(wrong.json.validations).toEqual([
    { field: "template", detail: expect.stringMatching(/^unknown variable titel; available: /) as string },
  ]);
  expect((await call("PATCH", "own", "", { template: '["{{ title }}"]' })).json["template"]).toBe(
    '["{{ title }}"]',
  );
  const rotated = await call("POST", "own", "/rotate");
  server.secret(String(rotated.json["secret"]));
  await send("Second");
  await own.wait(2);
  expect(own.arrivals[1]!.body).toBe('["Second"]');
  expect(own.arrivals[1]!.headers["webhook-signature"]).toMatch(/^v1,\S{44}$/);
  expect((await call("PATCH", "own", "", { min_severity: "info" })).json["template"]).toBe('["{{ title }}"]');
});

test("what its template can't render is not sent, not tried again, and blocks nothing", async () => {
  const { server, start, call, send, listed } = await startWithReceivers();
  const own = await start("own", { format: "json", template });
  // Another release's check may have let it pass.
  await server.sql("UPDATE notification_receivers SET template = '{{ labels.custom_title | raw }}'");
  await send("no JSON");
  await server.settled();
  expect(await messagesTo(server, "own")).toEqual([expect.stringMatching(/^permanent_failure .* 1$/)]);
  await send("[1]");
  await own.wait(1);
  expect(own.arrivals[0]!.body).toBe("[1]");
  expect(await listed("own")).toMatchObject({ failures: 0, status: "working" });
  expect((await call("POST", "own", "/test")).json).toMatchObject({
    accepted: false,
    answer: expect.stringMatching(/^the template's result is not valid JSON/) as string,
  });
});

test("the page previews what a receiver gets before it is saved", async () => {
  const { server, token, listed } = await startWithReceivers();
  const form = (of: string, body: Record<string, string>) => post(server, of, body, cookieFor(token));
  const page = "/deployment/receivers";
  const given = {
    name: "own",
    format: "json",
    address: "https://hooks.example.com/x",
    template,
    kinds: "task-failed",
  };
  const seen = await form(page, { ...given, act: "preview" });
  expect(wordsOf(seen)).toContain("The request with the sample of task-failed. Nothing was sent or saved.");
  expect(seen.text).toContain("&quot;task&quot;: &quot;");
  expect(seen.text).toContain('value="own"');
  expect((await server.call("GET", path, { token })).json).toEqual([]);
  const wrong = await form(page, { ...given, template: "{{ titel }}", act: "preview" });
  expect(wrong.status).toBe(400);
  expect(wordsOf(wrong)).toContain("Unknown variable titel; available: id,");
  expect((await form(page, given)).status).toBe(303);
  const changed = { name: "own", template: "[1]", kinds: "" };
  expect(wordsOf(await form(`${page}/own/change`, { ...changed, act: "preview" }))).toContain("[ 1 ]");
  expect(await listed("own")).toMatchObject({ template });
  await form(`${page}/own/change`, changed);
  expect(await listed("own")).toMatchObject({ template: "[1]", kinds: null });
  expect(wordsOf(await form(page, { ...given, format: "slack", act: "preview" }))).toContain("blocks");
});

test("a page's headers are sent, kept, replaced and removed", async () => {
  const { server, token, send } = await startWithReceivers();
  const hooks = await startReceiver();
  const form = (of: string, body: Record<string, string>) =>
    post(
      server,
      `/deployment/receivers${of}`,
      { name: "hooks", kinds: "custom-notification", ...body },
      cookieFor(token),
    );
  const lost = await form("", { format: "json", address: hooks.url, template: "1", headers: "X-Team ops" });
  expect(wordsOf(lost)).toContain("Each line must be a name and a value, for example X-Team: ops.");
  await form("", {
    format: "json",
    address: hooks.url,
    template: "1",
    headers: "X-Team: ops\r\n\r\nX-Env: a:b\r\n",
  });
  const seen: unknown[] = [];
  for (const change of [undefined, {}, { headers: "X-Env: c" }, { headers: " - " }]) {
    if (change !== undefined) expect((await form("/hooks/change", change)).status).toBe(303);
    await send();
    await hooks.wait(seen.length + 1);
    const { "x-team": team, "x-env": env } = hooks.arrivals[seen.length]!.headers;
    seen.push([team, env]);
  }
  expect(seen).toEqual([
    ["ops", "a:b"],
    ["ops", "a:b"],
    [undefined, "c"],
    [undefined, undefined],
  ]);
  expect((await get(server, "/deployment/receivers/hooks", cookieFor(token))).text).not.toContain("X-Env");
});
