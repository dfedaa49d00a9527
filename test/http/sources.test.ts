// Sources: what Coder's server posts becomes a notification of its user, once, or is refused with words.
import { expect, test } from "vitest";
import { coderMessage, eachKind, passcodeKindId } from "../support/coder-messages.ts";
import { cookieFor, get } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addSource, postMessage, startWithSource } from "../support/sources.ts";

test("each of Coder's kinds is shown as Coder wrote it, and is disabled by its id, as any other", async () => {
  const { server, post, inbox, mia, log } = await startWithSource();
  const path = "/api/v2/users/me/notifications/preferences";
  for (const [at, [name, message]] of eachKind().entries()) {
    const kind = message.payload.notification_template_id;
    const ofKind = async () => (await inbox()).filter(({ template_id }) => template_id === kind);
    const answer = await post(message);
    expect([answer.status, answer.text], name).toEqual([204, ""]);
    expect(await ofKind(), name).toMatchObject([
      {
        title: message.title_markdown,
        content: message.body_markdown,
        actions: message.payload.actions ?? [],
        targets: message.payload.targets,
        icon: expect.stringMatching(/^DEFAULT_ICON_/),
      },
    ]);
    const logged = await log();
    expect(logged, name).toHaveLength(Math.min(2 * at + 1, 50));
    expect(logged[0], name).toMatchObject({ template: { name }, created_by: "source:prod", status: "sent" });
    const json = { template_disabled_map: { [kind]: true } };
    expect((await server.call("PUT", path, { token: mia.token, json })).status).toBe(200);
    expect((await post({ ...message, msg_id: crypto.randomUUID() })).status).toBe(204);
    expect(await ofKind(), name).toHaveLength(1);
    expect((await log())[0]!.reasons, name).toContain("disabled_by_user");
  }
});

test("a message id counts once, also from another source and after its message was deleted", async () => {
  const { server, token, post, inbox, listed, source } = await startWithSource();
  const message = coderMessage();
  for (let sent = 0; sent < 3; sent += 1) expect((await post(message)).status).toBe(204);
  const other = await addSource(server, token, "other");
  expect((await postMessage(server, other, message)).status).toBe(204);
  expect(await inbox()).toHaveLength(1);
  expect(await listed()).toMatchObject({ name: "other", received: 0, unmatched: 0 });
  await server.sql("DELETE FROM notification_messages");
  await server.sql("DELETE FROM inbox_notifications");
  expect((await post(message)).status).toBe(204);
  // A source that is created again still knows it.
  expect((await server.call("DELETE", "/api/v2/sources/prod", { token })).status).toBe(204);
  expect((await post(message)).status).toBe(404);
  const again = await addSource(server, token, source.name);
  expect((await postMessage(server, again, message)).status).toBe(204);
  expect(await inbox()).toEqual([]);
  // Its receipt is deleted after 30 days, and its id with the source that brought it.
  server.clock.advance(30 * 86_400_000 + 1);
  await server.runTick();
  expect((await postMessage(server, again, message)).status).toBe(204);
  expect(await server.sql("SELECT count(*) AS count FROM inbox_notifications")).toEqual([{ count: 1 }]);
});

test("the same text of two messages is two notifications, as Coder has decided", async () => {
  const { post, inbox } = await startWithSource();
  for (let sent = 0; sent < 2; sent += 1) expect((await post(coderMessage())).status).toBe(204);
  expect(await inbox()).toHaveLength(2);
});

