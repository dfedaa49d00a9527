// Users: who may see, make, change and remove whom; and that an owner always remains.
import { expect, test } from "vitest";
import { prebuildsUser, siteRoles } from "../../db/schema.ts";
import { listTokens } from "../../src/accounts/store/keys.ts";
import { isNotLastOwnerSql, setStatus } from "../../src/accounts/store/manage.ts";
import { findUserState } from "../../src/accounts/store/users.ts";
import type { User } from "../support/answers.ts";
import {
  addUser,
  signIn,
  signInFirst,
  startTestServer,
  type CallAnswer,
  type TestServer,
  type TestServerOptions,
} from "../support/server.ts";

const goodPassword = "seven-green-bottles-41";

/** Calls as one user: `as(token)("PUT", "/bob/roles", json)`. */
const usersCalls =
  (server: TestServer) =>
  (token: string) =>
  <M extends string, P extends "" | `${"/" | "?"}${string}`>(method: M, path: P, json?: unknown) =>
    server.call(method, `/api/v2/users${path}`, {
      token,
      ...(json === undefined ? {} : { json }),
    });

/** An owner and one user of each role. */
async function startWithRoles(options?: TestServerOptions) {
  const server = await startTestServer(options);
  server.secret(goodPassword);
  const { token, userId } = await signInFirst(server);
  const as = usersCalls(server);
  const [admin, template, auditor, member] = await Promise.all([
    addUser(server, "uma", ["user-admin"]),
    addUser(server, "tom", ["template-admin"]),
    addUser(server, "aud", ["auditor"]),
    addUser(server, "mia"),
  ]);
  return {
    server,
    as,
    token,
    userId,
    admin: admin!,
    template: template!,
    auditor: auditor!,
    member: member!,
  };
}

const fieldsOf = (answer: CallAnswer) => answer.json.validations?.map((one) => one.field);
const alive = async (server: TestServer, token: string) =>
  (await server.call("GET", "/api/v2/users/me", { token })).status;

test("a user looks as Coder's clients expect", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const body = {
    email: "Grace@example.com",
    username: "grace",
    name: " Grace Hopper ",
    password: server.secret(goodPassword),
    login_type: "password",
    user_status: null,
    organization_ids: (await server.call("GET", "/api/v2/users/me", { token })).json.organization_ids,
  };
  const created = await usersCalls(server)(token)("POST", "", body);
  expect(created.status).toBe(201);
  expect(created.json).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    username: "grace",
    name: "Grace Hopper",
    email: "Grace@example.com",
    avatar_url: "",
    created_at: new Date(server.clock.now()).toISOString(),
    updated_at: new Date(server.clock.now()).toISOString(),
    last_seen_at: "0001-01-01T00:00:00Z",
    status: "active",
    login_type: "password",
    theme_preference: "",
    organization_ids: body.organization_ids,
    roles: [],
  });
  for (const name of [created.json.id, created.json.id.toUpperCase(), "grace", "GRACE"]) {
    expect((await usersCalls(server)(token)("GET", `/${name}`)).json).toEqual(created.json);
  }
});

