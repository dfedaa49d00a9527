// The audit log: one entry for each action, in the write that performs it, readable by owners and auditors.
import { expect, test } from "vitest";
import { askForCode, changeWith, newPassword, startWithMail } from "../support/passcodes.ts";
import { addUser, owner, signIn, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const read = async (server: TestServer, token: string, query = "") => {
  const answer = await server.call("GET", `/api/v2/audit${query}`, { token });
  return { ...answer, ...answer.json };
};

/** Creates a user through the API, which is an audited action, and signs them in. */
async function makeUser(server: TestServer, token: string, username: string) {
  const user = {
    email: `${username}@example.com`,
    password: server.secret(`a-good-password-of-${username}-9`),
  };
  const created = await server.call("POST", "/api/v2/users", { token, json: { ...user, username } });
  expect(created.status).toBe(201);
  return { ...user, userId: created.json.id, token: await signIn(server, user) };
}

test("every action leaves one entry with actor, action and address, and no secret", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const mia = await makeUser(server, token, "mia");
  const call = <M extends string, P extends string>(method: M, path: P, json?: unknown, as = token) =>
    server.call(method, `/api/v2/users/${path}`, { token: as, ...(json === undefined ? {} : { json }) });
  const newPassword = server.secret("seven-green-bottles-41");
  await call("PUT", "me/profile", { username: "mia", name: "Mia" }, mia.token);
  await call("PUT", "me/password", { old_password: mia.password, password: newPassword }, mia.token);
  const created = await call("POST", "me/keys/tokens", { token_name: "ci" }, mia.token);
  await call("DELETE", `me/keys/${created.json.key.slice(0, 10)}`, undefined, mia.token);
  await call("PUT", "mia/roles", { roles: ["auditor"] });
  await call("PUT", "mia/roles", { roles: ["auditor"] });
  await call("PUT", "mia/status/suspend");
  await call("PUT", "mia/status/suspend");
  await call("PUT", "mia/status/activate");
  await call("DELETE", "mia");
  await call("DELETE", "me");

  const { text, entries } = await read(server, token);
  const actions = entries.map(
    (entry) => `${entry.user?.username ?? "-"} ${entry.action} ${entry.resource_type}`,
  );
  expect(actions.toReversed()).toEqual([
    "- create user",
    "ada login api_key",
    "ada create user",
    "mia login api_key",
    "mia write user",
    "mia write user",
    "mia create api_key",
    "mia delete api_key",
    "ada write user",
    "ada suspend user",
    "ada activate user",
    "ada delete user",
  ]);
  expect(entries.find((entry) => entry.action === "delete" && entry.resource_type === "user")).toMatchObject({
    resource_id: mia.userId,
    user: { id: userId },
    ip: "127.0.0.1",
    request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    time: new Date(server.clock.now()).toISOString(),
    detail: { username: "mia", email: "mia@example.com", roles: ["auditor"] },
  });
  for (const secret of [
    newPassword,
    mia.password,
    owner.password,
    "scrypt$",
    token.slice(11),
    created.json.key,
  ])
    expect(text).not.toContain(secret);
});

test("a refused request leaves no entry", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const before = (await read(server, token)).entries.length;
  await server.call("DELETE", "/api/v2/users/ada", { token: mia.token });
  await server.call("DELETE", "/api/v2/users/ada", { token });
  await server.call("PUT", "/api/v2/users/mia/profile", { token, json: { username: "ada", name: "" } });
  await server.call("POST", "/api/v2/users", {
    token,
    json: { email: "ada@example.com", username: "x", password: server.secret("seven-green-bottles-41") },
  });
  expect((await read(server, token)).entries).toHaveLength(before);
});

test("the log is read newest first, page by page, without a gap or a repetition", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  for (const name of ["ann", "ben", "cat"]) await makeUser(server, token, name);
  const all = (await read(server, token)).entries.map((entry) => entry.id);
  expect(all).toHaveLength(8);
  const paged: string[] = [];
  let next: number | null = null;
  do {
    const page = await read(server, token, `?limit=3${next === null ? "" : `&before=${next}`}`);
    expect(page.entries.length).toBeLessThanOrEqual(3);
    paged.push(...page.entries.map((entry) => entry.id));
    next = page.next;
  } while (next !== null);
  expect(paged).toEqual(all);
});

test("the log is filtered by actor, action and resource", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const mia = await makeUser(server, token, "mia");
  const actions = async (query: string) =>
    (await read(server, token, query)).entries.map((entry) => entry.action);
  expect(await actions("?user=mia")).toEqual(["login"]);
  expect(await actions(`?user=${mia.userId}`)).toEqual(["login"]);
  expect(await actions("?user=me")).toEqual(["create", "login"]);
  expect(await actions(`?user=${userId}&action=create`)).toEqual(["create"]);
  expect(await actions(`?resource_id=${mia.userId}`)).toEqual(["create"]);
  expect(await actions("?user=nobody")).toEqual([]);
});

