// Rules as rows: created, ordered, changed and deleted; what they do with events, and what is said of it.
import { expect, test } from "vitest";
import { auditEntries } from "../support/audit.ts";
import { startReceiver } from "../support/receiver.ts";
import { startWithReceivers } from "../support/receivers.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer, type TestServerOptions } from "../support/server.ts";
import { addTemplate } from "../support/workspaces.ts";

const path = "/api/v2/notifications/rules";
const own = "/api/v2/users/me/notifications/rules";

interface Answered {
  status: number;
  text: string;
  json: Record<string, unknown> & { validations?: { field: string; detail: string }[] };
}

async function start(options?: TestServerOptions) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  const call = (method: string, at: string, json?: unknown, as = token) =>
    server.call(method, at, {
      token: as,
      ...(json === undefined ? {} : { json }),
    }) as unknown as Promise<Answered>;
  const create = async (name: string, json: object, at = path) => {
    const created = await call("POST", at, { name, ...json });
    if (created.status !== 201) throw new Error(`${created.status} ${created.text}`);
    return created.json;
  };
  const names = async (at = path) =>
    ((await call("GET", at)).json as unknown as { name: string }[]).map(({ name }) => name);
  /** A custom notification to oneself: its messages, by channel. */
  const send = async (title: string) => {
    const json = { content: { title, message: title } };
    const sent = await server.call("POST", "/api/v2/notifications/custom", { token, json });
    const rows = await server.sql(`SELECT m.method, m.status, m.reasons, m.due_at - m.created_at AS wait
      FROM notification_messages m JOIN notification_events e ON e.id = m.event_id
      WHERE e.labels ->> 'custom_title' = '${title}' ORDER BY m.seq`);
    return {
      status: sent.status,
      messages: rows.map(({ method, status, reasons, wait }) => {
        const last = (JSON.parse(String(reasons)) as string[]).slice(1).join(" ");
        return [method, status, last, ...(wait === null ? [] : [wait])];
      }),
    };
  };
  return { server, token, userId, call, create, names, send };
}

test("rules are created, listed in their order, moved, changed, disabled and deleted, each audited", async () => {
  const { server, token, call, create, names } = await start();
  expect(await create("first", { suppress: true, filter: " severity = info " })).toEqual({
    id: expect.any(String),
    name: "first",
    position: 1,
    filter: "severity = info",
    enabled: true,
    continue: false,
    suppress: true,
    channels: null,
    receivers: null,
    delay_seconds: null,
    digest: null,
    escalate_after_seconds: null,
    escalate_to: null,
    problems: [],
    created_by: "ada",
    created_at: expect.any(String),
  });
  await create("second", { channels: [], continue: true, enabled: false });
  await create("third", { delay_seconds: 600, digest: "weekly" });
  expect(await names()).toEqual(["first", "second", "third"]);
  const moved = await call("PATCH", `${path}/third`, { position: 1 });
  expect(moved.json).toMatchObject({ name: "third", position: 1, delay_seconds: 600, digest: "weekly" });
  expect(await names()).toEqual(["third", "first", "second"]);
  await call("PATCH", `${path}/third`, { position: 99, name: "last", enabled: false });
  expect(await names()).toEqual(["first", "second", "last"]);
  const changed = await call("PATCH", `${path}/second`, {
    channels: ["inbox"],
    continue: false,
    enabled: true,
  });
  expect(changed.json).toMatchObject({ channels: ["inbox"], continue: false, enabled: true, position: 2 });
  expect((await call("GET", `${path}/second`)).json).toEqual(changed.json);
  expect((await call("DELETE", `${path}/first`)).status).toBe(204);
  expect(await names()).toEqual(["second", "last"]);
  const entries = await auditEntries(server, token, "notification_rule");
  expect(entries.map(({ action, detail }) => [action, detail]).toReversed()).toEqual([
    ["create", { name: "first" }],
    ["create", { name: "second" }],
    ["create", { name: "third" }],
    ["write", { name: "third", position: 1 }],
    ["write", { name: "last", from: "third", enabled: false, position: 99 }],
    ["write", { name: "second", enabled: true }],
    ["delete", { name: "first" }],
  ]);
});