test("users are listed by name, searched, and paged with their whole count", async () => {
  const { server, as, token } = await startWithRoles();
  await as(token)("PUT", "/mia/status/suspend");
  const list = async (query: string) => {
    const { json } = await server.call("GET", `/api/v2/users${query}`, { token });
    return { names: json.users.map((user) => user.username), count: json.count };
  };
  const everybody = ["ada", "aud", "mia", "tom", "uma"];
  expect(await list("")).toEqual({ names: everybody, count: 5 });
  expect(await list("?q=&limit=0&offset=0")).toEqual({ names: everybody, count: 5 });
  expect(await list("?limit=2&offset=1")).toEqual({ names: ["aud", "mia"], count: 5 });
  expect(await list("?limit=2&offset=9")).toEqual({ names: [], count: 5 });
  expect(await list("?offset=4")).toEqual({ names: everybody.slice(4), count: 5 });
  expect(await list("?q=status:active")).toEqual({ names: ["ada", "aud", "tom", "uma"], count: 4 });
  expect(await list("?q=status:suspended")).toEqual({ names: ["mia"], count: 1 });
  expect(await list("?q=status:active,suspended")).toEqual({ names: everybody, count: 5 });
  expect(await list("?q=status:dormant")).toEqual({ names: [], count: 0 });
  expect(await list("?q=role:owner")).toEqual({ names: ["ada"], count: 1 });
  expect(await list("?q=role:auditor,user-admin%20status:active")).toEqual({
    names: ["aud", "uma"],
    count: 2,
  });
  expect(await list("?q=role:member")).toEqual({ names: everybody, count: 5 });
  expect(await list("?q=LOVE")).toEqual({ names: ["ada"], count: 1 });
  expect(await list("?q=%22ada%20love%22")).toEqual({ names: ["ada"], count: 1 });
  expect(await list("?q=mia%40example.com")).toEqual({ names: ["mia"], count: 1 });
  expect(await list("?q=100%25_")).toEqual({ names: [], count: 0 });
});

test("the list refuses unknown filters and invalid numbers, and names them", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  for (const query of ["?q=status:asleep", "?q=role:king", "?q=shoe:42", "?limit=-1", "?offset=x"] as const) {
    const answer = await usersCalls(server)(token)("GET", query);
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual([query.slice(1, query.indexOf("="))]);
  }
});

test("administrators and auditors see all users, members themselves", async () => {
  const { server, as, admin, template, auditor, member, userId } = await startWithRoles();
  for (const { token } of [admin, template, auditor]) {
    expect((await as(token)("GET", "")).status).toBe(200);
    expect((await as(token)("GET", "/ada")).json.username).toBe("ada");
  }
  expect((await as(member.token)("GET", "")).status).toBe(403);
  expect((await as(member.token)("GET", "/mia")).json.id).toBe(member.userId);
  const invisible = await as(member.token)("GET", "/ada");
  const unknown = await as(member.token)("GET", "/nobody");
  expect(invisible.status).toBe(404);
  expect(unknown.text).toBe(invisible.text);
  expect((await as(member.token)("GET", `/${userId}`)).text).toBe(unknown.text);
  expect((await server.call("GET", "/api/v2/users/me")).status).toBe(401);
  expect((await server.call("GET", "/api/v2/users")).status).toBe(401);
});

test("users without the permission are refused on every route, and nothing changes", async () => {
  const { as, token, template, auditor, member } = await startWithRoles();
  const before = (await as(token)("GET", "")).text;
  const newUser = { email: "x@example.com", username: "x", password: goodPassword };
  const attempts: [string, `/${string}`, unknown?][] = [
    ["DELETE", "/uma"],
    ["PUT", "/uma/profile", { username: "umaa", name: "" }],
    ["PUT", "/uma/password", { password: goodPassword }],
    ["PUT", "/uma/roles", { roles: [] }],
    ["PUT", "/uma/status/suspend"],
    ["PUT", "/uma/status/activate"],
  ];
  for (const caller of [template, auditor]) {
    expect((await as(caller.token)("POST", "", newUser)).status).toBe(403);
    for (const attempt of attempts) expect((await as(caller.token)(...attempt)).status).toBe(403);
  }
  expect((await as(member.token)("POST", "", newUser)).status).toBe(403);
  for (const attempt of attempts) expect((await as(member.token)(...attempt)).status).toBe(404);
  expect((await as(token)("GET", "")).text).toBe(before);
});

