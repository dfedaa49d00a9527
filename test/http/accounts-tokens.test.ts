// Keys: tokens with their lifetimes, names and scopes, whose they are, and how they end.
import { expect, test } from "vitest";
import {
  addUser,
  signInFirst,
  startTestServer,
  type CallAnswer,
  type TestServer,
  type TestServerOptions,
} from "../support/server.ts";

const hour = 3_600_000_000_000;

const keysCalls =
  (server: TestServer) =>
  (token: string) =>
  <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
    server.call(method, `/api/v2/users/${path}`, { token, ...(json === undefined ? {} : { json }) });

async function startWithMember(options?: TestServerOptions) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const as = keysCalls(server);
  /** Creates a token for a user and returns its text. */
  const createToken = async (json: unknown, holder = mia.token) => {
    const answer = await as(holder)("POST", "me/keys/tokens", json);
    if (answer.status !== 201) throw new Error(answer.text);
    return server.secret(answer.json.key);
  };
  return { server, as, token, userId, mia, createToken };
}

const fieldsOf = (answer: CallAnswer) => answer.json.validations?.map((one) => one.field);
const alive = async (server: TestServer, token: string) =>
  (await server.call("GET", "/api/v2/users/me", { token })).status;

test("a token is shown once, works, and is listed as Coder's clients expect", async () => {
  const { server, as, mia } = await startWithMember();
  const body = { lifetime: 2 * hour, scope: "all", token_name: "ci" };
  const created = await as(mia.token)("POST", "me/keys/tokens", body);
  expect(created.status).toBe(201);
  expect(Object.keys(created.json)).toEqual(["key"]);
  const text = server.secret(created.json.key);
  expect(text).toMatch(/^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/);
  const list = await as(mia.token)("GET", "me/keys/tokens");
  const now = server.clock.now();
  const key = {
    id: text.slice(0, 10),
    user_id: mia.userId,
    last_used: "0001-01-01T00:00:00Z",
    expires_at: new Date(now + 7_200_000).toISOString(),
    created_at: new Date(now).toISOString(),
    updated_at: new Date(now).toISOString(),
    login_type: "token",
    scope: "all",
    scopes: ["all"],
    token_name: "ci",
    lifetime_seconds: 7200,
  };
  expect(list.json).toEqual([{ ...key, username: "mia" }]);
  expect((await as(mia.token)("GET", "me/keys/tokens/ci")).json).toEqual(key);
  expect((await as(mia.token)("GET", `me/keys/${key.id}`)).json).toEqual(key);
  expect(list.text).not.toContain(text.slice(11));
  expect(await alive(server, text)).toBe(200);
});

test("omitted and null fields of a token have defaults", async () => {
  const { server, as, mia, createToken } = await startWithMember();
  await createToken({});
  server.clock.advance(1);
  await createToken({ lifetime: 0, scope: "", scopes: null, token_name: "", allow_list: null });
  server.clock.advance(1);
  await createToken({ scopes: ["coder:all"], allow_list: ["*:*"], token_name: "new.style_1" });
  const { json } = await as(mia.token)("GET", "me/keys/tokens");
  expect(json).toHaveLength(3);
  for (const token of json) expect(token).toMatchObject({ scope: "all", lifetime_seconds: 7 * 86_400 });
  expect(json[0]!.token_name).toMatch(/^token-[a-z0-9]{10}$/);
  expect(json[2]!.token_name).toBe("new.style_1");
  server.clock.advance(7 * 86_400_000);
  expect((await as(mia.token)("GET", "me")).status).toBe(401);
});

test("an invalid token is refused and names the field", async () => {
  const { as, mia } = await startWithMember({ environment: { BELFRY_MAX_TOKEN_LIFETIME: "48h" } });
  const cases: [body: object, field: string][] = [
    [{ lifetime: 49 * hour }, "lifetime"],
    [{ lifetime: -1 }, "lifetime"],
    [{ lifetime: 5 }, "lifetime"],
    [{ lifetime: 1.5 }, "lifetime"],
    [{ lifetime: "1h" }, "lifetime"],
    [{ scope: "application_connect" }, "scope"],
    [{ scope: "everything" }, "scope"],
    [{ scopes: ["read", "notify"] }, "scopes"],
    [{ scopes: ["coder:application_connect"] }, "scopes.0"],
    [{ token_name: "tokenconfig" }, "token_name"],
    [{ token_name: "two words" }, "token_name"],
    [{ token_name: "x".repeat(65) }, "token_name"],
    [{ allow_list: ["workspace:1"] }, "allow_list.0"],
  ];
  for (const [body, field] of cases) {
    const answer = await as(mia.token)("POST", "me/keys/tokens", body);
    expect(answer.status, JSON.stringify(body)).toBe(400);
    expect(fieldsOf(answer)).toEqual([field]);
  }
  expect((await as(mia.token)("GET", "me/keys/tokens")).json).toEqual([]);
  const config = await as(mia.token)("GET", "me/keys/tokens/tokenconfig");
  expect(config.text).toBe(`{"max_token_lifetime":${48 * hour}}`);
});