test("only owners and auditors read the log, and unknown filters are refused", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  for (const [name, roles, status] of [
    ["aud", ["auditor"], 200],
    ["uma", ["user-admin"], 403],
    ["tom", ["template-admin"], 403],
    ["mia", [], 403],
  ] as [string, string[], number][]) {
    const { token: theirs } = await addUser(server, name, roles);
    expect((await read(server, theirs)).status, name).toBe(status);
  }
  expect((await server.call("GET", "/api/v2/audit")).status).toBe(401);
  for (const query of ["?limit=501", "?before=x", "?colour=blue", "?action="])
    expect((await server.call("GET", `/api/v2/audit${query}`, { token })).status, query).toBe(400);
});

test("a password reset is logged as requested, attempted and completed, without the code", async () => {
  const { server, codes } = await startWithMail();
  const { token, userId } = await signInFirst(server);
  server.secret(newPassword);
  await askForCode(server);
  await askForCode(server, "nobody@example.com");
  const [code] = codes();
  await changeWith(
    server,
    `${code!.slice(0, 5)}${code!.endsWith("00000000") ? "11111111" : "00000000"}`,
    newPassword,
  );
  await changeWith(server, "AAAA-00000000", newPassword, "nobody@example.com");
  const changed = await changeWith(server, code!, newPassword);
  const fresh = await signIn(server, { ...owner, password: newPassword });
  const { text, entries } = await read(server, fresh);
  expect(entries.toReversed().slice(2)).toMatchObject([
    { action: "request_password_reset", user: null, resource_id: userId, ip: "127.0.0.1" },
    { action: "request_password_reset", user: null, resource_id: null },
    { action: "password_reset_failed", resource_id: userId },
    { action: "password_reset_failed", resource_id: null },
    {
      action: "write",
      resource_id: userId,
      detail: { password: "reset", where: "with a passcode" },
      request_id: changed.headers.get("x-request-id"),
    },
    { action: "login", user: { id: userId } },
  ]);
  for (const secret of [...code!.split("-"), "nobody@example.com", newPassword, token.slice(11)])
    expect(text).not.toContain(secret);
});

test("an administrator's changes to the deployment and to templates are logged", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const kind = "/api/v2/notifications/templates/c425f63e-716a-4bf4-ae24-78348f706c3f";
  const calls: [string, string, unknown][] = [
    ["PUT", "/api/v2/notifications/settings", { notifier_paused: true }],
    ["PUT", "/api/v2/notifications/settings", { notifier_paused: false }],
    ["POST", `${kind}/versions`, { title_template: "x", body_template: "y" }],
    ["PUT", `${kind}/version`, { version: 2 }],
    ["PUT", `${kind}/method`, { method: "smtp" }],
    ["PUT", "/api/v2/prebuilds/settings", { reconciliation_paused: true }],
    ["POST", "/api/v2/organizations/default/provisionerkeys", { name: "rack" }],
  ];
  for (const [method, path, json] of calls) {
    const answer = await server.call(method, path, { token, json });
    expect(answer.status, `${method} ${path}`).toBeLessThan(300);
  }
  const version = await server.call("POST", "/api/v2/organizations/default/templateversions", {
    token,
    json: { name: "v1" },
  });
  const template = await server.call("POST", "/api/v2/organizations/default/templates", {
    token,
    json: { name: "docker", template_version_id: version.json.id },
  });
  await server.call("DELETE", `/api/v2/templates/${template.json.id}`, { token });
  const { entries } = await read(server, token);
  expect(
    entries
      .toReversed()
      .slice(2)
      .map(({ action, resource_type }) => `${action} ${resource_type}`),
  ).toEqual([
    "write notifications_settings",
    "write notifications_settings",
    "create notification_template",
    "write notification_template",
    "write notification_template",
    expect.stringMatching(/^write prebuild/),
    "create provisioner_key",
    "create template_version",
    "create template",
    "delete template",
  ]);
  for (const entry of entries) expect(entry).toMatchObject({ ip: "127.0.0.1" });
});

test("entries are kept for the configured time", async () => {
  const server = await startTestServer({ environment: { BELFRY_AUDIT_RETENTION: "2d" } });
  const { token } = await signInFirst(server);
  server.clock.advance(86_400_000);
  await signIn(server, owner);
  server.clock.advance(86_400_000 + 1);
  await server.runTick();
  const { entries } = await read(server, token);
  expect(entries.map(({ action }) => action)).toEqual(["login"]);
});
