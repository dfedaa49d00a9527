// Coder's own command line against Belfry: what each of its commands sends, and that it can read what comes back.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { createCoderClient, shapes, type CoderClient } from "../support/coder-client.ts";
import { addUser, owner, startTestServer, type TestServer } from "../support/server.ts";

const api = "/api/v2";
const customTemplate = "39b1e189-c857-4b0c-877a-511144c18516";
const day = 86_400_000_000_000;

/** What it sends besides, whether or not anybody wants a trial of Coder's. */
const trial = {
  trial: false,
  trial_info: {
    first_name: "",
    last_name: "",
    phone_number: "",
    job_title: "",
    company_name: "",
    country: "",
    developers: "",
  },
};

/** `coder login URL` where nobody is yet. */
async function loginAsFirst(server: TestServer): Promise<CoderClient> {
  const coder = createCoderClient(server.url, "coder login");
  const { email, password } = owner;
  server.secret(password);
  await coder.refused(404, "GET", `${api}/users/first`);
  await coder.read(shapes.firstUser, 201, "POST", `${api}/users/first`, { ...owner, ...trial });
  const session = await coder.read(shapes.login, 201, "POST", `${api}/users/login`, { email, password });
  coder.token = server.secret(session.session_token);
  await coder.read(shapes.user, 200, "GET", `${api}/users/me`);
  return coder;
}

async function start() {
  const server = await startTestServer();
  return { server, coder: await loginAsFirst(server) };
}

/** `coder users create --username … --email …`: it makes up a password and looks for the organization. */
async function createUser(server: TestServer, coder: CoderClient, username: string) {
  const organizations = await coder.read(
    z.array(shapes.organization).length(1),
    200,
    "GET",
    `${api}/users/me/organizations`,
  );
  const password = server.secret(`2krp6g3j2t3v6zeu3se7${username}`);
  const user = await coder.read(shapes.user, 201, "POST", `${api}/users`, {
    email: `${username}@example.com`,
    username,
    name: "",
    password,
    login_type: "password",
    user_status: null,
    organization_ids: [organizations[0]!.id],
  });
  return { user, password };
}

/** Another person, signed in at a terminal of their own. */
async function startAs(server: TestServer, coder: CoderClient, username: string): Promise<CoderClient> {
  const { user, password } = await createUser(server, coder, username);
  const other = createCoderClient(server.url);
  const json = { email: user.email, password };
  const { session_token } = await other.read(shapes.login, 201, "POST", `${api}/users/login`, json);
  other.token = server.secret(session_token);
  return other;
}

const createToken = async (server: TestServer, coder: CoderClient, body: object) =>
  server.secret((await coder.read(shapes.key, 201, "POST", `${api}/users/me/keys/tokens`, body)).key);