test.each<[object, string, string]>([
  [
    { name: "Two words", suppress: true },
    "name",
    "must contain only lowercase letters, digits and single hyphens between them",
  ],
  [{}, "suppress", "choose what the rule does: suppress, channels, receivers, delay, digest or escalate"],
  [{ suppress: true, channels: [] }, "suppress", "nobody gets it, so that no other action is possible"],
  [{ suppress: true, filter: "template =" }, "filter", 'column 11: expected a value such as "docker"'],
  [
    { suppress: true, filter: 'template in ("d*", "docker")' },
    "filter",
    'column 20: unknown template "docker"',
  ],
  [{ suppress: true, filter: 'owner = "nobody"' }, "filter", 'column 9: unknown user "nobody"'],
  [
    { suppress: true, filter: 'kind = "task"' },
    "filter",
    'column 8: unknown kind "task", use a name such as "task-failed"',
  ],
  [{ receivers: ["pager", "chat"] }, "receivers", "unknown receiver pager, chat"],
  [{ delay_seconds: 0 }, "delay_seconds", "must be from 1 second to 7 days"],
])("%j is refused: %s", async (json, field, detail) => {
  const { call, names } = await start();
  const refused = await call("POST", path, { name: "wrong", ...json });
  expect([refused.status, refused.json.validations]).toEqual([400, [{ field, detail }]]);
  expect(await names()).toEqual([]);
});

test("a group must exist, too, and a rule of one's own chooses no receivers", async () => {
  const { call } = await start();
  const group = await call("POST", own, { name: "x", suppress: true, filter: 'group = "Workspaces"' });
  expect(group.json.validations![0]!.detail).toMatch(
    /^column 9: unknown group "Workspaces", use one of ".*"Coder Events"$/,
  );
  const receivers = await call("POST", own, { name: "x", receivers: [] });
  expect(receivers.json.validations).toEqual([
    { field: "receivers", detail: "only rules of the deployment choose receivers" },
  ]);
});

test("a rule that names what was deleted says so, still works, and can be disabled", async () => {
  const { server, userId, call, create } = await start();
  await addTemplate(server, userId, "docker");
  await addUser(server, "mia");
  await call("POST", "/api/v2/notifications/receivers", {
    name: "chat",
    format: "slack",
    address: "https://hooks.slack.com/services/T/B/x",
  });
  const filter = 'template = "docker" or owner = "mia" or severity = info';
  expect((await create("all", { filter, receivers: ["chat"], channels: ["inbox"] }))["problems"]).toEqual([]);
  await server.sql("UPDATE templates SET deleted_at = 1");
  await call("DELETE", "/api/v2/notifications/receivers/chat");
  await call("DELETE", "/api/v2/users/mia");
  const problems = [
    "The template docker no longer exists.",
    "The user mia no longer exists.",
    "The receiver chat no longer exists.",
  ];
  expect((await call("GET", path)).json).toMatchObject([{ problems, receivers: ["chat"] }]);
  const disabled = await call("PATCH", `${path}/all`, { enabled: false, continue: true });
  expect(disabled.json).toMatchObject({ enabled: false, filter, receivers: ["chat"], problems });
  const changed = await call("PATCH", `${path}/all`, { filter: 'template = "other"' });
  expect(changed.json.validations).toEqual([
    { field: "filter", detail: 'column 12: unknown template "other"' },
  ]);
});

test("the deployment's rules decide first, then one's own; each message says which", async () => {
  const { create, call, send } = await start();
  await create("hush", { filter: 'label.custom_title = "hush*"', suppress: true });
  await create("nothing", { filter: 'label.custom_title = "nothing"', channels: [] }, own);
  await create("late", { filter: 'label.custom_title = "late"', delay_seconds: 60, enabled: false }, own);
  expect(await send("hush now")).toEqual({
    status: 409,
    messages: [["inbox", "inhibited", "inbox suppressed_by_rule_hush"]],
  });
  expect((await send("nothing")).messages).toEqual([
    ["inbox", "inhibited", "inbox left_out_by_own_rule_nothing"],
  ]);
  expect((await send("late")).messages).toEqual([["inbox", "sent", "inbox"]]);
  await call("PATCH", `${path}/hush`, { enabled: false });
  expect((await send("hush again")).messages).toEqual([["inbox", "sent", "inbox"]]);
});

