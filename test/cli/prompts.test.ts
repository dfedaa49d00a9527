// Commands at a terminal: prompts, hidden passwords, Ctrl-C, bold headings, lines cut at the terminal's width.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { runCommand, startAtTerminal } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { owner, signInFirst, startTestServer } from "../support/server.ts";

describe("prompts", () => {
  test("login asks for the first user, again for what is refused or typed differently, and echoes no password", async () => {
    const server = await startTestServer();
    const folder = await temporaryFolder();
    const { type, asks, ended } = startAtTerminal(["login", server.url], {
      environment: { BELFRY_CONFIG_DIR: folder, USER: "ada" },
    });
    await asks("Create the first one, an owner.");
    await asks("Email: ");
    type("nonsense\n");
    await asks("Username [ada]: ");
    type("\n");
    const secret = server.secret(owner.password);
    for (const second of ["another", secret]) {
      await asks("Password: ");
      type(`${secret}\n`);
      await asks("Confirm password: ");
      type(`${second}\n`);
      if (second !== secret) await asks("Passwords do not match. Try again.\n");
    }
    await asks("email: ");
    await asks("Email: ");
    type(`${owner.email}\n`);
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/Signed in at \S+ as ada \(ada@example\.com\), owner\.\n$/);
    expect(stderr).not.toContain(secret);
    expect(await readFile(join(folder, "login.json"), "utf8")).toContain(server.url);
  });

  test("a wrong password can be corrected twice", async () => {
    const server = await startTestServer();
    await signInFirst(server);
    const { type, asks, ended } = startAtTerminal(["login", server.url, "--email", owner.email]);
    for (let tries = 1; tries <= 3; tries += 1) {
      await asks("Password: ");
      type("wrong\n");
    }
    const { code, stderr } = await ended;
    expect(code).toBe(3);
    expect(stderr.match(/The email address or the password is wrong\./g)).toHaveLength(3);
  });

  test("Ctrl-C at a prompt ends the command with 130", async () => {
    const server = await startTestServer();
    await signInFirst(server);
    const { type, asks, ended } = startAtTerminal(["login", server.url]);
    await asks("Email: ");
    type("\u0003");
    expect(await ended).toMatchObject({ code: 130, stdout: "" });
  });
});

test("a table has a bold heading and lines that fit the terminal; in a pipe it has neither", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const content = { title: "Build done", message: "x" };
  await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
  const environment = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
  const words = ["notifications", "list", "--all"];
  const list = async (more: Record<string, string>) =>
    (
      await startAtTerminal(words, { columns: 40, environment: { ...environment, TERM: "xterm", ...more } })
        .ended
    ).stdout;
  const [screen, plain, piped] = await Promise.all([
    list({}),
    list({ NO_COLOR: "1" }),
    runCommand(words, { environment }),
  ]);
  expect(screen.startsWith("\u001B[1mCREATED")).toBe(true);
  expect(plain).toBe(stripVTControlCharacters(screen));
  const [first, second] = [plain, piped.stdout].map((text) => text.split("\n"));
  expect(Math.max(...first!.map(({ length }) => length))).toBe(40);
  expect(second![0]).toMatch(/^CREATED .* RESPONSE$/);
});
