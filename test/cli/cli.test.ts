// Commands in this process, against a real server, also in this process: what they ask, print, store and return.
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { freePort, temporaryFolder } from "../support/program.ts";
import { addUser, owner, signIn, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

interface Shell {
  /** Where the sign-in is stored. */
  folder: string;
  belfry: (
    words: string[],
    more?: { input?: string; environment?: Record<string, string> },
  ) => Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** A user's shell: its own stored sign-in and an otherwise empty environment. */
async function openShell(environment: Record<string, string> = {}): Promise<Shell> {
  const folder = join(await temporaryFolder(), "config");
  return {
    folder,
    belfry: (words, { input = "", environment: more = {} } = {}) =>
      runCommand(words, { input, environment: { BELFRY_CONFIG_DIR: folder, ...environment, ...more } }),
  };
}

const openSignedIn = (server: TestServer, token: string) =>
  openShell({ BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token });

/** A server that is not Belfry. */
async function startOther(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const done = { code: 0, stderr: "" };
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe("Signing in", () => {
  test("login creates the first user, stores the session with mode 0600, and signs in again later", async () => {
    const server = await startTestServer();
    const { belfry, folder } = await openShell();
    server.secret(owner.password);
    const input = `${owner.password}\n`;

    const weak = ["login", server.url, "--first-user-email", "nonsense", "--first-user-username", "a b"];
    const [asked, refused] = await Promise.all([
      belfry(["login", server.url], { input }),
      belfry(weak, { input: "short" }),
    ]);
    expect(asked).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("--first-user-email"),
    });
    expect(refused.code).toBe(1);
    for (const field of ["email", "username", "password"]) expect(refused.stderr).toContain(`  ${field}: `);

    const words = ["--first-user-email", owner.email, "--first-user-username", owner.username];
    const first = await belfry(["login", server.url, ...words, "--first-user-name", owner.name], { input });
    expect(first).toEqual({
      code: 0,
      stdout: "",
      stderr: `Signed in at ${server.url} as ada (Ada Lovelace, ada@example.com), owner.\n`,
    });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "login.json"))).mode & 0o777).toBe(0o600);

    const file = join(folder, "password");
    await writeFile(file, input);
    const [who, wrong, again, noPassword, noEmail, noFile] = await Promise.all([
      belfry(["whoami"]),
      belfry(["login", "--email", owner.email], { input: "wrong\n" }),
      belfry(["login", ...words, "--first-user-password-file", file]),
      belfry(["login", "--email", owner.email]),
      belfry(["login"], { input }),
      belfry(["login", "--email", owner.email, "--first-user-password-file", join(folder, "none")]),
    ]);
    expect(who).toEqual({
      ...done,
      stdout: `ada (Ada Lovelace, ada@example.com), owner, at ${server.url}\n`,
    });
    expect(wrong).toMatchObject({ code: 3, stderr: "belfry: The email address or the password is wrong.\n" });
    // The same line works before and after the set-up, and the address is remembered.
    expect(again).toMatchObject({ code: 0 });
    expect(noPassword).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("No password on standard input"),
    });
    expect(noEmail).toMatchObject({ code: 2, stderr: expect.stringContaining("--email") });
    expect(noFile).toMatchObject({ code: 1, stderr: expect.stringContaining("no such file or folder") });
  });

  test("login from elsewhere needs the setup code that the server printed", async () => {
    const server = await startTestServer();
    const proxy = await startOther((request, response) => {
      const headers = { "content-type": "application/json", via: "1.1 proxy" };
      void new Response(request as unknown as ReadableStream).text().then(async (body) => {
        const answer = await fetch(server.url + request.url, {
          method: request.method!,
          headers: {
            ...headers,
            "coder-session-token": String(request.headers["coder-session-token"] ?? ""),
          },
          ...(body === "" ? {} : { body }),
        });
        response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
      });
    });
    const { belfry } = await openShell();
    const words = ["login", proxy, "--first-user-email", owner.email, "--first-user-username", "ada"];
    const input = server.secret(owner.password);
    const [missing, wrong] = await Promise.all([
      belfry(words, { input }),
      belfry([...words, "--setup-code", "AAAA-AAAA"], { input }),
    ]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("--setup-code") });
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("The setup code is wrong."),
    });
    const code = server.secret(server.setupCode!);
    expect(await belfry([...words, "--setup-code", code], { input })).toMatchObject({ code: 0 });
  });

  test("login with a token creates a session from it, or stores the token with --use-token-as-session", async () => {
    const server = await startTestServer();
    const { token: session } = await signInFirst(server);
    const person = await openSignedIn(server, session);
    const [token, narrow] = (
      await Promise.all([
        person.belfry(["tokens", "create", "--name", "laptop"]),
        person.belfry(["tokens", "create", "--scope", "notify"]),
      ])
    ).map(({ stdout }) => server.secret(stdout.trim())) as [string, string];

    const { belfry, folder } = await openShell();
    const stored = async () => json(await readFile(join(folder, "login.json"), "utf8"));
    expect(await belfry(["login", server.url, "--token", "-"], { input: `${token}\n` })).toMatchObject({
      code: 0,
    });
    const { token: key } = (await stored())["session"] as { token: string };
    expect(server.secret(key)).not.toBe(token);
    expect(await belfry(["logout"])).toMatchObject({ code: 0, stderr: `Signed out of ${server.url}.\n` });
    expect((await server.call("GET", "/api/v2/users/me", { token: key })).status).toBe(401);
    expect(await stored()).toEqual({ url: server.url });

    const unknown = `${"a".repeat(10)}-${"b".repeat(22)}`;
    const [signedOut, who, tooNarrow, notKnown, none, empty] = await Promise.all([
      belfry(["logout"]),
      belfry(["whoami"]),
      belfry(["login", "--token", narrow]),
      belfry(["login", "--token", unknown]),
      belfry(["login", "--token"]),
      belfry(["login", "--token", "-"]),
    ]);
    expect(signedOut).toMatchObject({ code: 0, stderr: "Not signed in.\n" });
    expect(who).toMatchObject({
      code: 3,
      stdout: "",
      stderr: expect.stringContaining(`belfry login ${server.url}`),
    });
    expect(tooNarrow).toMatchObject({ code: 1, stderr: expect.stringContaining("--use-token-as-session") });
    expect([notKnown.code, none.code, empty.code]).toEqual([3, 2, 1]);

    expect(await belfry(["login", "--token", narrow, "--use-token-as-session"])).toMatchObject({ code: 0 });
    const [sent, list] = await Promise.all([
      belfry(["notifications", "custom", "From a narrow token", "It works"]),
      belfry(["notifications", "list"]),
    ]);
    expect(sent).toMatchObject({ code: 0 });
    expect(list).toMatchObject({ code: 1, stderr: expect.stringContaining("notify") });
    // A token that somebody made on purpose is not revoked by signing out.
    expect(await belfry(["logout"])).toMatchObject({ code: 0 });
    expect((await server.call("GET", "/api/v2/users/me", { token: narrow })).status).toBe(403);
  });

  test("An error names the source of a bad key, and a stored key is sent to no other server", async () => {
    const server = await startTestServer();
    await signInFirst(server);
    const { belfry, folder } = await openShell();
    await belfry(["login", server.url, "--email", owner.email], { input: owner.password });
    const { token } = json(await readFile(join(folder, "login.json"), "utf8"))["session"] as {
      token: string;
    };
    server.secret(token);

    const heard: string[] = [];
    const other = await startOther((request, response) => {
      heard.push(JSON.stringify(request.headers));
      response.writeHead(200, { "content-type": "text/html" }).end("<p>Hello");
    });
    const bad = "aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb";
    const [elsewhere, foreign, fromOption, fromEnvironment, noUrl] = await Promise.all([
      belfry(["whoami", "--url", other]),
      belfry(["whoami", "--url", other, "--token", bad]),
      belfry(["whoami", "--token", bad]),
      belfry(["whoami"], { environment: { BELFRY_SESSION_TOKEN: bad } }),
      belfry(["whoami", "--url", "ftp://x"]),
    ]);
    expect(elsewhere).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`Not signed in at ${other}`),
    });
    expect(foreign).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("is not Belfry (status 200, text/html)"),
    });
    expect(heard.join()).not.toContain(token);
    expect(fromOption).toMatchObject({ code: 3, stderr: expect.stringContaining("--token") });
    expect(fromEnvironment).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("BELFRY_SESSION_TOKEN"),
    });
    expect(noUrl).toMatchObject({ code: 2, stderr: expect.stringContaining("Invalid address") });

    server.clock.advance(8 * 86_400_000);
    expect(await belfry(["whoami"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`Sign in again: belfry login ${server.url}`),
    });
    // Whoever wants to sign out of an expired session is signed out.
    expect(await belfry(["logout"])).toMatchObject({ code: 0 });
  });

  test("A server that is unreachable or redirects is reported", async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const redirecting = await startOther((_, response) => {
      response.writeHead(308, { location: "https://belfry.example.com/somewhere" }).end();
    });
    const proxy = await startOther((_, response) => void response.writeHead(502).end("Bad gateway"));
    const { belfry, folder } = await openShell();
    const token = ["--token", "aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb"];
    const [refused, login, redirected, broken] = await Promise.all([
      belfry(["whoami", "--url", nobody, ...token]),
      belfry(["login", nobody]),
      belfry(["whoami", "--url", redirecting, ...token]),
      belfry(["whoami", "--url", proxy, ...token]),
    ]);
    expect(refused).toEqual({
      code: 4,
      stdout: "",
      stderr: `belfry: Can't reach Belfry at ${nobody}: connection refused. Is it running? Start it: belfry serve\n`,
    });
    expect(login).toMatchObject({ code: 4, stdout: "" });
    expect(redirected).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("redirects to https://belfry.example.com."),
    });
    expect(broken).toMatchObject({ code: 4, stderr: expect.stringContaining("status 502") });

    // What failed has stored nothing.
    await expect(stat(folder)).rejects.toThrow("ENOENT");
    const live = await startTestServer();
    await signInFirst(live);
    await belfry(["login", live.url, "--email", owner.email], { input: owner.password });
    await live.stop();
    expect(await belfry(["logout"])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("belfry logout --local"),
    });
    expect(await belfry(["logout", "--local"])).toMatchObject({ code: 0 });
    expect(json(await readFile(join(folder, "login.json"), "utf8"))).toEqual({ url: live.url });
  });
});