test("a rule sends an event to other receivers, later", async () => {
  const { server, token } = await startWithReceivers();
  const pager = await startReceiver();
  for (const name of ["chat", "pager"])
    await server.call("POST", "/api/v2/notifications/receivers", {
      token,
      json: {
        name,
        format: "coder",
        address: pager.url,
        kinds: ["user-account-created", "custom-notification"],
      } as never,
    });
  const rule = { name: "owners", filter: 'owner = "mia*"', receivers: ["pager"], delay_seconds: 60 };
  expect((await server.call("POST", path, { token, json: rule as never })).status).toBe(201);
  const user = { username: "mia", email: "mia@example.com", password: "correct-horse-battery-43" };
  server.secret(user.password);
  await server.call("POST", "/api/v2/users", { token, json: user as never });
  const messages = await server.sql(`SELECT r.name, m.status, m.reasons, m.due_at - m.created_at AS wait
    FROM notification_messages m JOIN notification_receivers r ON r.id = m.receiver_id
    JOIN notification_events e ON e.id = m.event_id WHERE e.facts ->> 'owner' = 'mia' ORDER BY r.name`);
  expect(
    messages.map(({ name, status, reasons, wait }) => [name, status, JSON.parse(String(reasons)), wait]),
  ).toEqual([
    ["chat", "inhibited", ["everybody", "receiver_filter", "left_out_by_rule_owners"], null],
    ["pager", "pending", ["everybody", "receiver_filter", "delayed_by_rule_owners", "held_back"], 60_000],
  ]);
  server.clock.advance(60_000);
  await server.runTick();
  await server.settled();
  expect(pager.arrivals.map(({ json }) => json.title)).toEqual(
    expect.arrayContaining([expect.stringContaining("mia")]),
  );
});

test("only owners change the deployment's rules; nobody sees those of others", async () => {
  const { server, call, create } = await start();
  const mia = await addUser(server, "mia");
  await create("first", { suppress: true });
  const asMia = (method: string, at: string, json?: unknown) => call(method, at, json, mia.token);
  expect((await asMia("GET", path)).status).toBe(403);
  expect((await asMia("DELETE", `${path}/first`)).status).toBe(403);
  expect((await asMia("GET", "/api/v2/users/ada/notifications/rules")).status).toBe(404);
  expect((await asMia("POST", own, { name: "mine", channels: ["inbox"] })).status).toBe(201);
  expect((await call("GET", "/api/v2/users/mia/notifications/rules")).json).toMatchObject([{ name: "mine" }]);
  expect((await call("GET", path)).json).toMatchObject([{ name: "first" }]);
  expect((await asMia("POST", own, { name: "mine", channels: ["inbox"] })).status).toBe(409);
});

test("a notification that a rule suppresses is refused with the rule's name", async () => {
  const { call, create } = await start();
  await create("night", { suppress: true, filter: 'label.custom_title = "Night*"' }, own);
  const json = { content: { title: "Night 1", message: "x" } };
  const sent = await call("POST", "/api/v2/notifications/custom", json);
  expect(sent.status).toBe(409);
  expect(sent.json["detail"]).toBe("Their own rule night suppressed it.");
});

test("a receiver has a filter, too: a bad one is refused, and only what matches is sent", async () => {
  const { server, call, listed, start: startWith, send } = await startWithReceivers();
  const chat = await startWith("chat", { filter: 'label.custom_title = "disk*" and severity = info' });
  await send("disk full");
  await send("other");
  await chat.wait(1);
  await server.settled();
  expect(chat.arrivals.map(({ json }) => json.title)).toEqual(["disk full"]);
  expect(await listed("chat")).toMatchObject({ filter: 'label.custom_title = "disk*" and severity = info' });
  const refused = await call("PATCH", "chat", "", { filter: 'template = "none"' });
  expect([refused.status, refused.json.validations]).toEqual([
    400,
    [{ field: "filter", detail: 'column 12: unknown template "none"' }],
  ]);
  expect((await call("PATCH", "chat", "", { min_severity: "info" })).json["filter"]).toContain("disk*");
  expect((await call("PATCH", "chat", "", { filter: "" })).json["filter"]).toBe("");
  await send("anything");
  await chat.wait(2);
});

