// A forgotten password as people meet it: in a browser, on the command line, and on two servers at once.
import { expect, onTestFinished, test } from "vitest";
import { arriveAt, browserTest, useBrowser } from "../support/browser.ts";
import { checkLooks } from "../support/looks.ts";
import { askForCode, codeIn, mailTo, newPassword, startWithMail } from "../support/passcodes.ts";
import { runCommand } from "../support/command.ts";
import { callServer, createClock, owner, signInFirst, startTestServer } from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

const open = useBrowser();

browserTest("from “Forgot password?” to signed in, with the mail in between", async () => {
  // By the machine's clock, because the browser keeps a cookie by its own.
  const { server, post } = await startWithMail({ clock: createClock(Date.now()) });
  await signInFirst(server);
  server.secret(newPassword);
  const page = await open(server, { expected: /status of 400/ });
  await page.goto("/");
  await page.getByRole("link", { name: "Forgot password?" }).click();
  await page.getByLabel("Email address").fill(owner.email);
  await page.getByRole("button", { name: "Send reset link" }).click();
  await page.getByRole("heading", { name: "Check your email" }).waitFor();
  await server.settled();

  const [mail] = post.mails;
  const code = codeIn(server, mail!);
  const link = /http\S+\/reset-password\/change\?\S+/.exec(mail!.email.text!)![0].replace(/>$/, "");
  expect(link).toContain(code);
  const referrers: (string | undefined)[] = [];
  page.on("request", (request) => referrers.push(request.headers()["referer"]));
  await page.goto(link);
  expect(page.url()).toBe(`${server.url}/reset-password/change`);
  await page.getByText(`For ${owner.email}.`).waitFor();
  await page.getByLabel("New password").fill("notstrong");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("Too easy to guess").waitFor();
  await page.getByLabel("New password").fill(newPassword);
  await page.getByRole("button", { name: "Set password" }).click();
  await arriveAt(page, "/inbox");
  await page.getByRole("heading", { name: "Your password was changed" }).waitFor();
  expect(referrers.filter((referrer) => referrer?.includes(code))).toEqual([]);
  const visited = await page.evaluate(() => navigation.entries().map(({ url }) => url ?? ""));
  expect(visited.length).toBeGreaterThan(2);
  expect(visited.filter((url) => url.includes(code))).toEqual([]);
});

browserTest("the pages fit each screen", async () => {
  const { server } = await startWithMail();
  await signInFirst(server);
  const page = await open(server);
  for (const path of ["/login", "/reset-password", "/reset-password?sent", "/reset-password/change"])
    await checkLooks(page, path);
});

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