test("whom it is for: a pin, else the email address, else the username", async () => {
  const { server, token, mia, post, inbox } = await startWithSource();
  const bob = await addUser(server, "bob");
  const who = { user_id: "11111111-2222-4333-8444-555555555555" };
  const sent = async (user_email: string, user_username: string) => {
    const before = [await inbox(), await inbox(bob.token)].map(({ length }) => length);
    expect((await post(coderMessage({ ...who, user_email, user_username }))).status).toBe(204);
    const after = [await inbox(), await inbox(bob.token)].map(({ length }) => length);
    return ["mia", "bob"].filter((_name, at) => after[at]! > before[at]!);
  };
  expect(await sent("MIA@EXAMPLE.COM", "bob")).toEqual(["mia"]);
  expect(await sent(" mia@EXAMPLE.com ", "nobody")).toEqual(["mia"]);
  expect(await sent("nobody@example.com", "BOB")).toEqual(["bob"]);
  expect(await sent("", "bob")).toEqual(["bob"]);
  expect(await sent("", "prebuilds")).toEqual([]);
  const pin = (user: string) =>
    server.call(
      "PUT",
      `/api/v2/sources/prod/people/${who.user_id}` as "/api/v2/sources/{source}/people/{id}",
      {
        token,
        json: { user },
      },
    );
  expect((await pin("bob")).json).toMatchObject({ user: "bob", reason: "pinned" });
  expect(await sent("mia@example.com", "mia")).toEqual(["bob"]);
  expect((await pin(mia.userId)).json).toMatchObject({ user: "mia", reason: "pinned" });
  expect(await sent("bob@example.com", "bob")).toEqual(["mia"]);
  for (const unknown of ["nobody", "prebuilds"]) {
    const refused = await pin(unknown);
    expect([refused.status, refused.json.validations?.[0]?.field]).toEqual([400, "user"]);
  }
});

test("explain names the source, to the recipient and to owners", async () => {
  const { server, token, post, log, mia } = await startWithSource();
  await post(coderMessage());
  const [message] = await log();
  const explain = async (user: string) =>
    (
      await server.call(
        "GET",
        `/api/v2/notifications/events/${message!.event_id}/recipients/${user}` as "/api/v2/notifications/events/{id}/recipients/{user}",
        { token },
      )
    ).json.explanation;
  expect(await explain("mia")).toBe("It came from source prod, which named them as the recipient.");
  expect(await explain("ada")).toBe(
    "The user whom source prod named was notified. This user was not named by source prod.",
  );
  const page = await get(server, `/inbox/items/${message!.id}`, cookieFor(mia.token));
  expect(page.text).toContain("You get this because source prod sent it to you.");
});

test("off by default here doesn't undo an opt-in there; an owner's choice does", async () => {
  const { server, token, post, inbox, log } = await startWithSource();
  const taskIdle = "d4a6271c-cced-4ed0-84ad-afd02a9c7799";
  const send = () =>
    post(coderMessage({ notification_template_id: taskIdle, notification_name: "Task Idle" }));
  await send();
  expect(await inbox()).toHaveLength(1);
  const choose = (json: object) =>
    server.call(
      "PUT",
      `/api/v2/notifications/templates/${taskIdle}/choices` as "/api/v2/notifications/templates/{id}/choices",
      { token, json },
    );
  expect((await choose({ enabled_by_default: false })).status).toBe(200);
  await send();
  expect((await log())[0]!.reasons).toContain("off_by_default");
  expect((await choose({ enabled_by_default: null, disabled: true })).status).toBe(200);
  await send();
  expect((await log())[0]!.reasons).toContain("disabled_by_deployment");
  expect(await inbox()).toHaveLength(1);
});