describe("Help and usage", () => {
  test("Help is on standard output, a wrong line on standard error, and nothing of either is coloured in a pipe", async () => {
    const { belfry } = await openShell();
    const [root, serve, port, typo, option] = await Promise.all([
      belfry([]),
      belfry(["serve", "--help"]),
      belfry(["serve", "--port", "5000"]),
      belfry(["notifications", "cutsom"]),
      belfry(["login", "--pasword", "secret"]),
    ]);
    expect(root).toMatchObject(done);
    for (const word of ["serve", "login", "run", "notifications", "not signed in"])
      expect(root.stdout).toContain(word);
    expect(serve).toMatchObject({ ...done, stdout: expect.stringContaining("BELFRY_HTTP_ADDRESS=") });
    expect(port).toMatchObject({ code: 2, stderr: expect.stringContaining("Unknown option --port") });
    expect(typo).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('Did you mean "custom"?'),
    });
    expect(option).toMatchObject({ code: 2, stderr: expect.stringContaining("Unknown option --pasword") });
    expect(option.stderr).not.toContain("secret");
    for (const { stdout, stderr } of [root, typo]) expect(stdout + stderr).not.toContain("\u001B");
  });
});

describe("Users and tokens", () => {
  test("Users are created, listed, suspended and reactivated", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const { belfry } = await openSignedIn(server, token);
    const create = (name: string, ...more: string[]) =>
      ["users", "create", "--email", `${name}@example.com`, "--username", name].concat(more);
    const given = server.secret("a-good-password-of-eve-9");
    const [grace, eve, kay] = await Promise.all([
      belfry(create("grace", "--name", "Grace Hopper", "--role", "auditor", "--generate-password")),
      belfry(create("eve", "-o", "json"), { input: `${given}\n` }),
      belfry(create("kay", "-o", "json", "--generate-password")),
    ]);
    expect(grace).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("Created user grace (Grace Hopper, grace@example.com), auditor."),
    });
    const password = server.secret(grace.stdout.trim());
    await signIn(server, { email: "grace@example.com", password });
    expect(json(eve.stdout)).toMatchObject({ username: "eve", roles: [] });
    expect(eve.stdout).not.toContain(given);
    await signIn(server, { email: "eve@example.com", password: given });
    const generated = server.secret(String(json(kay.stdout)["generated_password"]));
    await signIn(server, { email: "kay@example.com", password: generated });

    const [taken, weak, nameless, king, list, found, nobody, all] = await Promise.all([
      belfry(create("eve", "--generate-password")),
      belfry(create("bob"), { input: "short\n" }),
      belfry(["users", "create", "--email", "x@example.com"]),
      belfry(create("bob", "--role", "king")),
      belfry(["users", "list"]),
      belfry(["user", "ls", "--search", "hopper"]),
      belfry(["users", "list", "--search", "nobodyatall"]),
      belfry(["users", "list", "--output", "json"]),
    ]);
    expect(taken).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "belfry: This email address is already in use.\n  --email: already in use\n",
    });
    expect(weak).toMatchObject({ code: 1, stderr: expect.stringContaining("password: ") });
    expect(nameless).toMatchObject({ code: 2, stderr: expect.stringContaining("--username") });
    expect(king).toMatchObject({ code: 2, stderr: expect.stringContaining("owner, user-admin") });
    expect(list!.stdout.split("\n")).toHaveLength(6);
    expect(list!.stdout).toMatch(/^USERNAME +NAME +EMAIL +ROLES +STATUS +LAST SEEN\n/);
    expect(found!.stdout).toContain("Grace Hopper");
    expect(found!.stdout).not.toContain("eve");
    expect(nobody).toEqual({ code: 0, stdout: "", stderr: "No users found.\n" });
    expect(json(all!.stdout)["count"]).toBe(4);

    const [promoted, plain, crowned] = [
      await belfry(["users", "roles", "grace", "template-admin", "auditor"]),
      await belfry(["users", "roles", "grace", "--none", "-o", "json"]),
      await belfry(["users", "roles", "grace", "king"]),
    ];
    expect(await belfry(["users", "roles", "grace"])).toEqual({ code: 0, stdout: "member\n", stderr: "" });
    expect(promoted).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringContaining("template-admin"),
    });
    expect(json(plain.stdout)["roles"]).toEqual([]);
    expect(crowned).toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown role "king"') });

    const suspended = await belfry(["users", "suspend", "grace"]);
    expect(suspended).toEqual({ code: 0, stdout: "", stderr: "Suspended user grace.\n" });
    const again = { email: "grace@example.com", password };
    await expect(signIn(server, again)).rejects.toThrow("401");
    expect(await belfry(["users", "activate", "grace", "-o", "json"])).toMatchObject(done);
    await signIn(server, again);
    const [last, unknown, dots] = await Promise.all([
      belfry(["users", "suspend", "ada"]),
      belfry(["users", "suspend", "nobody/../ada"]),
      belfry(["users", "suspend", ".."]),
    ]);
    expect(last).toMatchObject({ code: 1, stderr: expect.stringContaining("last active owner") });
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("not found") });
    expect(dots).toMatchObject({
      code: 1,
      stderr: 'belfry: invalid name "..": must not be empty, "." or ".."\n',
    });
  });

  test("Long lists come whole, page after page", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const { belfry } = await openSignedIn(server, token);
    const names = Array.from({ length: 104 }, (_, index) => `user-${index}`);
    for (const username of names)
      await server.call("POST", "/api/v2/users", {
        token,
        json: { email: `${username}@example.com`, username, password: "a-good-password-of-many-9" },
      });
    const { users, count } = json((await belfry(["users", "list", "-o", "json"])).stdout);
    expect(count).toBe(105);
    expect(new Set((users as { username: string }[]).map(({ username }) => username))).toEqual(
      new Set(["ada", ...names]),
    );
  });

  test("Tokens are created with a name, a lifetime and a scope, and only the key is on standard output", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const { belfry } = await openSignedIn(server, token);
    const [made, second] = await Promise.all([
      belfry(["tokens", "create", "--name", "nightly", "--lifetime", "12h", "--scope", "read"]),
      belfry(["tokens", "create", "-o", "json"]),
    ]);
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("not shown again") });
    expect(made.stdout).toMatch(/^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}\n$/);
    const key = server.secret(made.stdout.trim());
    server.secret(String(json(second.stdout)["key"]));

    const [who, refused, list, listed, taken, noTime, noScope, tooLong] = await Promise.all([
      belfry(["whoami", "--token", key]),
      belfry(["notifications", "custom", "a", "b", "--token", key]),
      belfry(["tokens", "list"]),
      belfry(["tokens", "list", "-o", "json"]),
      belfry(["tokens", "create", "--name", "nightly"]),
      belfry(["tokens", "create", "--lifetime", "soon"]),
      belfry(["tokens", "create", "--scope", "some"]),
      belfry(["tokens", "create", "--lifetime", "2000y"]),
    ]);
    expect(who).toMatchObject({ code: 0, stdout: expect.stringContaining("ada") });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('scope is "read"') });
    expect(list!.stdout).toMatch(/nightly +\w{10} +read +.* +2026-11-21\n/);
    expect(list!.stdout).not.toContain(key);
    const rows = JSON.parse(listed!.stdout) as { token_name: string; lifetime_seconds: number }[];
    expect(rows.map(({ lifetime_seconds }) => lifetime_seconds).toSorted((a, b) => a - b)).toEqual([
      12 * 3_600,
      30 * 86_400,
    ]);
    expect(taken).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining('named "nightly" already'),
    });
    expect(noTime).toMatchObject({ code: 2, stderr: expect.stringContaining("12h, 30d or 1y") });
    expect(noScope).toMatchObject({ code: 2, stderr: expect.stringContaining("all, read or notify") });
    expect(tooLong).toMatchObject({ code: 1, stderr: expect.stringContaining("lifetime") });

    const typo = await belfry(["tokens", "remove", "nightly", "nigthly"]);
    expect(typo).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean "nightly"?') });
    expect(await belfry(["tokens", "remove", "nightly"])).toMatchObject({
      code: 0,
      stderr: "Removed token nightly.\n",
    });
    expect(await belfry(["whoami", "--token", key])).toMatchObject({ code: 3 });
    const { id } = (JSON.parse(listed!.stdout) as { id: string }[]).find((row) => !key.startsWith(row.id))!;
    expect(await belfry(["token", "rm", id])).toMatchObject({ code: 0 });
    expect(await belfry(["tokens", "ls"])).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("No tokens"),
    });
  });
});

