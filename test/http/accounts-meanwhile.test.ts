// What happens between a request's look and its write: the guards in SQL check what holds at the write.
import { expect, test } from "vitest";
import { holdWrites } from "../support/meanwhile.ts";
import { addUser, signIn, signInFirst, startTestServer } from "../support/server.ts";

const goodPassword = "seven-green-bottles-41";

/** A server whose next write waits until something else has been done. */
async function startWithMeanwhile() {
  const { wrapClient, beforeNextWrite } = holdWrites();
  const server = await startTestServer({ wrapClient });
  server.secret(goodPassword);
  const { token } = await signInFirst(server);
  const call = <M extends string, P extends string>(as: string, method: M, path: P, json?: unknown) =>
    server.call(method, `/api/v2/users${path}`, { token: as, ...(json === undefined ? {} : { json }) });
  return {
    server,
    token,
    call,
    uma: await addUser(server, "uma", ["user-admin"]),
    mia: await addUser(server, "mia"),
    /** The owner does this right before the next write of anybody else. */
    meanwhile: (method: string, path: string, json?: unknown) => {
      beforeNextWrite(async () => {
        const answer = await call(token, method, path, json);
        if (answer.status >= 300) throw new Error(`meanwhile: ${answer.status} ${answer.text}`);
      });
    },
    audited: async (action: string, resourceId: string) => {
      const query = `?action=${action}&resource_id=${resourceId}`;
      return (await server.call("GET", `/api/v2/audit${query}`, { token })).json.entries;
    },
  };
}

test("a user who loses the role meanwhile changes nobody", async () => {
  const { call, token, uma, mia, meanwhile, audited } = await startWithMeanwhile();
  meanwhile("PUT", "/uma/roles", { roles: [] });
  expect((await call(uma.token, "PUT", "/mia/status/suspend")).status).toBe(403);
  expect((await call(token, "GET", "/mia")).json.status).toBe("active");
  expect(await audited("suspend", mia.userId)).toEqual([]);

  await call(token, "PUT", "/uma/roles", { roles: ["user-admin"] });
  meanwhile("PUT", "/uma/roles", { roles: [] });
  const created = await call(uma.token, "POST", "", {
    email: "x@example.com",
    username: "x",
    password: goodPassword,
  });
  expect(created.status).toBe(403);
  expect((await call(token, "GET", "/x")).status).toBe(404);
});

test("an owner who becomes a user-admin meanwhile assigns no role", async () => {
  const { server, call, token, mia, meanwhile } = await startWithMeanwhile();
  const olga = await addUser(server, "olga", ["owner"]);
  meanwhile("PUT", "/olga/roles", { roles: ["user-admin"] });
  expect((await call(olga.token, "PUT", "/mia/roles", { roles: ["owner"] })).status).toBe(403);
  expect((await call(token, "GET", `/${mia.userId}`)).json.roles).toEqual([]);
});

test("a member who becomes an owner meanwhile is no longer a user-admin's to change", async () => {
  const { call, token, uma, meanwhile } = await startWithMeanwhile();
  for (const [method, path, json] of [
    ["PUT", "/mia/status/suspend"],
    ["DELETE", "/mia"],
    ["PUT", "/mia/password", { password: goodPassword }],
    ["PUT", "/mia/profile", { username: "mimi" }],
  ] as [string, string, unknown?][]) {
    await call(token, "PUT", "/mia/roles", { roles: [] });
    meanwhile("PUT", "/mia/roles", { roles: ["owner"] });
    expect((await call(uma.token, method, path, json)).status, `${method} ${path}`).toBe(403);
    const { json: mia } = await call(token, "GET", "/mia");
    expect(mia).toMatchObject({ status: "active", username: "mia", roles: [{ name: "owner" }] });
  }
});

test("a user whose session ends meanwhile changes nothing, not even their own profile", async () => {
  const { server, call, token, uma, mia, meanwhile } = await startWithMeanwhile();
  let session = uma.token;
  for (const [method, path, json] of [
    ["PUT", "/mia/status/suspend"],
    ["POST", "", { email: "x@example.com", username: "x", password: goodPassword }],
    ["PUT", "/me/profile", { username: "umaa" }],
    ["PUT", "/me/password", { old_password: uma.password, password: goodPassword }],
    ["POST", "/me/keys"],
    ["POST", "/me/keys/tokens", {}],
  ] as [string, string, unknown?][]) {
    meanwhile("DELETE", `/uma/keys/${session.slice(0, 10)}`);
    expect((await call(session, method, path, json)).status, `${method} ${path}`).toBe(401);
    session = await signIn(server, uma);
  }
  expect((await call(token, "GET", "")).json.count).toBe(3);
  expect((await call(token, "GET", "/uma/keys/tokens")).json).toEqual([]);
  expect((await call(mia.token, "GET", "/me")).json.status).toBe("active");
});

test("a user who is deleted meanwhile isn't found", async () => {
  const { server, call, token, meanwhile } = await startWithMeanwhile();
  for (const [method, path, json] of [
    ["PUT", "/mia/status/suspend"],
    ["PUT", "/mia/roles", { roles: ["auditor"] }],
    ["PUT", "/mia/profile", { username: "mimi" }],
    ["POST", "/mia/keys/tokens", {}],
  ] as [string, string, unknown?][]) {
    meanwhile("DELETE", "/mia");
    expect((await call(token, method, path, json)).status, `${method} ${path}`).toBe(404);
    await addUser(server, "mia");
  }
});

test("a sign-in fails when the user is suspended or gets a new password meanwhile", async () => {
  const { server, call, token, mia, meanwhile } = await startWithMeanwhile();
  const login = () =>
    server.call("POST", "/api/v2/users/login", { json: { email: mia.email, password: mia.password } });
  meanwhile("PUT", "/mia/status/suspend");
  const suspended = await login();
  expect(suspended.status).toBe(401);
  expect(suspended.json.message).toMatch(/suspended/);
  await call(token, "PUT", "/mia/status/activate");

  meanwhile("DELETE", "/mia");
  expect((await login()).status).toBe(401);
  const again = await addUser(server, "mia");
  expect(again.password).toBe(mia.password);

  meanwhile("PUT", "/mia/password", { password: goodPassword });
  expect((await login()).status).toBe(401);
  await signIn(server, { ...mia, password: goodPassword });
});

test("a user whose roles change meanwhile can still sign in", async () => {
  const { server, mia, meanwhile } = await startWithMeanwhile();
  meanwhile("PUT", "/mia/roles", { roles: ["auditor"] });
  const { email, password } = mia;
  const answer = await server.call("POST", "/api/v2/users/login", { json: { email, password } });
  expect(answer.status).toBe(201);
});