test("a user-admin manages members without a site role, and can't change roles", async () => {
  const { as, token, admin, member } = await startWithRoles();
  const asAdmin = as(admin.token);
  const created = await asAdmin("POST", "", {
    email: "x@example.com",
    username: "x",
    password: goodPassword,
  });
  expect(created.status).toBe(201);
  for (const role of siteRoles) {
    const refused = await asAdmin("PUT", "/x/roles", { roles: [role] });
    expect(refused).toMatchObject({ status: 403, json: { detail: expect.stringContaining(role) } });
  }
  expect(await asAdmin("PUT", "/x/roles", { roles: ["member"] })).toMatchObject({ status: 200 });
  expect((await asAdmin("PUT", "/x/profile", { username: "xenia" })).json.username).toBe("xenia");
  expect((await asAdmin("PUT", "/mia/status/suspend")).json.status).toBe("suspended");
  expect((await asAdmin("DELETE", `/${member.userId}`)).status).toBe(200);
  for (const role of siteRoles) {
    await as(token)("PUT", "/xenia/roles", { roles: [role] });
    for (const [method, path, json] of [
      ["DELETE", ""],
      ["PUT", "/profile", { username: "other" }],
      ["PUT", "/password", { password: goodPassword }],
      ["PUT", "/roles", { roles: [] }],
      ["PUT", "/roles", { roles: siteRoles }],
      ["PUT", "/status/suspend"],
      ["PUT", "/status/activate"],
      ["POST", "/keys/tokens", {}],
    ] as [string, `/${string}`, unknown?][]) {
      const { status } = await asAdmin(method, `/xenia${path}`, json);
      expect(status, `${role}: ${method} ${path}`).toBe(403);
    }
    expect((await as(token)("GET", "/xenia")).json).toMatchObject({
      roles: [{ name: role }],
      status: "active",
    });
  }
  expect((await as(token)("GET", "/me")).json.roles).toHaveLength(1);
});

const badUsers: [wrong: object, fields: string[]][] = [
  [{ email: "nobody" }, ["email"]],
  [{ username: "first" }, ["username"]],
  [{ username: "-x" }, ["username"]],
  [{ password: "x" }, ["password"]],
  [{ password: "xaverius-xaverius", username: "xaverius" }, ["password"]],
  [{ email: "x", username: "", password: "" }, ["email", "username", "password"]],
  [{ name: "x".repeat(129) }, ["name"]],
  [{ login_type: "github" }, ["login_type"]],
  [{ user_status: "dormant" }, ["user_status"]],
  [{ organization_ids: ["3f2b1a52-9a83-4a3f-8f4f-000000000000"] }, ["organization_ids"]],
  [{ username: undefined, password: 7 }, ["username", "password"]],
];

test("an invalid new user is refused with every invalid field, and nothing is created", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const good = { email: "x@example.com", username: "x", password: goodPassword };
  for (const [wrong, fields] of badUsers) {
    const answer = await usersCalls(server)(token)("POST", "", { ...good, ...wrong });
    expect(answer.status, JSON.stringify(wrong)).toBe(400);
    expect(fieldsOf(answer)).toEqual(fields);
  }
  expect((await usersCalls(server)(token)("GET", "")).json.count).toBe(1);
});

test("a taken username or email is a conflict that names it, in any case", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const asOwner = usersCalls(server)(token);
  const one = { email: "x@example.com", username: "x", password: server.secret(goodPassword) };
  const name = await asOwner("POST", "", { ...one, username: "ADA" });
  expect(name.status).toBe(409);
  expect(fieldsOf(name)).toEqual(["username"]);
  const email = await asOwner("POST", "", { ...one, email: "Ada@EXAMPLE.com" });
  expect(email.status).toBe(409);
  expect(fieldsOf(email)).toEqual(["email"]);
  expect((await asOwner("POST", "", one)).status).toBe(201);
  const profile = await asOwner("PUT", "/x/profile", { username: "Ada", name: "" });
  expect(profile.status).toBe(409);
  expect(fieldsOf(profile)).toEqual(["username"]);
});

test("of several users of one name at once exactly one is created", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  server.secret(goodPassword);
  const answers = await Promise.all(
    [1, 2, 3, 4].map((number) =>
      usersCalls(server)(token)("POST", "", {
        email: `x${number}@example.com`,
        username: number % 2 === 0 ? "x" : "X",
        password: goodPassword,
      }),
    ),
  );
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409, 409]);
  expect((await usersCalls(server)(token)("GET", "")).json.count).toBe(2);
});