describe("coder login", () => {
  test("accepts Belfry as its server, without a version warning", async () => {
    const server = await startTestServer();
    const coder = createCoderClient(server.url, "coder login");
    const { status, headers } = await coder.send("GET", `${api}/users/first`);
    // A 404 without this header is "not a coder instance". Any release but v0.0.0 is compared with its own.
    expect([status, headers["x-coder-build-version"]]).toEqual([404, expect.stringMatching(/^v0\.0\.0/)]);
    expect(headers["x-coder-entitlements-warning"]).toBeUndefined();
    await coder.read(shapes.buildInfo, 200, "GET", `${api}/buildinfo`);
    await coder.read(shapes.authMethods, 200, "GET", `${api}/users/authmethods`);
  });

  test("creates the first user and signs in", async () => {
    const { coder } = await start();
    const me = await coder.read(shapes.user, 200, "GET", `${api}/users/me`);
    expect(me).toMatchObject({ username: "ada", name: "Ada Lovelace", roles: [{ name: "owner" }] });
    await coder.read(shapes.message, 200, "GET", `${api}/users/first`);
    await coder.refused(409, "POST", `${api}/users/first`, { ...owner, ...trial });
  });

  test("--token creates a session; logging out ends the session and not the token", async () => {
    const { server, coder } = await start();
    const token = await createToken(server, coder, { lifetime: day, token_name: "laptop" });
    const laptop = createCoderClient(server.url, "coder login");
    await laptop.read(shapes.message, 200, "GET", `${api}/users/first`);
    laptop.token = token;
    laptop.token = server.secret((await laptop.read(shapes.key, 201, "POST", `${api}/users/me/keys`)).key);
    await laptop.read(shapes.user, 200, "GET", `${api}/users/me`);
    await laptop.read(shapes.message, 200, "POST", `${api}/users/logout`);
    await laptop.refused(401, "GET", `${api}/users/me`);
    laptop.token = token;
    await laptop.read(shapes.user, 200, "GET", `${api}/users/me`);
  });

  test("without a token sends people to /cli-auth, and takes what they paste", async () => {
    const { server, coder } = await start();
    const headers = { cookie: `coder_session_token=${coder.token}`, accept: "text/html" };
    expect((await server.call("GET", "/cli-auth", { headers })).text).toContain("Create token");
    const page = await server.call("POST", "/cli-auth", {
      headers: { ...headers, origin: server.url, "content-type": "application/x-www-form-urlencoded" },
      body: "",
    });
    const key = /value="([A-Za-z0-9]{10}-[A-Za-z0-9]{22})"/.exec(page.text)?.[1];
    const pasted = createCoderClient(server.url, "coder login");
    // It asks again until somebody is signed in with what was pasted.
    pasted.token = "nonsense";
    await pasted.refused(401, "GET", `${api}/users/me`);
    pasted.token = server.secret(key!);
    expect((await pasted.read(shapes.user, 200, "GET", `${api}/users/me`)).username).toBe("ada");
  });

  test("shows the error for a wrong password or an unknown token", async () => {
    const { coder } = await start();
    const wrong = { email: owner.email, password: "wrong" };
    expect((await coder.refused(401, "POST", `${api}/users/login`, wrong)).message).toContain("password");
    coder.token = "aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb";
    await coder.refused(401, "POST", `${api}/users/me/keys`);
    coder.token = "";
    await coder.refused(401, "GET", `${api}/users/me`);
  });
});

test("coder whoami and logout: who it is, until the session is over", async () => {
  const { coder } = await start();
  expect((await coder.read(shapes.user, 200, "GET", `${api}/users/me`)).username).toBe("ada");
  await coder.read(shapes.message, 200, "POST", `${api}/users/logout`);
  await coder.refused(401, "GET", `${api}/users/me`);
});