test("while delivery is paused it waits, and is shown as Coder wrote it afterwards", async () => {
  const { server, token, post, inbox } = await startWithSource();
  const pause = (notifier_paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
  await pause(true);
  const [, message] = eachKind().at(-1)!;
  expect((await post(message)).status).toBe(204);
  expect(await inbox()).toEqual([]);
  await pause(false);
  await server.runTick();
  expect(await inbox()).toMatchObject([{ title: message.title_markdown, content: message.body_markdown }]);
});

test("a passcode is refused, whatever its form, and is nowhere", async () => {
  const { server, post, inbox, listed } = await startWithSource();
  const secret = server.secret("b1946ac9-2492-4d23-8c9e-5f5d1d0f9e77");
  const labels = { one_time_passcode: secret };
  const passcodes: unknown[] = [
    coderMessage({ notification_template_id: passcodeKindId, labels }),
    coderMessage({ notification_template_id: passcodeKindId.toUpperCase(), labels: { code: secret } }),
    coderMessage({ labels }),
    { payload: { notification_template_id: passcodeKindId, labels } },
    coderMessage({ user_id: "invalid", labels }),
  ];
  for (const message of passcodes) {
    const answer = await post(message);
    expect([answer.status, answer.json.message]).toEqual([
      422,
      "Passcodes are not accepted: they are sent by email only.",
    ]);
    expect(answer.text).not.toContain(secret);
  }
  expect(await inbox()).toEqual([]);
  expect(await listed()).toMatchObject({ received: 0 });
  const tables = await server.sql("SELECT name FROM sqlite_schema WHERE type = 'table'");
  for (const { name } of tables)
    expect(JSON.stringify(await server.sql(`SELECT * FROM "${String(name)}"`)), String(name)).not.toContain(
      secret,
    );
});

test("buttons lead to the web only; the rest of the message is shown", async () => {
  const { post, inbox } = await startWithSource();
  const urls = [
    "javascript:alert(1)",
    "/workspaces",
    "//evil.example",
    "ftp://x",
    "https://",
    "mailto:x@y.z",
  ];
  const good = { label: "View", url: "HTTPS://coder.example.com/@mia/web?a=1&b=2" };
  const actions = [...urls.map((url) => ({ label: url, url })), good];
  const body_markdown = "![x](https://evil.example/p.png) <script>alert(1)</script> {{ 1 | plus: 1 }}";
  expect((await post(coderMessage({ actions }, { body_markdown }))).status).toBe(204);
  const [item] = await inbox();
  expect(item).toMatchObject({ actions: [good], content: body_markdown });
});

const noMarkdown = { title_markdown: undefined, body_markdown: undefined };

test.each<[string, Partial<ReturnType<typeof coderMessage>>, string, string]>([
  [
    "plain text of an old envelope",
    { ...noMarkdown, _version: "1.0", title: "a *b* <c>", body: "# d\n- e" },
    "a \\*b\\* \\<c\\>",
    "\\# d\n\\- e",
  ],
  ["a title of several lines", { title_markdown: " a\n\nb " }, "a b", "Your workspace **web** was deleted."],
  [
    "no title at all",
    { title: "", title_markdown: "" },
    "Workspace Deleted",
    "Your workspace **web** was deleted.",
  ],
])("%s", async (_name, envelope, title, content) => {
  const { post, inbox } = await startWithSource();
  expect((await post(coderMessage({}, envelope))).status).toBe(204);
  expect(await inbox()).toMatchObject([{ title, content }]);
});

const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

const badInputs: [string, unknown, Record<string, string>, number, string][] = [
  ["no body", "", {}, 400, "body"],
  ["no JSON", "{", {}, 400, "body"],
  ["null", "null", {}, 400, "body"],
  ["a list", "[]", {}, 400, "body"],
  ["a string", '"x"', {}, 400, "body"],
  ["nothing of it", "{}", {}, 400, "_version"],
  ["another version", coderMessage({}, { _version: "2.0" }), {}, 400, "_version"],
  ["another payload", coderMessage({ _version: "9" }), {}, 400, "payload._version"],
  ["no payload", { ...coderMessage(), payload: null }, {}, 400, "payload"],
  ["an id that is none", coderMessage({}, { msg_id: "1" }), {}, 400, "msg_id"],
  ["a header that is none", coderMessage(), { "x-message-id": "1" }, 400, "X-Message-Id"],
  ["two ids", coderMessage(), { "x-message-id": crypto.randomUUID() }, 400, "X-Message-Id"],
  ["no id", { ...coderMessage(), msg_id: undefined }, {}, 400, "X-Message-Id"],
  ["no user", coderMessage({ user_id: "" }), {}, 400, "payload.user_id"],
  ["a username that is none", coderMessage({ user_username: 1 as never }), {}, 400, "payload.user_username"],
  ["an address that is none", coderMessage({ user_email: {} as never }), {}, 400, "payload.user_email"],
  ["no kind", coderMessage({ notification_template_id: "x" }), {}, 400, "payload.notification_template_id"],
  ["no name", coderMessage({ notification_name: "  " }), {}, 400, "payload.notification_name"],
  ["no title", { ...coderMessage(), title: null }, {}, 400, "title"],
  ["no text", { ...coderMessage(), body: 7 }, {}, 400, "body"],
  ["labels that are none", coderMessage({ labels: { a: 1 } as never }), {}, 400, "payload.labels.a"],
  ["a list of labels", coderMessage({ labels: [] as never }), {}, 400, "payload.labels"],
  ["data that is none", coderMessage({ data: "x" as never }), {}, 400, "payload.data"],
  ["targets that are none", coderMessage({ targets: ["x"] }), {}, 400, "payload.targets.0"],
  [
    "buttons that are none",
    coderMessage({ actions: [{ label: "x" }] as never }),
    {},
    400,
    "payload.actions.0.url",
  ],
  ["a text for buttons", coderMessage({ actions: "x" as never }), {}, 400, "payload.actions"],
  ["too deep", coderMessage({ data: { x: JSON.parse(deep(80)) as object } }), {}, 400, "body"],
  ["much too deep", deep(30_000), {}, 400, "body"],
  ["brackets that never end", "[".repeat(65_000), {}, 400, "body"],
  ["quotes that never end", `"${'\\"'.repeat(32_000)}`, {}, 400, "body"],
  ["too large", coderMessage({}, { body: "x".repeat(66_000) }), {}, 413, ""],
];

test("bad input is refused, its field is named, and nothing is stored", async () => {
  const { post, listed, inbox } = await startWithSource();
  for (const [name, message, headers, status, field] of badInputs) {
    const answer = await post(message, headers);
    expect([answer.status, answer.json.validations?.[0]?.field ?? ""], name).toEqual([status, field]);
    expect(await listed(), name).toMatchObject({ received: 0, last_received_at: null });
    expect(await inbox(), name).toEqual([]);
  }
});

test("who has no secret is limited as anybody is; who has one isn't", async () => {
  const { server, post, source } = await startWithSource({ environment: { BELFRY_API_RATE_LIMIT: "5" } });
  const wrong = () => postMessage(server, { address: `${source.address}x` }, coderMessage());
  const statuses: number[] = [];
  for (let tries = 0; tries < 7; tries += 1) statuses.push((await wrong()).status);
  expect(statuses.slice(-2)).toEqual([429, 429]);
  for (let tries = 0; tries < 7; tries += 1) expect((await post(coderMessage())).status).toBe(204);
});

test("every wrong secret costs the same, and says the same", async () => {
  const server = await startTestServer({ adapter: "plain", environment: { BELFRY_LOG_LEVEL: "debug" } });
  const { token } = await signInFirst(server);
  await addUser(server, "mia");
  const [prod, gone, old] = [
    await addSource(server, token, "prod"),
    await addSource(server, token, "gone"),
    await addSource(server, token, "old"),
  ];
  await server.call("DELETE", "/api/v2/sources/gone", { token });
  await server.call("POST", "/api/v2/sources/old/rotate" as "/api/v2/sources/{source}/rotate", { token });
  server.clock.advance(86_400_001);
  const addresses = [`${prod.address}x`, prod.address.slice(0, -1), gone.address, old.address];
  const cost = async (address: string, message: unknown) => {
    await server.settled();
    const from = server.logs.length;
    const { status, json } = await postMessage(server, { address }, message);
    expect([status, json.message]).toEqual([404, "Source not found, or you don't have access."]);
    await server.settled();
    return server.logs
      .slice(from)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === "a database batch")
      .map(({ mode, statements, changed, rows }) => [mode, statements, changed, rows]);
  };
  // The one row is the kind's, which the caller has named.
  for (const [message, rows] of [
    [coderMessage(), 1],
    [coderMessage({ user_email: "nobody@example.com", user_username: "nobody" }), 1],
    [coderMessage({ notification_template_id: crypto.randomUUID() }), 0],
    [coderMessage({ notification_template_id: passcodeKindId }), 0],
    ["{", 0],
  ] as const)
    for (const address of addresses) expect(await cost(address, message)).toEqual([["read", 6, 0, rows]]);
});