describe("Notifications", () => {
  test("custom sends the words given, or what comes on standard input, to oneself", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const { belfry } = await openSignedIn(server, token);
    expect(await belfry(["notifications", "custom", "Build done", "All 312 tests passed"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "Sent to you.\n",
    });
    const custom = ["notification", "custom"];
    const [duplicate, dash, implied, blank, long, none, empty] = await Promise.all([
      belfry([...custom, "Build done", "All 312 tests passed"]),
      belfry([...custom, "From input", "-"], { input: "one\ntwo\n" }),
      belfry([...custom, "Also from input"], { input: "three" }),
      belfry([...custom, " ", "text"]),
      belfry([...custom, "Long", "-"], { input: "é".repeat(1_001) }),
      belfry(custom),
      belfry([...custom, "Title", "-"], { input: " \n" }),
    ]);
    expect(duplicate).toMatchObject({ code: 1, stderr: expect.stringContaining("less than a minute ago") });
    expect([dash!.code, implied!.code]).toEqual([0, 0]);
    expect(blank).toMatchObject({ code: 1, stderr: "belfry: TITLE: must not be empty\n" });
    expect(long).toEqual({
      code: 0,
      stdout: "",
      stderr: "The message is too long; sending its last 2000 bytes.\nSent to you.\n",
    });
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "Missing argument TITLE. Usage: belfry notifications custom [OPTIONS] TITLE [MESSAGE]",
      ),
    });
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining("MESSAGE: missing") });
    const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token });
    expect(new Set(inbox.json.notifications.map((item) => [item.title, item.content].join()))).toEqual(
      new Set([
        "Build done,All 312 tests passed",
        "From input,one\ntwo",
        "Also from input,three",
        `Long,…${"é".repeat(998)}`,
      ]),
    );
  });

  test("An owner can send to users and roles and pause notifications; others can't", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const grace = await addUser(server, "grace", ["auditor"]);
    const eve = await addUser(server, "eve");
    const ada = await openSignedIn(server, token);
    const member = await openSignedIn(server, eve.token);
    const send = ["notifications", "custom", "Upgrade at six", "Save your work"];
    const settings = async () => (await server.call("GET", "/api/v2/notifications/settings", { token })).json;

    const sent = await ada.belfry([...send, "--user", "eve", "--role", "auditor", "--user", "grace"]);
    expect(sent).toMatchObject({ code: 0, stderr: "Sent to eve, grace, all users with the role auditor.\n" });
    for (const person of [grace, eve]) {
      const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token: person.token });
      expect(inbox.json.notifications).toHaveLength(1);
    }
    const [nobody, king, toOthers, testByMember, pausedByMember] = await Promise.all([
      ada.belfry([...send, "--user", "nobody"]),
      ada.belfry([...send, "--role", "king"]),
      member.belfry([...send, "--user", "ada"]),
      member.belfry(["notifications", "test"]),
      member.belfry(["notifications", "pause"]),
    ]);
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining("unknown user nobody") });
    expect(king).toMatchObject({ code: 2 });
    for (const refused of [toOthers!, testByMember!, pausedByMember!])
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("Only owners can") });
    expect(await settings()).toEqual({ notifier_paused: false });

    expect(await ada.belfry(["notifications", "test"])).toMatchObject({ code: 0, stdout: "" });
    expect(await ada.belfry(["notifications", "pause"])).toMatchObject({ code: 0, stdout: "" });
    expect(await ada.belfry(["notifications", "pause"])).toMatchObject({ code: 0, stdout: "" });
    expect(await settings()).toEqual({ notifier_paused: true });
    expect(await ada.belfry(["notifications", "resume"])).toMatchObject({ code: 0, stdout: "" });
    expect(await settings()).toEqual({ notifier_paused: false });
  });

  test("list shows the inbox and read marks what it shows, by the ends of ids", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const { belfry } = await openSignedIn(server, token);
    const list = (...words: string[]) => belfry(["notifications", "list", ...words]);
    expect(await list()).toEqual({ code: 0, stdout: "", stderr: "Your inbox is empty.\n" });
    for (let index = 1; index <= 30; index += 1) {
      const content = { title: `Number ${index}`, message: `\u001B]0;evil\u0007\u001B[31mred ${index}` };
      await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
    }
    const titles = (text: string) =>
      (json(text)["notifications"] as { title: string }[]).map(({ title }) => Number(title.slice(7)));
    const [shown, some, all, zero, everything] = await Promise.all([
      list(),
      list("--limit", "27", "-o", "json"),
      list("--limit", "all", "-o", "json"),
      list("--limit", "0"),
      belfry(["notifications", "ls", "--limit", "all"]),
    ]);
    expect(titles(some!.stdout)).toEqual(Array.from({ length: 27 }, (_, index) => 30 - index));
    expect(titles(all!.stdout)).toHaveLength(30);
    expect(json(all!.stdout)["unread_count"]).toBe(30);
    expect(zero).toMatchObject({ code: 2, stderr: expect.stringContaining("--limit") });
    expect(shown!.stdout.split("\n")).toHaveLength(41);
    expect(shown!.stdout).toMatch(/^\* .{10} {2}Number 30 {2}[0-9a-f]{8}\n {14}red 30\n/);
    expect(shown!.stdout).not.toContain("\u001B");
    expect(shown!.stderr).toContain("30 unread.");

    const shortIds = [...everything!.stdout.matchAll(/Number (?:30|1) {2}([0-9a-f]{8})$/gm)].map(
      ([, id]) => id!,
    );
    expect(shortIds).toHaveLength(2);
    const whole = (json(all!.stdout)["notifications"] as { id: string }[])[1]!.id;
    expect(await belfry(["notifications", "read", ...shortIds, whole])).toEqual({
      code: 0,
      stdout: "",
      stderr: "Marked 3 notifications as read; 27 unread.\n",
    });
    const [unread, noId, nowhere, nothing, both] = await Promise.all([
      list("--unread", "--limit", "all", "-o", "json"),
      belfry(["notifications", "read", "xyz"]),
      belfry(["notifications", "read", "00000000"]),
      belfry(["notifications", "read"]),
      belfry(["notifications", "read", "--all", "00000000"]),
    ]);
    expect(titles(unread!.stdout)).toEqual(Array.from({ length: 27 }, (_, index) => 28 - index));
    expect(noId).toMatchObject({ code: 2, stderr: expect.stringContaining("is not a valid ID") });
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Notification 00000000 not found"),
    });
    expect([nothing!.code, both!.code]).toEqual([2, 2]);
    expect(await belfry(["notifications", "read", "--all"])).toMatchObject({ code: 0 });
    expect(await list("--unread")).toEqual({ code: 0, stdout: "", stderr: "No unread notifications.\n" });
    expect((await list("--limit", "1")).stdout).toMatch(/^ {2}.{10} {2}Number 30/);
    const single = await belfry(["notifications", "show", shortIds[0]!]);
    expect(single).toMatchObject({ code: 0, stdout: expect.stringContaining(shortIds[0]!) });
    expect(
      json((await belfry(["notifications", "show", shortIds[0]!, "-o", "json"])).stdout)["id"],
    ).toContain(shortIds[0]);
    expect(
      await belfry(["notifications", "show", whole.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))]),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not found in your inbox"),
    });
    expect(await belfry(["notifications", "done", shortIds[0]!])).toMatchObject({
      code: 0,
      stderr: "Marked 1 notification as done; 0 unread.\n",
    });
    expect((await belfry(["notifications", "list", "--done"])).stdout).toContain(shortIds[0]);
    expect((await belfry(["notifications", "list", "--limit", "all"])).stdout).not.toContain(shortIds[0]);
    expect(await belfry(["notifications", "list", "--all", "--done"])).toMatchObject({ code: 2 });
    expect(await belfry(["notifications", "done", "--all"])).toMatchObject({
      code: 0,
      stderr: "Marked all notifications as done.\n",
    });
    expect(await belfry(["notifications", "list"])).toMatchObject({ stderr: "Your inbox is empty.\n" });
  });
});