test("the longest default lifetime is a whole number of nanoseconds that Go can read", async () => {
  const { as, mia, createToken } = await startWithMember();
  const config = await as(mia.token)("GET", "me/keys/tokens/tokenconfig");
  expect(config.text).toBe('{"max_token_lifetime":3155760000000000000}');
  await createToken({ lifetime: 3_155_760_000_000_000_000, token_name: "century" });
  const century = await as(mia.token)("GET", "me/keys/tokens/century");
  expect(century.json.lifetime_seconds).toBe(876_600 * 3_600);
});

test("a token expires, leaves the list, and frees its name", async () => {
  const { server, as, mia, createToken } = await startWithMember();
  const text = await createToken({ lifetime: hour, token_name: "ci" });
  server.clock.advance(3_599_000);
  expect(await alive(server, text)).toBe(200);
  server.clock.advance(1_000);
  expect(await alive(server, text)).toBe(401);
  expect((await as(mia.token)("GET", "me/keys/tokens")).json).toEqual([]);
  const expired = await as(mia.token)("GET", "me/keys/tokens?include_expired=true");
  expect(expired.json.map((token) => token.id)).toEqual([text.slice(0, 10)]);
  await createToken({ lifetime: hour, token_name: "ci" });
  expect((await as(mia.token)("GET", "me/keys/tokens?include_expired=true")).json).toHaveLength(1);
});

test("a name is unique for each user, also with concurrent requests", async () => {
  const { as, token, mia } = await startWithMember();
  const answers = await Promise.all(
    [1, 2, 3].map(() => as(mia.token)("POST", "me/keys/tokens", { token_name: "ci" })),
  );
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409]);
  const refused = answers.find((answer) => answer.status === 409)!;
  expect(fieldsOf(refused)).toEqual(["token_name"]);
  expect(refused.json.message).toMatch(/"ci"/);
  expect((await as(token)("POST", "me/keys/tokens", { token_name: "ci" })).status).toBe(201);
});

test("a read token changes nothing; a notify token only notifies its owner", async () => {
  const { server, as, createToken } = await startWithMember();
  const read = await createToken({ scope: "read", token_name: "r" });
  const notify = await createToken({ scope: "notify", token_name: "n" });
  expect(await alive(server, read)).toBe(200);
  for (const [method, path, json] of [
    ["POST", "me/keys"],
    ["POST", "me/keys/tokens", {}],
    ["PUT", "me/profile", { username: "mimi" }],
    ["DELETE", `me/keys/${read.slice(0, 10)}`],
    ["POST", "logout"],
  ] as [string, string, unknown?][]) {
    const answer = await as(read)(method, path, json);
    expect(answer.status, `${method} ${path}`).toBe(403);
    expect(answer.json.detail).toMatch(/scope is "read"/);
  }
  for (const path of ["me", "me/keys/tokens", "me/keys/tokens/tokenconfig", "me/organizations"]) {
    expect((await as(notify)("GET", path)).status, path).toBe(403);
  }
  const custom = await server.call("POST", "/api/v2/notifications/custom", {
    token: notify,
    json: { content: { title: "Done", message: "All green" } },
  });
  expect(custom.status).toBe(204);
});

test("a token gets its client a session", async () => {
  const { server, as, mia, createToken } = await startWithMember();
  const text = await createToken({});
  const answer = await as(text)("POST", "me/keys");
  expect(answer.status).toBe(201);
  const session = server.secret(answer.json.key);
  const key = await as(session)("GET", `me/keys/${session.slice(0, 10)}`);
  expect(key.json).toMatchObject({
    login_type: "password",
    scope: "all",
    user_id: mia.userId,
    token_name: "",
  });
  expect((await as(session)("GET", "me/keys/tokens")).json).toHaveLength(1);
  await as(session)("POST", "logout");
  expect([await alive(server, session), await alive(server, text)]).toEqual([401, 200]);
});