test("a user can be created suspended, and signs in once activated", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const asOwner = usersCalls(server)(token);
  const user = { email: "x@example.com", username: "x", password: server.secret(goodPassword) };
  expect((await asOwner("POST", "", { ...user, user_status: "suspended" })).json.status).toBe("suspended");
  await expect(signIn(server, user)).rejects.toThrow(/401/);
  expect((await asOwner("PUT", "/x/status/activate")).json.status).toBe("active");
  expect((await asOwner("PUT", "/x/status/activate")).status).toBe(200);
  expect(await alive(server, await signIn(server, user))).toBe(200);
});

test("people change their own profile", async () => {
  const { server, as, member } = await startWithRoles();
  server.clock.advance(1_000);
  const answer = await as(member.token)("PUT", "/me/profile", { username: "Mia-2", name: "Mia Hamm" });
  expect(answer.json).toMatchObject({
    username: "Mia-2",
    name: "Mia Hamm",
    updated_at: new Date(server.clock.now()).toISOString(),
  });
  expect((await as(member.token)("PUT", "/me/profile", { username: "Mia-2" })).json.name).toBe("Mia Hamm");
  expect((await as(member.token)("PUT", "/me/profile", { username: "mia-2", name: "" })).json.name).toBe("");
  const bad = await as(member.token)("PUT", "/me/profile", { username: "m--m", name: "a\u0000b" });
  expect(bad.status).toBe(400);
  expect(fieldsOf(bad)).toEqual(["username", "name"]);
});

test("changing one's password needs the old one and ends all other sessions and tokens", async () => {
  const { server, as, member } = await startWithRoles();
  const change = (json: unknown) => as(member.token)("PUT", "/me/password", json);
  const other = await signIn(server, member);
  const token = server.secret(
    (await as(member.token)("POST", "/me/keys/tokens", { token_name: "ci" })).json.key,
  );
  for (const [body, field] of [
    [{ password: goodPassword }, "old_password"],
    [{ old_password: "", password: goodPassword }, "old_password"],
    [{ old_password: "not-it-at-all-77", password: goodPassword }, "old_password"],
    [{ old_password: member.password, password: member.password }, "password"],
    [{ old_password: member.password, password: "weak" }, "password"],
    [{ old_password: member.password }, "password"],
  ] as const) {
    const answer = await change(body);
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual([field]);
  }
  expect([await alive(server, other), await alive(server, token)]).toEqual([200, 200]);

  expect((await change({ old_password: member.password, password: goodPassword })).status).toBe(204);
  expect([await alive(server, other), await alive(server, token)]).toEqual([401, 401]);
  expect(await alive(server, member.token)).toBe(200);
  await expect(signIn(server, member)).rejects.toThrow(/401/);
  expect(await alive(server, await signIn(server, { ...member, password: goodPassword }))).toBe(200);
});

test("of two concurrent password changes exactly one is accepted", async () => {
  const { server, as, member } = await startWithRoles();
  const passwords = ["one-of-two-horses-1", "two-of-two-horses-2"].map((one) => server.secret(one));
  const answers = await Promise.all(
    passwords.map((password) =>
      as(member.token)("PUT", "/me/password", { old_password: member.password, password }),
    ),
  );
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([204, 400]);
  const taken = answers.findIndex((answer) => answer.status === 204);
  expect(await alive(server, await signIn(server, { ...member, password: passwords[taken]! }))).toBe(200);
  await expect(signIn(server, { ...member, password: passwords[1 - taken]! })).rejects.toThrow(/401/);
});

test("an administrator sets a password without the old one, which ends all sessions of the user", async () => {
  const { server, as, admin, member } = await startWithRoles();
  const answer = await as(admin.token)("PUT", "/mia/password", { password: goodPassword });
  expect(answer.status).toBe(204);
  expect(await alive(server, member.token)).toBe(401);
  expect(await alive(server, admin.token)).toBe(200);
  await signIn(server, { ...member, password: goodPassword });
});

