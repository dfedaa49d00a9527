// A forgotten password on the command line, and on two servers at once; in a browser: test/pages/browser-reset-password.test.ts.
import { expect, onTestFinished, test } from "vitest";
import { askForCode, mailTo, newPassword, startWithMail } from "../support/passcodes.ts";
import { runCommand } from "../support/command.ts";
import { callServer, owner, signInFirst, startTestServer } from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

test("on the command line: one command asks for the mail, another sets the password", async () => {
  const { server, codes } = await startWithMail();
  const { token } = await signInFirst(server);
  server.secret(newPassword);
  const environment = { BELFRY_URL: server.url };
  const command = ["users", "reset-password", owner.email];
  const asked = await runCommand(command, { environment });
  expect(asked).toMatchObject({ code: 0, stdout: "" });
  expect(asked.stderr).toMatch(/If ada@example\.com has an account.*\n.*--code CODE/);
  await server.settled();
  const [code] = codes();
  const withCode = [...command, "--code", code!];
  const weak = await runCommand(withCode, { environment, input: "notstrong\n" });
  expect([weak.code, weak.stderr]).toEqual([1, expect.stringContaining("Too easy to guess")]);
  const changed = await runCommand(withCode, { environment, input: `${newPassword}\n` });
  expect(changed).toMatchObject({ code: 0, stdout: "" });
  expect((await server.call("GET", "/api/v2/users/me", { token })).status).toBe(401);
  const login = await runCommand(["login", server.url, "--email", owner.email], {
    environment: { BELFRY_CONFIG_DIR: server.folder },
    input: `${newPassword}\n`,
  });
  expect(login.code).toBe(0);
  const again = await runCommand(withCode, { environment, input: "another-good-one-17\n" });
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("wrong or expired")]);
  expect(await askForCode(server, "nobody@example.com")).toBe(204);
});

test.skipIf(noServer)(
  "of twenty changes with the right code at once, on two servers, one is done and answers so",
  async () => {
    const database = await startLibsqlServer();
    onTestFinished(database.stop);
    const mail = await startMailServer();
    const environment = { ...mailTo(mail.port), BELFRY_DATABASE_URL: database.url };
    const start = () => startTestServer({ environment, adapter: "twice", databaseTimeoutMs: 60_000 });
    const { url: first } = await start();
    const urls = [first, (await start()).url];
    await callServer(first, "POST", "/api/v2/users/first", { json: owner });
    const arrived = new Promise<void>((resolve) => (mail.mails.push = pushing(mail.mails, resolve)));
    await callServer(first, "POST", "/api/v2/users/otp/request", { json: { email: owner.email } });
    await arrived;
    const [code] = /\b[A-Z0-9]{4}-\d{8}\b/.exec(mail.mails[0]!.email.text!)!;

    const passwords = Array.from({ length: 20 }, (_, at) => `seven-green-bottles-${at + 41}`);
    const answers = await Promise.all(
      passwords.map((password, at) =>
        callServer(urls[at % 2]!, "POST", "/api/v2/users/otp/change-password", {
          json: { email: owner.email, one_time_passcode: code, password },
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([204, ...Array.from({ length: 19 }, () => 400)]);
    const login = (password: string) =>
      callServer(urls[1]!, "POST", "/api/v2/users/login", { json: { email: owner.email, password } });
    expect((await login(passwords[statuses.indexOf(204)]!)).status).toBe(201);
    expect((await login(owner.password)).status).toBe(401);
  },
);

/** Calls back when something is added to the list. */
function pushing<T>(list: T[], onAdded: () => void): (...items: T[]) => number {
  return (...items) => {
    const length = Array.prototype.push.apply(list, items);
    onAdded();
    return length;
  };
}
