// The first user: once, from this machine or with the code, and nothing half done.
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFirstUser } from "../../src/accounts/setup.ts";
import { readSetupCodeHash } from "../../src/accounts/store/deployment.ts";
import { owner, signIn, startTestServer, type TestServer } from "../support/server.ts";

const first = "/api/v2/users/first";
const send = (server: TestServer, json: unknown, headers: Record<string, string> = {}) => {
  server.secret(owner.password);
  return server.call("POST", first, { json, headers });
};

/** `fetch` sets Host itself. */
function sendWithHost(server: TestServer, host: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      server.url + first,
      { method: "POST", headers: { host, "content-type": "application/json" } },
      (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(owner));
  });
}

test("the first user becomes an owner of the default organization and signs in", async () => {
  const server = await startTestServer();
  expect((await server.call("GET", first)).status).toBe(404);
  const created = await send(server, owner);
  expect(created.status).toBe(201);
  expect((await server.call("GET", first)).status).toBe(200);

  const token = await signIn(server, owner);
  const me = await server.call("GET", "/api/v2/users/me", { token });
  expect(me.json).toMatchObject({
    id: created.json.user_id,
    username: "ada",
    name: "Ada Lovelace",
    status: "active",
    organization_ids: [created.json.organization_id],
    roles: [{ name: "owner", display_name: "Owner" }],
  });
  const organization = await server.call("GET", "/api/v2/organizations/default", { token });
  expect(organization.json.id).toBe(created.json.organization_id);
});

test("a body as Coder's command line sends it creates the first user", async () => {
  const server = await startTestServer();
  const extra = {
    trial: false,
    trial_info: { first_name: "", country: "" },
    onboarding_info: { newsletter_marketing: false, newsletter_releases: false },
  };
  expect((await send(server, { ...owner, name: "", ...extra })).status).toBe(201);
});

test("of several first users at once exactly one is created", async () => {
  const server = await startTestServer();
  const names = ["ada", "grace", "edith", "barbara"];
  const answers = await Promise.all(
    names.map((username) => send(server, { ...owner, username, email: `${username}@example.com` })),
  );
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409, 409]);
  const winner = answers.findIndex((answer) => answer.status === 201);
  const token = await signIn(server, { ...owner, email: `${names[winner]}@example.com` });
  const { json } = await server.call("GET", "/api/v2/users", { token });
  expect(json.count).toBe(1);
  expect(json.users[0]!.id).toBe(answers[winner]!.json.user_id);
});

test("once there is a user, a first user is a conflict even with the code", async () => {
  const server = await startTestServer();
  const code = server.secret(server.setupCode!);
  await send(server, owner);
  const again = await send(server, { ...owner, username: "eve", email: "eve@example.com", setup_code: code });
  expect(again.status).toBe(409);
  expect(again.json.message).toMatch(/already set up/);
});

const badFirstUsers: [wrong: object, fields: string[]][] = [
  [{ email: "nobody" }, ["email"]],
  [{ email: `${"a".repeat(250)}@example.com` }, ["email"]],
  [{ username: "me" }, ["username"]],
  [{ username: "ada lovelace" }, ["username"]],
  [{ username: "a".repeat(33) }, ["username"]],
  [{ password: "short" }, ["password"]],
  [{ password: "a".repeat(40) }, ["password"]],
  [{ password: "x9-".repeat(30) }, ["password"]],
  [{ name: "two\nlines" }, ["name"]],
  [{ email: "", username: "", password: "" }, ["email", "username", "password"]],
  [{ email: undefined, username: 7 }, ["email", "username"]],
];

test("an invalid first user is refused with every invalid field, and nothing is created", async () => {
  const server = await startTestServer();
  for (const [wrong, fields] of badFirstUsers) {
    const answer = await send(server, { ...owner, ...wrong });
    expect(answer.status, JSON.stringify(wrong)).toBe(400);
    expect(answer.json.validations!.map((one) => one.field)).toEqual(fields);
    for (const { detail } of answer.json.validations!) expect(detail).not.toBe("");
  }
  expect((await server.call("GET", first)).status).toBe(404);
});

