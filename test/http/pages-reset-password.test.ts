// The pages of a forgotten password, as a browser without scripts sees them: the code leaves the address at once, and only
// the button uses it up.
import { expect, test } from "vitest";
import { get, placeOf, post, wordsOf } from "../support/pages.ts";
import { askForCode, newPassword, startWithMail } from "../support/passcodes.ts";
import {
  owner,
  signIn,
  signInFirst,
  startTestServer,
  type CallAnswer,
  type TestServer,
} from "../support/server.ts";
import { countRows } from "../support/stored.ts";

const changing = "/reset-password/change";
const cookieOf = (answer: CallAnswer) => answer.headers.get("set-cookie")!.split(";")[0]!;
/** The link of the mail, below the server. */
const linkOf = (code: string, email = owner.email) =>
  `${changing}?otp=${code}&email=${encodeURIComponent(email)}`;

async function start() {
  const started = await startWithMail();
  await signInFirst(started.server);
  started.server.secret(newPassword);
  return started;
}
const signsIn = async (server: TestServer) => {
  const { email } = owner;
  const answer = await server.call("POST", "/api/v2/users/login", { json: { email, password: newPassword } });
  return answer.status === 201;
};

test("from the sign-in page to the mail and signed in with the new password", async () => {
  const { server, post: mails, codes } = await start();
  expect((await get(server, "/login")).text).toContain('<a href="/reset-password">Forgot password?</a>');
  expect(wordsOf(await get(server, "/reset-password"))).toContain("Forgot your password?");
  const asked = await post(server, "/reset-password", { email: ` ${owner.email} ` });
  expect([asked.status, placeOf(asked)]).toEqual([303, "/reset-password?sent"]);
  expect(wordsOf(await get(server, "/reset-password?sent"))).toContain(
    "If an account with this address exists",
  );
  await server.settled();

  const [code] = codes();
  const { html } = mails.mails[0]!.email;
  const link = /href="([^"]*\/reset-password\/change\?[^"]*)"/.exec(html!)![1]!.replaceAll("&amp;", "&");
  expect(link).toBe(`${server.url}${linkOf(code!)}`);
  const opened = await get(server, link.slice(server.url.length));
  expect([opened.status, placeOf(opened)]).toEqual([303, changing]);
  expect(opened.headers.get("set-cookie")).toMatch(
    /^belfry_passcode=[\w-]+; Max-Age=1200; Path=\/reset-password\/change; HttpOnly; SameSite=Lax$/,
  );
  expect(opened.headers.get("referrer-policy")).toBe("no-referrer");
  expect(opened.text).not.toContain(code);

  const form = await get(server, changing, cookieOf(opened));
  expect(wordsOf(form)).toContain(`For ${owner.email}`);
  expect(form.text).not.toContain(code);
  const weak = await post(server, changing, { email: owner.email, password: "notstrong" }, cookieOf(opened));
  expect([weak.status, wordsOf(weak)]).toEqual([400, expect.stringContaining("Too easy to guess")]);
  expect(weak.headers.get("set-cookie")).toBeNull();

  const done = await post(server, changing, { password: newPassword }, cookieOf(opened));
  expect([done.status, placeOf(done)]).toEqual([303, "/inbox"]);
  const cookies = done.headers.getSetCookie();
  expect(cookies.find((one) => one.startsWith("belfry_passcode="))).toMatch(/Max-Age=0/);
  const session = cookies.find((one) => one.startsWith("coder_session_token="))!.split(";")[0]!;
  server.secret(session.split("=")[1]!);
  expect(wordsOf(await get(server, "/inbox", session))).toContain("Your password was changed");
});

test("opening the link of a mail doesn't use up the code", async () => {
  const { server, codes } = await start();
  await askForCode(server);
  const [code] = codes();
  for (let times = 0; times < 8; times += 1) {
    await get(server, linkOf(code!));
    await server.call("HEAD", linkOf(code!));
  }
  expect(await countRows(server, "passcode_tries")).toBe(0);
  const fields = { email: owner.email, one_time_passcode: code!, password: newPassword };
  expect(placeOf(await post(server, changing, fields))).toBe("/inbox");
});

