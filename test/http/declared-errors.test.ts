// Every route declares its errors; each of them is seen here. A route with an error that nobody knows how to make fails.
import { expect, test } from "vitest";
import { createApi } from "../../src/api/index.ts";
import { routesOf } from "../../src/openapi.ts";
import {
  addUser,
  owner,
  signInFirst,
  startTestServer,
  type CallAnswer,
  type TestServer,
} from "../support/server.ts";

const nobody = "00000000-0000-4000-8000-000000000000";
const template = "39b1e189-c857-4b0c-877a-511144c18516";
const foreign = { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" };

interface World {
  server: TestServer;
  empty: TestServer;
  token: string;
  member: { token: string; email: string; password: string };
  notify: string;
}
type Make = (world: World) => Promise<CallAnswer>;

/** A path with parameters filled in: `me`, and ids of nothing. */
const fill = (path: string) =>
  path
    .replace(":user", "me")
    .replace(":organization", "default")
    .replace(":name", "none")
    .replace(":id", nobody);
const as = (method: string, path: string, json?: unknown) => (world: World) =>
  world.server.call(method, path, { token: world.token, ...(json === undefined ? {} : { json }) });
const asMember = (method: string, path: string, json?: unknown) => (world: World) =>
  world.server.call(method, path, { token: world.member.token, ...(json === undefined ? {} : { json }) });
const taken = { email: "other@example.com", username: "MEMBER", password: "correct-horse-battery-42" };

/** What follows from nothing but the route itself is made in one way; these are the others. */
const special: Record<string, Make> = {
  "GET /api/v2/users/first 404": ({ empty }) => empty.call("GET", "/api/v2/users/first"),
  "POST /api/v2/users/first 409": as("POST", "/api/v2/users/first", {
    ...owner,
    email: "second@example.com",
  }),
  "POST /api/v2/users/login 401": as("POST", "/api/v2/users/login", {
    email: owner.email,
    password: "wrong",
  }),
  "GET /api/v2/users 400": as("GET", "/api/v2/users?limit=many"),
  "GET /api/v2/users 403": asMember("GET", "/api/v2/users"),
  "POST /api/v2/users 409": as("POST", "/api/v2/users", taken),
  "GET /api/v2/users/:user 404": as("GET", "/api/v2/users/nobody"),
  "DELETE /api/v2/users/:user 404": as("DELETE", "/api/v2/users/nobody"),
  "DELETE /api/v2/users/:user 409": as("DELETE", "/api/v2/users/ada"),
  "PUT /api/v2/users/:user/profile 404": as("PUT", "/api/v2/users/nobody/profile", {
    username: "somebody",
    name: "",
  }),
  "PUT /api/v2/users/:user/profile 409": as("PUT", "/api/v2/users/me/profile", {
    username: "member",
    name: "",
  }),
  "PUT /api/v2/users/:user/password 404": as("PUT", "/api/v2/users/nobody/password", {
    password: "another-good-one-17",
  }),
  "PUT /api/v2/users/:user/roles 404": as("PUT", "/api/v2/users/nobody/roles", { roles: [] }),
  "PUT /api/v2/users/:user/roles 409": as("PUT", "/api/v2/users/me/roles", { roles: [] }),
  "PUT /api/v2/users/:user/status/suspend 409": as("PUT", "/api/v2/users/me/status/suspend"),
  "PUT /api/v2/users/:user/status/suspend 400": async (world) => {
    await as("PUT", "/api/v2/users/member/roles", { roles: ["owner"] })(world);
    const answer = await as("PUT", "/api/v2/users/me/status/suspend")(world);
    await as("PUT", "/api/v2/users/member/roles", { roles: [] })(world);
    return answer;
  },
  "PUT /api/v2/users/:user/status/suspend 404": as("PUT", "/api/v2/users/nobody/status/suspend"),
  "PUT /api/v2/users/:user/status/activate 404": as("PUT", "/api/v2/users/nobody/status/activate"),
  "POST /api/v2/users/:user/keys 404": as("POST", "/api/v2/users/nobody/keys"),
  "POST /api/v2/users/:user/keys 409": async (world) => {
    await as("PUT", "/api/v2/users/member/status/suspend")(world);
    const answer = await as("POST", "/api/v2/users/member/keys")(world);
    await as("PUT", "/api/v2/users/member/status/activate")(world);
    return answer;
  },
  "GET /api/v2/users/:user/keys/tokens 400": as("GET", "/api/v2/users/me/keys/tokens?include_all=perhaps"),
  "POST /api/v2/users/:user/keys/tokens 404": as("POST", "/api/v2/users/nobody/keys/tokens", {
    token_name: "x",
  }),
  "POST /api/v2/users/:user/keys/tokens 409": as("POST", "/api/v2/users/me/keys/tokens", {
    token_name: "notify",
  }),
  "GET /api/v2/users/:user/keys/tokens 404": as("GET", "/api/v2/users/nobody/keys/tokens"),
  "GET /api/v2/users/:user/keys/tokens/tokenconfig 404": as(
    "GET",
    "/api/v2/users/nobody/keys/tokens/tokenconfig",
  ),
  "GET /api/v2/users/:user/keys/tokens/:name 404": as("GET", "/api/v2/users/me/keys/tokens/none"),
  "GET /api/v2/users/:user/keys/:id 404": as("GET", "/api/v2/users/me/keys/AAAAAAAAAA"),
  "DELETE /api/v2/users/:user/keys/:id 404": as("DELETE", "/api/v2/users/me/keys/AAAAAAAAAA"),
  "GET /api/v2/organizations/:organization 404": as("GET", "/api/v2/organizations/none"),
  "GET /api/v2/users/:user/organizations 404": as("GET", "/api/v2/users/nobody/organizations"),
  "GET /api/v2/audit 400": as("GET", "/api/v2/audit?limit=many"),
  "POST /api/v2/notifications/custom 409": async (world) => {
    const send = as("POST", "/api/v2/notifications/custom", { content: { title: "twice", message: "x" } });
    await send(world);
    return send(world);
  },
  "POST /api/v2/notifications/test 409": async (world) => {
    const choose = (disabled: boolean) =>
      as("PUT", "/api/v2/users/me/notifications/preferences", {
        template_disabled_map: { "c425f63e-716a-4bf4-ae24-78348f706c3f": disabled },
      })(world);
    await choose(true);
    const answer = await as("POST", "/api/v2/notifications/test")(world);
    await choose(false);
    return answer;
  },
  "GET /api/v2/notifications/messages 400": as("GET", "/api/v2/notifications/messages?status=lost"),
  "GET /api/v2/notifications/messages/:id 400": as("GET", "/api/v2/notifications/messages/1"),
  "GET /api/v2/notifications/messages/:id 404": as("GET", `/api/v2/notifications/messages/${nobody}`),
  "POST /api/v2/notifications/messages/:id/retry 400": as("POST", "/api/v2/notifications/messages/1/retry"),
  "POST /api/v2/notifications/messages/:id/retry 404": as(
    "POST",
    `/api/v2/notifications/messages/${nobody}/retry`,
  ),
  "POST /api/v2/notifications/messages/:id/retry 409": async (world) => {
    await as("POST", "/api/v2/notifications/custom", { content: { title: "sent", message: "x" } })(world);
    const { messages } = (await as("GET", "/api/v2/notifications/messages")(world)).json;
    return as("POST", `/api/v2/notifications/messages/${messages[0].id}/retry`)(world);
  },
  "GET /api/v2/notifications/inbox 400": as("GET", "/api/v2/notifications/inbox?targets=x"),
  "GET /api/v2/notifications/inbox/events 400": as("GET", "/api/v2/notifications/inbox/events?targets=x"),
  "PUT /api/v2/notifications/inbox/:id/read-status 404": as(
    "PUT",
    `/api/v2/notifications/inbox/${nobody}/read-status`,
    { is_read: true },
  ),
  "GET /api/v2/users/:user/notifications/preferences 404": as(
    "GET",
    "/api/v2/users/nobody/notifications/preferences",
  ),
  "PUT /api/v2/users/:user/notifications/preferences 404": as(
    "PUT",
    "/api/v2/users/nobody/notifications/preferences",
    {
      template_disabled_map: { [template]: true },
    },
  ),
  "GET /readyz 503": ({ empty }) => empty.call("GET", "/readyz"),
};

function general(method: string, path: string, status: number, access: string): Make | undefined {
  const to = fill(path);
  if (status === 401) return ({ server }) => server.call(method, to);
  if (status === 403 && access === "anyone")
    return ({ server }) => server.call(method, to, { json: {}, headers: foreign });
  if (status === 403) {
    const isForOne = path === "/api/v2/notifications/custom";
    const json = { content: { title: "x", message: "x" }, recipients: { roles: ["owner"] } };
    // A token that only sends to its own user: enough for a well-formed request to be turned away.
    return ({ server, notify }) =>
      server.call(method, to, { token: notify, ...(isForOne ? { json } : bodyFor(method, path)) });
  }
  if (status === 400)
    return ({ server, token }) =>
      server.call(method, to, { token, body: "{", headers: { "content-type": "application/json" } });
  if (method === "GET" || method === "DELETE") return undefined;
  if (status === 413) {
    const body = JSON.stringify({ filler: "x".repeat(1_100_000) });
    return ({ server, token }) =>
      server.call(method, to, { token, body, headers: { "content-type": "application/json" } });
  }
  if (status === 415)
    return ({ server, token }) =>
      server.call(method, to, { token, body: "<a/>", headers: { "content-type": "text/xml" } });
  return undefined;
}

/** Bodies that pass validation, so that what is refused is the caller. */
function bodyFor(method: string, path: string): { json?: unknown } {
  const bodies: Record<string, unknown> = {
    "POST /api/v2/users": { ...taken, username: "third" },
    "PUT /api/v2/users/:user/profile": { username: "ada", name: "Ada" },
    "PUT /api/v2/users/:user/password": { old_password: owner.password, password: "another-good-one-17" },
    "PUT /api/v2/users/:user/roles": { roles: ["owner"] },
    "POST /api/v2/users/:user/keys/tokens": { token_name: "another" },
    "PUT /api/v2/notifications/settings": { notifier_paused: true },
    "PUT /api/v2/notifications/inbox/:id/read-status": { is_read: true },
    "PUT /api/v2/users/:user/notifications/preferences": { template_disabled_map: {} },
  };
  const json = bodies[`${method} ${path}`];
  return json === undefined ? {} : { json };
}

test("each declared error of each route is what a caller gets", async () => {
  const server = await startTestServer();
  const empty = await startTestServer();
  const { token } = await signInFirst(server);
  const member = await addUser(server, token, "member");
  const made = await server.call("POST", "/api/v2/users/me/keys/tokens", {
    token,
    json: { token_name: "notify", scope: "notify" },
  });
  const world: World = { server, empty, token, member, notify: server.secret(made.json.key as string) };

  const wrong: string[] = [];
  const known = new Set<string>();
  for (const { method, path, endpoint, errors } of routesOf(createApi())) {
    for (const status of errors) {
      const name = `${method} ${path} ${status}`;
      known.add(name);
      const make = special[name] ?? general(method, path, status, endpoint.access);
      if (make === undefined) {
        wrong.push(`${name}: nobody knows how to make it`);
        continue;
      }
      const answer = await make(world).catch((error: unknown) => ({
        status: 0,
        json: undefined,
        headers: new Headers(),
        text: String(error),
      }));
      const isError = typeof answer.json?.message === "string" || path === "/readyz";
      if (answer.status !== status || !isError)
        wrong.push(`${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
      if (answer.headers.get("x-request-id") === null) wrong.push(`${name}: no X-Request-Id`);
      if (/\bat .*\.ts:\d/.test(answer.text)) wrong.push(`${name}: a stack trace`);
    }
  }
  for (const name of Object.keys(special)) if (!known.has(name)) wrong.push(`${name} is not declared`);
  expect(wrong).toEqual([]);
  expect(server.logs).toEqual([]);
});

test("an error is a problem object for whoever asks for one", async () => {
  const server = await startTestServer();
  const answer = await server.call("GET", "/api/v2/users/me", {
    headers: { accept: "application/problem+json" },
  });
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.json).toEqual({
    type: "about:blank",
    title: expect.any(String),
    status: 401,
    instance: `urn:uuid:${answer.headers.get("x-request-id")}`,
  });
});

test("a route that doesn't exist is told as JSON", async () => {
  const server = await startTestServer();
  const answer = await server.call("GET", "/api/v2/entitlements");
  expect([answer.status, answer.json.detail]).toEqual([404, "GET /api/v2/entitlements"]);
});