describe("coder users", () => {
  test("create, list and show", async () => {
    const { server, coder } = await start();
    const { user: mary } = await createUser(server, coder, "mary");
    expect(mary).toMatchObject({ status: "active", login_type: "password", roles: [] });
    expect(mary.last_seen_at).toBe("0001-01-01T00:00:00Z");
    // The list comes with an empty search.
    const { users, count } = await coder.read(shapes.users, 200, "GET", `${api}/users?q=`);
    expect([users.map(({ username }) => username), count]).toEqual([["ada", "mary"], 2]);
    const shown = await coder.read(shapes.user, 200, "GET", `${api}/users/mary`);
    expect(shown).toEqual(mary);
    const organization = `${api}/organizations/${shown.organization_ids[0]}`;
    expect((await coder.read(shapes.organization, 200, "GET", organization)).name).toBe("default");
    const byName = `${api}/users/me/organizations/default`;
    expect((await coder.read(shapes.organization, 200, "GET", byName)).is_default).toBe(true);
  });

  test("create names the field that is invalid or taken", async () => {
    const { server, coder } = await start();
    await createUser(server, coder, "mary");
    const again = {
      email: "other@example.com",
      username: "mary",
      name: "",
      password: server.secret("2krp6g3j2t3v6zeu3se7"),
      login_type: "password",
      user_status: null,
      organization_ids: null,
    };
    const fields = ({ validations = [] }: { validations?: { field: string }[] | undefined }) =>
      validations.map(({ field }) => field);
    expect(fields(await coder.refused(409, "POST", `${api}/users`, again))).toEqual(["username"]);
    // --login-type none: there is no other way to sign in than a password.
    const noLogin = { ...again, password: "", login_type: "none" };
    expect(fields(await coder.refused(400, "POST", `${api}/users`, noLogin))).toEqual(["login_type"]);
  });

  test("suspend and activate: by the name first, then by the id, without a body", async () => {
    const { server, coder } = await start();
    await createUser(server, coder, "mary");
    for (const [verb, status] of [
      ["suspend", "suspended"],
      ["activate", "active"],
    ] as const) {
      const { id } = await coder.read(shapes.user, 200, "GET", `${api}/users/mary`);
      const changed = await coder.read(shapes.user, 200, "PUT", `${api}/users/${id}/status/${verb}`);
      expect(changed.status).toBe(status);
    }
    await coder.refused(404, "GET", `${api}/users/nobody`);
  });

  test("edit-roles lists the roles and those of the user", async () => {
    const { server, coder } = await start();
    await createUser(server, coder, "mary");
    await coder.read(shapes.user, 200, "GET", `${api}/users/mary`);
    const has = await coder.read(shapes.userRoles, 200, "GET", `${api}/users/mary/roles`);
    expect(has).toEqual({ roles: [], organization_roles: {} });
    const known = await coder.read(z.array(shapes.siteRole), 200, "GET", `${api}/users/roles`);
    expect(known.map(({ name, assignable }) => [name, assignable])).toEqual([
      ["owner", true],
      ["user-admin", true],
      ["template-admin", true],
      ["auditor", true],
    ]);
    const changed = await coder.read(shapes.user, 200, "PUT", `${api}/users/mary/roles`, {
      roles: ["user-admin", "template-admin"],
    });
    expect(changed.roles.map(({ display_name }) => display_name).toSorted()).toEqual([
      "Template Admin",
      "User Admin",
    ]);
    const joe = await startAs(server, coder, "joe");
    const seen = await joe.read(z.array(shapes.siteRole), 200, "GET", `${api}/users/roles`);
    expect(seen.every(({ assignable }) => !assignable)).toBe(true);
  });

  test("a user-admin gets an error that they can't assign roles", async () => {
    const { server, coder } = await start();
    const joe = await startAs(server, coder, "joe");
    await coder.read(shapes.user, 200, "PUT", `${api}/users/joe/roles`, { roles: ["user-admin"] });
    const seen = await joe.read(z.array(shapes.siteRole), 200, "GET", `${api}/users/roles`);
    expect(seen.every(({ assignable }) => !assignable)).toBe(true);
  });

  test("delete, by id", async () => {
    const { server, coder } = await start();
    const { user } = await createUser(server, coder, "mary");
    await coder.read(shapes.message, 200, "DELETE", `${api}/users/${user.id}`);
    await coder.refused(404, "GET", `${api}/users/mary`);
  });
});