test("the code can be typed in; a wrong one is reported, and the email stays", async () => {
  const { server, codes } = await start();
  await askForCode(server);
  const fields = { email: owner.email, one_time_passcode: "AAAA-00000000", password: newPassword };
  const wrong = await post(server, changing, fields);
  expect([wrong.status, wordsOf(wrong)]).toEqual([400, expect.stringContaining("The code is wrong")]);
  expect(wrong.text).toContain(`value="${owner.email}"`);
  expect(wrong.text).not.toContain(newPassword);
  const none = await post(server, changing, { ...fields, one_time_passcode: " " });
  expect(wordsOf(none)).toContain("Enter the code from the email");
  expect(await signsIn(server)).toBe(false);
  const typed = await post(server, changing, { ...fields, one_time_passcode: codes()[0]! });
  expect(placeOf(typed)).toBe("/inbox");
  expect(await signsIn(server)).toBe(true);
});

test("an expired code's page offers a new one", async () => {
  const { server, codes } = await start();
  await askForCode(server);
  server.clock.advance(21 * 60_000);
  const cookie = cookieOf(await get(server, linkOf(codes()[0]!)));
  const late = await post(server, changing, { email: owner.email, password: newPassword }, cookie);
  expect([late.status, late.headers.get("set-cookie")]).toEqual([
    400,
    expect.stringMatching(/^belfry_passcode=; Max-Age=0; Path=\/reset-password\/change/),
  ]);
  expect(wordsOf(late)).toContain("Request another code");
  expect(late.text).toContain('name="one_time_passcode"');
});

test("an unknown email gets the same response, an invalid one an error", async () => {
  const { server, post: mails } = await start();
  const stranger = await post(server, "/reset-password", { email: "nobody@example.com" });
  expect([stranger.status, placeOf(stranger)]).toEqual([303, "/reset-password?sent"]);
  const wrong = await post(server, "/reset-password", { email: "nobody" });
  expect([wrong.status, wordsOf(wrong)]).toEqual([400, expect.stringContaining("Must be an email address")]);
  await server.settled();
  expect(mails.mails).toEqual([]);
});

test("another site can neither request a code nor use one", async () => {
  const { server, codes, post: mails } = await start();
  await askForCode(server);
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example.com" };
  const fields = { email: owner.email, one_time_passcode: codes()[0]!, password: newPassword };
  expect((await post(server, changing, fields, undefined, foreign)).status).toBe(403);
  expect((await post(server, "/reset-password", fields, undefined, foreign)).status).toBe(403);
  await server.settled();
  expect(mails.mails).toHaveLength(1);
  await signIn(server, owner);
});

test("a forged cookie or address shows the empty form", async () => {
  const { server } = await start();
  for (const cookie of [
    "belfry_passcode=%00",
    "belfry_passcode=e30",
    `belfry_passcode=${"a".repeat(3_000)}`,
  ]) {
    const page = await get(server, changing, cookie);
    expect([page.status, page.text.includes('name="one_time_passcode"')]).toEqual([200, true]);
  }
  const long = await get(server, linkOf("7".repeat(400)));
  expect([placeOf(long), long.headers.get("set-cookie")]).toEqual([changing, null]);
});

test("too many requests from one network are limited", async () => {
  const { server } = await start();
  await post(server, "/reset-password", { email: owner.email });
  await server.sql("UPDATE rate_limits SET current = 60");
  const answers = [
    await post(server, "/reset-password", { email: owner.email }),
    await post(server, changing, {
      email: owner.email,
      one_time_passcode: "AAAA-00000000",
      password: newPassword,
    }),
    await post(server, "/login", { email: owner.email, password: owner.password }),
  ];
  for (const answer of answers) {
    expect([answer.status, Number(answer.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect(wordsOf(answer)).toContain("Too many sign-in requests");
  }
});

test("a server without email says so, and who can set a new password", async () => {
  const page = await get(await startTestServer(), "/reset-password");
  expect(wordsOf(page)).toContain("This server can't send email. Ask an administrator");
  expect(page.text).not.toContain("Send reset link");
});