test("owners create, rename, disable, rotate and delete sources; each is audited, no secret is", async () => {
  const { server, token, source, post } = await startWithSource();
  const call = (method: "PATCH" | "POST" | "DELETE", path: string, json?: object) =>
    server.call(method, `/api/v2/sources${path}` as "/api/v2/sources/{source}", { token, json });
  expect(source.address).toMatch(/^http:\/\/[^/]+\/api\/v2\/source-messages\/[A-Za-z0-9]{43}$/);
  for (const [name, why] of [
    ["Prod", "must contain only lowercase letters"],
    ["", "must have 1 to 32 characters"],
    ["a b", "must contain only"],
    ["x".repeat(33), "must have 1 to 32"],
  ]) {
    const refused = await call("POST", "", { name, kind: "coder" });
    expect([refused.status, refused.json.message.includes(`name: ${why}`)], name).toEqual([400, true]);
  }
  expect((await call("POST", "", { name: "x", kind: "github" })).status).toBe(400);
  expect((await call("POST", "", { name: "prod", kind: "coder" })).status).toBe(409);
  await addSource(server, token, "other");
  expect((await call("PATCH", "/other", { name: "prod" })).status).toBe(409);
  expect((await call("PATCH", "/other", { name: "A" })).status).toBe(400);
  expect((await call("PATCH", "/none", { name: "x" })).status).toBe(404);
  expect((await call("PATCH", "/other", {})).json).toMatchObject({ name: "other", enabled: true });
  expect((await call("PATCH", "/other", { name: "main" })).json).toMatchObject({ name: "main" });
  expect((await call("PATCH", "/prod", { enabled: false })).json).toMatchObject({ enabled: false });
  const disabled = await post(coderMessage());
  expect([disabled.status, disabled.json.detail]).toEqual([
    403,
    "Source prod is disabled. An owner can enable it under Deployment, Sources.",
  ]);
  expect((await call("PATCH", "/prod", { enabled: true })).status).toBe(200);
  const rotated = await server.call(
    "POST",
    "/api/v2/sources/prod/rotate" as "/api/v2/sources/{source}/rotate",
    { token },
  );
  expect([rotated.status, rotated.json.address === source.address]).toEqual([200, false]);
  server.secret(rotated.json.address.split("/").at(-1)!);
  // Both work for a day.
  expect((await post(coderMessage())).status).toBe(204);
  expect((await postMessage(server, rotated.json, coderMessage())).status).toBe(204);
  server.clock.advance(86_400_000);
  expect((await post(coderMessage())).status).toBe(404);
  expect((await postMessage(server, rotated.json, coderMessage())).status).toBe(204);
  expect((await call("DELETE", "/main")).status).toBe(204);
  expect((await call("DELETE", "/main")).status).toBe(404);
  const audit = (await server.call("GET", "/api/v2/audit?limit=100", { token })).json as unknown as {
    resource_type: string;
    action: string;
    detail: unknown;
  }[];
  const entries = (Array.isArray(audit) ? audit : (audit as { entries: typeof audit }).entries).filter(
    ({ resource_type }) => resource_type === "source",
  );
  expect(entries.map(({ action }) => action).toReversed()).toEqual([
    "create",
    "create",
    "write",
    "write",
    "write",
    "rotate",
    "delete",
  ]);
  const stored = JSON.stringify(await server.sql("SELECT * FROM sources"));
  for (const { address } of [source, rotated.json])
    for (const text of [stored, JSON.stringify(audit)])
      expect(text).not.toContain(address.split("/").at(-1)!);
});