test("a suspension ends all sessions and tokens at once", async () => {
  const { server, as, token, member } = await startWithRoles();
  const second = await signIn(server, member);
  const apiToken = server.secret((await as(member.token)("POST", "/me/keys/tokens", {})).json.key);
  const answer = await as(token)("PUT", "/mia/status/suspend");
  expect(answer.json).toMatchObject({ username: "mia", status: "suspended" });
  for (const key of [member.token, second, apiToken]) expect(await alive(server, key)).toBe(401);
  expect((await as(token)("PUT", "/mia/status/suspend")).json.status).toBe("suspended");

  await as(token)("PUT", "/mia/status/activate");
  for (const key of [member.token, second, apiToken]) expect(await alive(server, key)).toBe(401);
  expect(await alive(server, await signIn(server, member))).toBe(200);
});

test("a deleted user is gone at once, and the username and email are free again", async () => {
  const { server, as, token, member } = await startWithRoles();
  await as(member.token)("POST", "/me/keys/tokens", {});
  const answer = await as(token)("DELETE", "/mia");
  expect(answer.status).toBe(200);
  expect(answer.json.message).toMatch(/removed/);
  expect((await server.db.read({ keys: listTokens(member.userId, 0) })).keys).toEqual([]);
  expect(await alive(server, member.token)).toBe(401);
  await expect(signIn(server, member)).rejects.toThrow(/401/);
  for (const name of ["mia", member.userId]) {
    expect((await as(token)("GET", `/${name}`)).status).toBe(404);
    expect((await as(token)("DELETE", `/${name}`)).status).toBe(404);
  }
  expect((await as(token)("GET", "?q=mia")).json.count).toBe(0);
  const again = await addUser(server, "mia");
  expect(again.userId).not.toBe(member.userId);
});

test("roles are exactly the requested ones; member is accepted and ignored", async () => {
  const { as, token } = await startWithRoles();
  const roles = async (wanted: unknown) => as(token)("PUT", "/mia/roles", { roles: wanted });
  const names = ({ json }: CallAnswer<User>) => json.roles.map((role) => role.name);
  expect(names(await roles(["member", "auditor", "template-admin", "auditor"]))).toEqual([
    "auditor",
    "template-admin",
  ]);
  expect(names(await roles(["user-admin", "auditor"]))).toEqual(["auditor", "user-admin"]);
  expect(names(await roles(["auditor", "user-admin"]))).toEqual(["auditor", "user-admin"]);
  expect(names(await roles(["member"]))).toEqual([]);
  const bad = await roles(["king"]);
  expect(bad.status).toBe(400);
  expect(fieldsOf(bad)).toEqual(["roles.0"]);
  expect((await roles("owner")).status).toBe(400);
});

test("nobody deletes, suspends or demotes themselves; the last owner gets the reason", async () => {
  const { as, token, admin } = await startWithRoles();
  for (const attempt of [
    ["DELETE", "/me"],
    ["PUT", "/me/status/suspend"],
    ["PUT", "/me/roles", { roles: [] }],
  ] as [string, `/${string}`, unknown?][]) {
    const answer = await as(token)(...attempt);
    expect(answer.status).toBe(409);
    expect(answer.json.message).toMatch(/last active owner/);
  }
  await as(token)("PUT", "/tom/roles", { roles: ["owner"] });
  for (const [caller, name] of [
    [token, "ada"],
    [admin.token, "uma"],
  ] as const) {
    expect((await as(caller)("DELETE", `/${name}`)).status).toBe(403);
    expect((await as(caller)("PUT", `/${name}/status/suspend`)).status).toBe(400);
    expect((await as(caller)("PUT", `/${name}/roles`, { roles: ["auditor"] })).status).toBe(400);
    expect((await as(caller)("PUT", `/${name}/status/activate`)).status).toBe(200);
  }
});

test("a suspended owner doesn't count: the last active one stays", async () => {
  const { as, token } = await startWithRoles();
  await as(token)("PUT", "/tom/roles", { roles: ["owner"] });
  await as(token)("PUT", "/tom/status/suspend");
  expect((await as(token)("DELETE", "/me")).status).toBe(409);
  expect((await as(token)("PUT", "/tom/roles", { roles: [] })).status).toBe(200);
});