test("a body that isn't JSON, is of another type or too large is refused", async () => {
  const server = await startTestServer();
  const json = { "content-type": "application/json" };
  expect((await server.call("POST", first, { body: "{", headers: json })).status).toBe(400);
  expect((await server.call("POST", first, { body: "email=a" })).status).toBe(415);
  const large = await server.call("POST", first, { body: " ".repeat(1_100_000), headers: json });
  expect(large.status).toBe(413);
});

test("through a proxy the code is required, and expires with the first user", async () => {
  const server = await startTestServer();
  const code = server.secret(server.setupCode!);
  expect(code).toMatch(/^([A-Z2-9]{4}-){3}[A-Z2-9]{4}$/);
  for (const headers of [
    { "x-forwarded-for": "203.0.113.9" },
    { forwarded: "for=203.0.113.9" },
    { via: "1.1 proxy" },
    { "x-real-ip": "203.0.113.9" },
  ] as Record<string, string>[]) {
    const without = await send(server, owner, headers);
    expect(without.status).toBe(403);
    expect(without.json.message).toMatch(/requires the setup code/);
    expect(without.json.detail).toMatch(/prints it when it starts.*npm run db:migrate/);
    const wrong = await send(server, { ...owner, setup_code: "AAAA-AAAA-AAAA-AAAA" }, headers);
    expect(wrong.status).toBe(403);
    expect(wrong.json.message).toMatch(/is wrong/);
  }
  expect((await server.call("GET", first)).status).toBe(404);

  const right = await send(server, { ...owner, setup_code: code }, { "x-forwarded-for": "203.0.113.9" });
  expect(right.status).toBe(201);
  expect((await server.db.read({ hash: readSetupCodeHash() })).hash).toEqual([]);
});

test("the code can be in the header, in lower case and without hyphens", async () => {
  const server = await startTestServer();
  const typed = server.setupCode!.toLowerCase().replaceAll("-", " ");
  const headers = { "x-forwarded-for": "203.0.113.9", "belfry-setup-code": typed };
  expect((await send(server, owner, headers)).status).toBe(201);
});

test("a host name that isn't this machine's needs the code, localhost doesn't", async () => {
  const server = await startTestServer();
  server.secret(owner.password);
  const { port } = new URL(server.url);
  expect((await sendWithHost(server, `evil.example.com:${port}`)).status).toBe(403);
  expect((await sendWithHost(server, `localhost:${port}`)).status).toBe(201);
});

test("a socket from another machine needs the code", async () => {
  const server = await startTestServer();
  const request = { host: "127.0.0.1:4747", forwarded: false };
  await expect(createFirstUser(server.deps("203.0.113.9"), owner, request)).rejects.toMatchObject({
    status: 403,
  });
  await expect(createFirstUser(server.deps(null), owner, request)).rejects.toMatchObject({ status: 403 });
  const created = await createFirstUser(server.deps("203.0.113.9"), owner, {
    ...request,
    setupCode: server.setupCode,
  });
  expect(created.userId).toMatch(/^[0-9a-f-]{36}$/);
});

test("another site can't create the first user", async () => {
  const server = await startTestServer();
  expect((await send(server, owner, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await send(server, owner, { origin: "https://evil.example.com" })).status).toBe(403);
  expect((await server.call("GET", first)).status).toBe(404);
});

test("each start creates a new code until there is a user", async () => {
  const folder = await mkdtemp(join(tmpdir(), "belfry-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const headers = { "x-forwarded-for": "203.0.113.9" };
  const one = await startTestServer({ folder });
  const old = one.setupCode!;
  await one.stop();
  const two = await startTestServer({ folder });
  expect(two.setupCode).toBeDefined();
  expect(two.setupCode).not.toBe(old);
  expect((await send(two, { ...owner, setup_code: old }, headers)).status).toBe(403);
  expect((await send(two, { ...owner, setup_code: two.setupCode }, headers)).status).toBe(201);
  await two.stop();
  const three = await startTestServer({ folder });
  expect(three.setupCode).toBeUndefined();
  expect((await send(three, { ...owner, setup_code: two.setupCode }, headers)).status).toBe(409);
});