describe("coder tokens", () => {
  test("create uses the longest lifetime by default", async () => {
    const { server, coder } = await start();
    const { max_token_lifetime } = await coder.read(
      shapes.tokenConfig,
      200,
      "GET",
      `${api}/users/me/keys/tokens/tokenconfig`,
    );
    const key = await createToken(server, coder, { lifetime: max_token_lifetime, token_name: "" });
    const byId = `${api}/users/me/keys/${key.split("-")[0]}`;
    const { token_name, lifetime_seconds } = await coder.read(shapes.apiKey, 200, "GET", byId);
    expect([token_name, lifetime_seconds]).toEqual([expect.stringMatching(/./), max_token_lifetime / 1e9]);
  });

  test("list and view, one's own and everybody's", async () => {
    const { server, coder } = await start();
    const path = `${api}/users/me/keys/tokens`;
    expect(await coder.read(z.array(shapes.apiKey), 200, "GET", `${path}?include_all=false`)).toEqual([]);
    const joe = await startAs(server, coder, "joe");
    await createToken(server, coder, { lifetime: day, token_name: "ci" });
    server.clock.advance(1_000);
    await createToken(server, joe, { lifetime: day, token_name: "joes", scopes: ["coder:all"] });
    const list = (who: CoderClient, query: string) =>
      who.read(z.array(shapes.token), 200, "GET", `${path}?${query}`);
    const names = async (who: CoderClient, query: string) =>
      (await list(who, query)).map(({ token_name, username }) => `${username} ${token_name}`);
    expect(await names(coder, "include_all=false")).toEqual(["ada ci"]);
    expect(await names(coder, "include_all=true&include_expired=false")).toEqual(["ada ci", "joe joes"]);
    expect(await names(joe, "include_all=true")).toEqual(["joe joes"]);
    expect((await coder.read(shapes.apiKey, 200, "GET", `${path}/ci`)).last_used).toBe(
      "0001-01-01T00:00:00Z",
    );
  });

  test("remove looks for a name first and for an id then, also with a whole token", async () => {
    const { server, coder } = await start();
    const key = await createToken(server, coder, { lifetime: day, token_name: "ci" });
    const [id] = key.split("-");
    await coder.refused(404, "GET", `${api}/users/me/keys/tokens/${key}`);
    await coder.read(shapes.apiKey, 200, "GET", `${api}/users/me/keys/${id}`);
    await coder.done(204, "DELETE", `${api}/users/me/keys/${id}`);
    await coder.refused(404, "GET", `${api}/users/me/keys/tokens/ci`);
    await coder.refused(404, "GET", `${api}/users/me/keys/ci`);
  });

  test("an unknown scope is refused by its name", async () => {
    const { coder } = await start();
    const body = { lifetime: day, scopes: ["workspace:read"], token_name: "x" };
    const { message } = await coder.refused(400, "POST", `${api}/users/me/keys/tokens`, body);
    expect(message).toContain('"workspace:read"');
  });
});

describe("coder notifications", () => {
  test("pause and resume, again and again", async () => {
    const { coder } = await start();
    const path = `${api}/notifications/settings`;
    for (const notifier_paused of [true, false]) {
      await coder.read(shapes.settings, 200, "PUT", path, { notifier_paused });
      await coder.done(304, "PUT", path, { notifier_paused });
      expect(await coder.read(shapes.settings, 200, "GET", path)).toEqual({ notifier_paused });
    }
  });

  test("test has no body, and custom has two words", async () => {
    const { coder } = await start();
    await coder.done(204, "POST", `${api}/notifications/test`);
    const content = { title: "Build <done>", message: "All & 312" };
    await coder.done(204, "POST", `${api}/notifications/custom`, { content });
    const inbox = await coder.read(shapes.inbox, 200, "GET", `${api}/notifications/inbox`);
    expect(inbox.unread_count).toBe(2);
    expect(inbox.notifications[0]).toMatchObject({ title: "Build <done>", content: "All & 312" });
  });

  test("are refused with a reason: a member's pause and test, an empty text, the same twice", async () => {
    const { server, coder } = await start();
    const joe = await startAs(server, coder, "joe");
    const path = `${api}/notifications/custom`;
    await joe.refused(403, "PUT", `${api}/notifications/settings`, { notifier_paused: true });
    await joe.refused(403, "POST", `${api}/notifications/test`);
    const { validations } = await joe.refused(400, "POST", path, { content: { title: "", message: " " } });
    expect(validations?.map(({ field }) => field)).toEqual(["content.title", "content.message"]);
    await joe.refused(400, "POST", path, { content: null });
    const content = { title: "Build done", message: "All 312 tests passed" };
    await joe.done(204, "POST", path, { content });
    expect((await joe.refused(409, "POST", path, { content })).message).toContain("same notification");
  });
});