test.each([
  ["demote", "PUT", "/roles", { roles: [] }],
  ["suspend", "PUT", "/status/suspend", undefined],
  ["remove", "DELETE", "", undefined],
])("two owners who %s each other at once leave one", async (_action, method, path, json) => {
  for (let round = 0; round < 3; round += 1) {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const as = usersCalls(server);
    const bob = await addUser(server, "bob", ["owner"]);
    const answers = await Promise.all([
      as(token)(method, `/bob${path}`, json),
      as(bob.token)(method, `/ada${path}`, json),
    ]);
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect([401, 403, 404, 409]).toContain(statuses.find((status) => status !== 200));
    const winner = statuses[0] === 200 ? token : bob.token;
    const { json: list } = await as(winner)("GET", "?q=role:owner%20status:active");
    expect(list.count).toBe(1);
    await server.stop();
  }
});

test("the last active owner is guarded in SQL for every caller", async () => {
  const { server, as, token, userId } = await startWithRoles();
  const suspendAnyhow = async (id: string) => {
    const { state } = await server.db.write([setStatus(id, "suspended", 1, isNotLastOwnerSql(id))], {
      state: findUserState(id),
    });
    return state[0]!.status;
  };
  expect(await suspendAnyhow(userId)).toBe("active");
  await as(token)("PUT", "/tom/roles", { roles: ["owner"] });
  await as(token)("PUT", "/tom/status/suspend");
  expect(await suspendAnyhow(userId)).toBe("active");
  await as(token)("PUT", "/tom/status/activate");
  expect(await suspendAnyhow(userId)).toBe("suspended");
});

test("nobody changes a user of the system", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const asOwner = usersCalls(server)(token);
  expect((await asOwner("GET", "/prebuilds")).json).toMatchObject({
    id: prebuildsUser.id,
    login_type: "none",
  });
  expect((await asOwner("GET", "")).json.count).toBe(1);
  for (const attempt of [
    ["DELETE", "/prebuilds"],
    ["PUT", "/prebuilds/profile", { username: "x" }],
    ["PUT", "/prebuilds/password", { password: goodPassword }],
    ["PUT", "/prebuilds/roles", { roles: ["owner"] }],
    ["PUT", "/prebuilds/status/suspend"],
    ["POST", "/prebuilds/keys"],
    ["POST", "/prebuilds/keys/tokens", {}],
  ] as [string, `/${string}`, unknown?][]) {
    expect((await asOwner(...attempt)).status).toBe(403);
  }
});

test("reading the current user is one round trip", async () => {
  const trips: string[] = [];
  const server = await startTestServer({ adapter: "plain", onTrip: ({ mode }) => trips.push(mode) });
  const { token } = await signInFirst(server);
  trips.length = 0;
  expect((await usersCalls(server)(token)("GET", "/me")).status).toBe(200);
  expect(trips).toEqual(["read"]);
  trips.length = 0;
  expect((await usersCalls(server)(token)("GET", "?q=ada")).status).toBe(200);
  expect(trips).toEqual(["read"]);
});

test("organizations: one, called default, by id, name and user", async () => {
  const { server, token, member } = await startWithRoles();
  const get = <P extends string>(path: P, as = member.token) =>
    server.call("GET", `/api/v2${path}`, { token: as });
  const { json } = await get("/organizations");
  expect(json).toHaveLength(1);
  expect(json[0]).toMatchObject({ name: "default", display_name: "Default", is_default: true });
  expect((await get(`/organizations/${json[0]!.id}`)).json).toEqual(json[0]);
  expect((await get("/organizations/DEFAULT")).json).toEqual(json[0]);
  expect((await get("/organizations/other")).status).toBe(404);
  expect((await get("/users/me/organizations")).json).toEqual(json);
  expect((await get("/users/ada/organizations")).status).toBe(404);
  expect((await get("/users/mia/organizations", token)).json).toEqual(json);
  expect((await server.call("GET", "/api/v2/organizations")).status).toBe(401);
});