test("a dry run says what a real one does, which rule decides, and why another doesn't", async () => {
  const { server, call, create, send } = await start();
  await create("gpu", { filter: 'template = "gpu-*"', suppress: true });
  await create("low", { filter: "severity = info", channels: ["inbox", "smtp"], continue: true });
  await create("mine", { filter: 'label.custom_title = "disk*"', delay_seconds: 60 }, own);
  await create("rest", { channels: [] }, own);
  const dry = (title: string, as?: string) =>
    call(
      "POST",
      "/api/v2/users/ada/notifications/dry-run",
      {
        kind: "custom-notification",
        template: "docker",
        labels: { custom_title: title },
      },
      as,
    );
  const { json } = await dry("disk full");
  expect(json["rules"]).toEqual([
    {
      name: "gpu",
      own: false,
      verdict: "no_match",
      why: ['template = "gpu-*" is false: template is "docker"'],
    },
    { name: "low", own: false, verdict: "decided", why: [] },
    { name: "mine", own: true, verdict: "decided", why: [] },
    { name: "rest", own: true, verdict: "not_asked", why: [] },
  ]);
  for (const title of ["disk full", "other"]) {
    const said = (await dry(title)).json["messages"] as {
      method: string;
      status: string;
      reasons: string[];
    }[];
    const real = (await send(title)).messages;
    expect(said.map(({ method, status, reasons }) => [method, status, reasons.slice(1).join(" ")])).toEqual(
      real.map((one) => one.slice(0, 3)),
    );
  }
  const events = await server.sql("SELECT count(*) AS count FROM notification_events");
  expect(events[0]!["count"]).toBe(2);
  const mia = await addUser(server, "mia");
  expect((await dry("x", mia.token)).status).toBe(404);
  const asMia = await call(
    "POST",
    "/api/v2/users/me/notifications/dry-run",
    { kind: "task-failed" },
    mia.token,
  );
  expect(asMia.json["rules"]).toEqual([]);
  const unknown = await call("POST", "/api/v2/users/me/notifications/dry-run", { kind: "task" });
  expect(unknown.json.validations).toEqual([
    { field: "kind", detail: 'unknown kind "task", use a name such as task-failed' },
  ]);
});

test("the pages of rules have the dry run, each for whom it is about", async () => {
  const { server, token, create } = await start();
  const mia = await addUser(server, "mia");
  await create("gpu", { filter: 'template = "gpu-*"', suppress: true });
  await create("late", { filter: "severity = info", delay_seconds: 600, continue: true });
  await create("mine", { channels: ["inbox"] }, "/api/v2/users/mia/notifications/rules");
  const events = () => server.sql("SELECT count(*) AS count FROM notification_events");
  const before = await events();
  const shown = async (address: string, as: string) => {
    const answer = await get(server, address, cookieFor(as));
    return { status: answer.status, text: answer.text, words: wordsOf(answer) };
  };
  const event = "kind=custom-notification&template=docker&labels=a%3D1";
  const { text, words } = await shown(`/deployment/rules?user=mia&${event}`, token);
  expect(words).toContain(
    'gpu doesn\'t match: template = "gpu-*" is false: template is "docker" late decides mine (the recipient\'s own) decides',
  );
  expect(words).toContain("inbox: sent. ");
  expect(text).toMatch(/<option[^>]*value="custom-notification"[^>]*selected/);
  expect(text).toContain('value="docker"');
  const own = await shown(`/settings/rules?${event}&user=ada`, mia.token);
  expect(own.words).toContain("late (the deployment's) decides mine decides");
  expect(own.words).not.toContain("gpu doesn");
  const refused = await Promise.all(
    ["kind=task-failed&user=nobody", "kind=none", "kind=task-failed&labels=wrong"].map(async (query) => {
      const answer = await shown(`/deployment/rules?${query}`, token);
      return [answer.status, /aria-invalid="true"[\s\S]*?class="wrong"[^>]*>([^<]*)/.exec(answer.text)?.[1]];
    }),
  );
  expect(refused).toEqual([
    [400, "Unknown user &quot;nobody&quot;."],
    [400, expect.stringContaining("Unknown kind")],
    [400, "Each line must be a name and a value, for example task=migrate."],
  ]);
  expect(await events()).toEqual(before);
});