test("the rest of codersdk's notifications: templates, methods, preferences, the inbox", async () => {
  const { coder } = await start();
  const me = await coder.read(shapes.user, 200, "GET", `${api}/users/me`);
  for (const kind of ["system", "custom"]) {
    const path = `${api}/notifications/templates/${kind}`;
    for (const { actions } of await coder.read(z.array(shapes.template).min(1), 200, "GET", path))
      expect(JSON.parse(actions)).toBeInstanceOf(Array);
  }
  await coder.read(shapes.methods, 200, "GET", `${api}/notifications/dispatch-methods`);
  const method = `${api}/notifications/templates/${customTemplate}/method`;
  await coder.read(shapes.message, 200, "PUT", method, { method: "webhook" });
  await coder.done(304, "PUT", method, { method: "webhook" });
  const preferences = `${api}/users/${me.id}/notifications/preferences`;
  expect((await coder.send("GET", preferences)).text).toBe("null");
  const wanted = { template_disabled_map: { [customTemplate]: false } };
  const chosen = await coder.read(z.array(shapes.preference), 200, "PUT", preferences, wanted);
  expect(chosen).toMatchObject([{ id: customTemplate, disabled: false }]);
  await coder.done(204, "POST", `${api}/notifications/custom`, { content: { title: "one", message: "x" } });
  const query = `read_status=unread&templates=${customTemplate}`;
  const { notifications } = await coder.read(shapes.inbox, 200, "GET", `${api}/notifications/inbox?${query}`);
  const item = `${api}/notifications/inbox/${notifications[0]!.id}/read-status`;
  const read = await coder.read(shapes.inboxItem, 200, "PUT", item, { is_read: true });
  expect([read.unread_count, read.notification.read_at]).toEqual([0, expect.stringMatching(/Z$/)]);
  await coder.done(204, "PUT", `${api}/notifications/inbox/mark-all-as-read`);
  const older = `${api}/notifications/inbox?starting_before=${notifications[0]!.id}`;
  expect(await coder.read(shapes.inbox, 200, "GET", older)).toEqual({ notifications: [], unread_count: 0 });
});

test("unsupported routes are refused as JSON with an alternative", async () => {
  const { coder, server } = await start();
  for (const [method, path, body] of [
    ["GET", `${api}/deployment/config`],
    ["GET", `${api}/entitlements`],
    ["GET", `${api}/experiments`],
    ["GET", `${api}/users/me/gitsshkey`],
    ["GET", `${api}/workspaceproxies`],
    ["POST", `${api}/authcheck`, { checks: {} }],
  ] as const) {
    const { message, detail } = await coder.refused(404, method, path, body);
    expect(message).toBe(`Belfry has no ${method} ${path.split("?")[0]}.`);
    expect(detail).toContain(`${server.url}/docs/reference/coder-compatibility`);
  }
});

test("the dashboard's preferences are kept for each user", async () => {
  const server = await startTestServer();
  const coder = createCoderClient(server.url, "coder dashboard");
  const { email, password } = owner;
  await coder.send("POST", `${api}/users/first`, { ...owner });
  const { session_token: token } = await coder.read(shapes.login, 201, "POST", `${api}/users/login`, {
    email,
    password,
  });
  server.secret(token);
  const mia = await addUser(server, "mia");
  const ask = (method: string, user: string, json?: object, as = token) =>
    server.call(method, `${api}/users/${user}/preferences`, { token: as, ...(json && { json }) });
  const [no, yes] = [false, true].map((dismissed) => ({ task_notification_alert_dismissed: dismissed }));
  expect((await ask("GET", "me")).json).toEqual(no);
  for (let time = 0; time < 2; time += 1) expect((await ask("PUT", "me", yes)).json).toEqual(yes);
  expect((await ask("GET", "me")).json).toEqual(yes);
  expect((await ask("GET", "mia")).json).toEqual(no);
  expect((await ask("PUT", "me", { task_notification_alert_dismissed: "yes" })).status).toBe(400);
  expect((await ask("GET", "ada", undefined, mia.token)).status).toBe(404);
});