test("a deleted key stops working at once; deleting it again is not found", async () => {
  const { server, as, mia, createToken } = await startWithMember();
  const text = await createToken({});
  const path = `me/keys/${text.slice(0, 10)}`;
  expect((await as(mia.token)("DELETE", path)).status).toBe(204);
  expect(await alive(server, text)).toBe(401);
  expect((await as(mia.token)("DELETE", path)).status).toBe(404);
  expect((await as(mia.token)("GET", path)).status).toBe(404);
  expect((await as(mia.token)("GET", "me/keys/tokens/none")).status).toBe(404);
});

test("keys are managed by their user and owners; auditors can list them", async () => {
  const { server, as, token, mia, createToken } = await startWithMember();
  const [bob, uma, aud] = await Promise.all([
    addUser(server, "bob"),
    addUser(server, "uma", ["user-admin"]),
    addUser(server, "aud", ["auditor"]),
  ]);
  const text = await createToken({ token_name: "ci" });
  const id = text.slice(0, 10);
  const reads = ["mia/keys/tokens", "mia/keys/tokens/ci", `mia/keys/${id}`];
  for (const [caller, status] of [
    [bob!, 404],
    [uma!, 403],
    [aud!, 200],
    [{ token }, 200],
  ] as const) {
    for (const path of reads) expect((await as(caller.token)("GET", path)).status, path).toBe(status);
  }
  for (const [caller, status] of [
    [bob!, 404],
    [uma!, 403],
    [aud!, 403],
  ] as const) {
    expect((await as(caller.token)("POST", "mia/keys")).status).toBe(status);
    expect((await as(caller.token)("POST", "mia/keys/tokens", {})).status).toBe(status);
    expect((await as(caller.token)("DELETE", `mia/keys/${id}`)).status).toBe(status);
  }
  // Another user's key isn't found under one's own name.
  expect((await as(bob!.token)("GET", `me/keys/${id}`)).status).toBe(404);
  expect((await as(bob!.token)("DELETE", `me/keys/${id}`)).status).toBe(404);
  expect(await alive(server, text)).toBe(200);

  const created = await as(token)("POST", "mia/keys/tokens", { token_name: "by-owner" });
  expect(created.status).toBe(201);
  const whose = await as(created.json.key)("GET", "me");
  expect(whose.json.id).toBe(mia.userId);
  expect((await as(token)("DELETE", `mia/keys/${id}`)).status).toBe(204);
  expect(await alive(server, text)).toBe(401);
});

test("include_all lists everybody's tokens for owners and auditors, one's own for others", async () => {
  const { as, token, mia, createToken } = await startWithMember();
  await createToken({ token_name: "m" });
  await createToken({ token_name: "o" }, token);
  const names = async (caller: string) => {
    const { json } = await as(caller)("GET", "me/keys/tokens?include_all=true");
    return json.map((one) => `${one.username}/${one.token_name}`);
  };
  expect((await names(token)).toSorted()).toEqual(["ada/o", "mia/m"]);
  expect(await names(mia.token)).toEqual(["mia/m"]);
  expect((await as(token)("GET", "me/keys/tokens")).json).toHaveLength(1);
  expect((await as(token)("GET", "me/keys/tokens?include_all=perhaps")).status).toBe(400);
});

test("a suspended user gets no keys, not even from an owner", async () => {
  const { as, token } = await startWithMember();
  await as(token)("PUT", "mia/status/suspend");
  for (const answer of [
    await as(token)("POST", "mia/keys"),
    await as(token)("POST", "mia/keys/tokens", {}),
  ]) {
    expect(answer.status).toBe(409);
    expect(answer.json.message).toMatch(/suspended/);
  }
  expect((await as(token)("GET", "mia/keys/tokens")).json).toEqual([]);
});

test("a session that ends meanwhile creates no token", async () => {
  const { server, as, token, mia } = await startWithMember();
  const [, created] = await Promise.all([
    as(token)("PUT", "mia/status/suspend"),
    as(mia.token)("POST", "me/keys/tokens", {}),
  ]);
  // Before the suspension it was made and is gone with it; after, it was refused.
  expect([201, 401]).toContain(created.status);
  if (created.status === 201) expect(await alive(server, created.json.key)).toBe(401);
  expect((await as(token)("GET", "mia/keys/tokens?include_expired=true")).json).toEqual([]);
});
