// One mailbox, one account: sign-in by every spelling of an address, and older accounts without a canonical form.
import { expect, test } from "vitest";
import { examine } from "../../src/cli/admin/examine.ts";
import { fillCanonicalEmails } from "../../src/accounts/maintenance.ts";
import { owner, secretKey, signInFirst, startTestServer } from "../support/server.ts";

const good = "a-good-password-of-theirs-9";

test("who has an address in another script signs in by every spelling, and nobody else can have that mailbox", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  server.secret(good);
  const create = (username: string, email: string) =>
    server.call("POST", "/api/v2/users", { token, json: { username, email, password: good } });
  expect((await create("asa", "Åsa@Bücher.example")).json).toMatchObject({ email: "Åsa@Bücher.example" });
  const signIn = (email: string) =>
    server.call("POST", "/api/v2/users/login", { json: { email, password: good } });
  for (const email of [
    "Åsa@Bücher.example",
    "åsa@xn--bcher-kva.example",
    "A\u030ASA@BÜCHER.EXAMPLE",
    " åsa@bücher.example ",
  ])
    expect((await signIn(email)).status, email).toBe(201);
  for (const email of ["åsa@bücher.example", "ÅSA@XN--BCHER-KVA.example"]) {
    const taken = await create("other", email);
    expect(taken).toMatchObject({ status: 409, json: { validations: [{ field: "email" }] } });
  }
  // Failures count for the mailbox, however it is spelt.
  const wrong = (email: string) =>
    server.call("POST", "/api/v2/users/login", { json: { email, password: "x" } });
  const limited = [];
  for (let tries = 0; tries < 12; tries += 1)
    limited.push((await wrong(tries % 2 === 0 ? "åsa@bücher.example" : "Åsa@xn--bcher-kva.example")).status);
  expect(limited).toContain(429);
});

test("accounts from before get their form at the next start; two with one mailbox both stay, and it is said", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  server.secret(good);
  for (const [username, email] of [
    ["asa", "åsa@bücher.example"],
    ["bo", "bo@example.com"],
  ] as const)
    await server.call("POST", "/api/v2/users", { token, json: { username, email, password: good } });
  await server.sql(`INSERT INTO users (id, username, email, name, status, password_hash, is_system, created_at, updated_at)
    SELECT 'second', 'asa-2', 'ÅSA@xn--bcher-kva.example', '', status, password_hash, 0, created_at, updated_at
    FROM users WHERE username = 'asa'`);
  await server.sql("UPDATE users SET email_canonical = '' WHERE username IN ('asa', 'bo')");

  const shared = await fillCanonicalEmails(server.db);
  expect(shared).toMatchObject([{ username: "asa-2", other: { username: "asa" } }]);
  expect(await fillCanonicalEmails(server.db)).toEqual(shared);
  const whoSignsInWith = async (email: string) => {
    const { json } = await server.call("POST", "/api/v2/users/login", { json: { email, password: good } });
    const key = json.session_token as string | undefined;
    return key && (await server.call("GET", "/api/v2/users/me", { token: key })).json.username;
  };
  expect(await whoSignsInWith("Åsa@bücher.example")).toBe("asa");
  expect(await whoSignsInWith("ÅSA@xn--bcher-kva.example")).toBe("asa-2");
  expect(await whoSignsInWith("Bo@example.com")).toBe("bo");
  const findings = await examine({
    environment: { BELFRY_DATABASE_URL: `file:${server.folder}/belfry.db`, BELFRY_SECRET_KEY: secretKey },
    now: server.clock.now,
  });
  expect(findings).toContainEqual(
    expect.objectContaining({ check: "people", level: "warn", message: expect.stringContaining("asa-2") }),
  );
  // When one of the two is gone, the other is found by every spelling.
  await server.call("DELETE", "/api/v2/users/asa", { token });
  expect(await fillCanonicalEmails(server.db)).toEqual([]);
  expect(await whoSignsInWith("åsa@bücher.example")).toBe("asa-2");
});

test("a page that leads to a session says when its deployment is https and the browser came over http", async () => {
  const access = "https://belfry.example.com";
  const server = await startTestServer({ environment: { BELFRY_ACCESS_URL: access } });
  const url = `http://127.0.0.1:${server.config.port}`;
  const page = async (path: string, headers: Record<string, string>) =>
    (await fetch(url + path, { headers })).text();
  const warning = `<a href="${access}`;
  expect(await page("/setup", {})).toContain(warning);
  await fetch(`${url}/api/v2/users/first`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(owner),
  });
  const cases: [Record<string, string>, boolean][] = [
    [{}, true],
    [{ "x-forwarded-proto": "http" }, true],
    [{ "x-forwarded-proto": "http", "sec-fetch-site": "none" }, true],
    [{ "x-forwarded-proto": "https" }, false],
    [{ "sec-fetch-site": "none" }, false],
  ];
  for (const [headers, isWarned] of cases)
    expect((await page("/login", headers)).includes(`${warning}/login"`), JSON.stringify(headers)).toBe(
      isWarned,
    );
});

test("where people use plain http, or this machine, nobody is warned", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  expect((await server.call("GET", "/login")).text).not.toContain("plain http");
});
