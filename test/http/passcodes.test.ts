// A forgotten password: what Coder's own tests say of the two routes, and where ours are stricter. The mail is real.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passcodeDigits, requestPasscode } from "../../src/accounts/passcodes.ts";
import { holdWrites } from "../support/meanwhile.ts";
import { addUser, owner, signIn, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { countHashes } from "../support/hashes.ts";
import { askForCode, changeWith, newPassword, startWithMail } from "../support/passcodes.ts";
import { startReceiver } from "../support/receiver.ts";
import { startScriptedServer } from "../support/smtp.ts";
import { countRows, storedEvents } from "../support/stored.ts";

const minute = 60_000;
const login = (server: TestServer, password: string, email = owner.email) =>
  server.call("POST", "/api/v2/users/login", { json: { email, password } });
/** Whether the old and the new password get in. */
const whichGetsIn = async (server: TestServer, email = owner.email, old = owner.password) => ({
  old: (await login(server, old, email)).status === 201,
  new: (await login(server, newPassword, email)).status === 201,
});
const unchanged = { old: true, new: false };
const isRefused = (answer: { status: number; json: { validations?: unknown } }) =>
  answer.status === 400 && answer.json.validations === undefined;

async function start(options: Parameters<typeof startWithMail>[0] = {}) {
  const started = await startWithMail(options);
  const { token, userId } = await signInFirst(started.server);
  started.server.secret(newPassword);
  return { ...started, token, userId };
}

test("a code from the mail sets a new password, once, and ends every session and token", async () => {
  const { server, codes, token, userId, post } = await start();
  const created = await server.call("POST", "/api/v2/users/me/keys/tokens", {
    token,
    json: { token_name: "ci" },
  });
  expect((await login(server, newPassword)).status).toBe(401);
  expect(await askForCode(server, "ADA@example.com")).toBe(204);
  const [code] = codes();
  const rows = await server.messages();
  expect(rows).toMatchObject([{ userId, method: "smtp", status: "sent", sealedLabels: null }]);
  expect(post.mails).toMatchObject([{ to: [owner.email] }]);
  expect((await storedEvents(server))[0]).toMatchObject({
    templateId: "62f86a30-2330-4b61-a26d-311ff3b608cf",
    targets: [userId],
    createdBy: "change-password-with-one-time-passcode",
  });

  const changed = await changeWith(server, code!, newPassword);
  expect([changed.status, changed.text]).toEqual([204, ""]);
  for (const key of [token, created.json.key])
    expect((await server.call("GET", "/api/v2/users/me", { token: key })).status).toBe(401);
  expect(isRefused(await changeWith(server, code!, "another-good-one-17"))).toBe(true);
  expect((await login(server, "another-good-one-17")).status).toBe(401);
  expect(await whichGetsIn(server)).toEqual({ old: false, new: true });
});

test("the user is notified of the change, in the inbox and by email", async () => {
  const { server, codes, post } = await start();
  await askForCode(server);
  await changeWith(server, codes()[0]!, newPassword);
  await server.settled();
  expect(post.mails.map(({ email }) => email.subject)).toEqual([
    "Password reset requested",
    "Your password was changed",
  ]);
  const token = await signIn(server, { ...owner, password: newPassword });
  const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json;
  expect(notifications).toHaveLength(1);
  expect(notifications[0]!.content).toMatch(/changed with a code sent by email. The request came from 127/);
});

test("a code expires after twenty minutes", async () => {
  const { server, codes } = await start();
  await askForCode(server);
  server.clock.advance(20 * minute - 1);
  await askForCode(server);
  server.clock.advance(1);
  const [old, fresh] = codes();
  expect(isRefused(await changeWith(server, old!, newPassword))).toBe(true);
  expect(await whichGetsIn(server)).toEqual(unchanged);
  expect((await changeWith(server, fresh!, newPassword)).status).toBe(204);
});

test("an invalid code changes nothing, and every one gets the same answer", async () => {
  const { server, codes } = await start();
  const bob = await addUser(server, "bob");
  expect(isRefused(await changeWith(server, crypto.randomUUID(), newPassword))).toBe(true);
  await askForCode(server);
  const [code] = codes();
  const answers = [
    await changeWith(server, crypto.randomUUID(), newPassword),
    await changeWith(
      server,
      `${code!.slice(0, 5)}${code!.endsWith("00000000") ? "00000001" : "00000000"}`,
      newPassword,
    ),
    await changeWith(server, code!, newPassword, bob.email),
    await changeWith(server, code!, newPassword, "nobody@example.com"),
  ];
  for (const { status, text } of answers) expect([status, text]).toEqual([400, answers[0]!.text]);
  const empty = await changeWith(server, "", newPassword);
  expect(empty.json.validations).toMatchObject([{ field: "one_time_passcode" }]);
  for (const weak of ["notstrong", "Password-2024-11!", owner.email]) {
    const answer = await changeWith(server, code!, weak);
    expect([answer.status, answer.json.validations!.length]).toEqual([400, 1]);
    expect(answer.json.validations![0]!.field).toBe("password");
  }
  expect(await whichGetsIn(server)).toEqual(unchanged);
  expect(await whichGetsIn(server, bob.email, bob.password)).toEqual(unchanged);
  // As people copy it.
  const typed = ` ${code!.toLowerCase().replace("-", " ")} `;
  expect((await changeWith(server, typed, newPassword)).status).toBe(204);
});

test("the old password, or one like the username, is refused and doesn't use up the code", async () => {
  const { server, codes } = await start();
  const grace = await addUser(server, "admiral-grace");
  await askForCode(server, grace.email);
  const [code] = codes();
  for (let times = 0; times < 3; times += 1)
    for (const password of [grace.password, "Admiral-Grace-17"]) {
      const answer = await changeWith(server, code!, password, grace.email);
      expect(answer.json.validations).toMatchObject([{ field: "password" }]);
    }
  expect((await changeWith(server, code!, newPassword, grace.email)).status).toBe(204);
});

test("an unknown address gets the same answer, and no mail", async () => {
  const { server, post } = await start();
  expect(await askForCode(server, "nobody@example.com")).toBe(204);
  expect(post.mails).toEqual([]);
  expect(await countRows(server, "notification_events")).toBe(0);
  for (const email of ["", "no address", 7]) {
    const answer = await server.call("POST", "/api/v2/users/otp/request", { json: { email } });
    expect([answer.status, answer.json.validations![0]!.field]).toEqual([400, "email"]);
  }
});

test("a known and an unknown address are the same work", async () => {
  const trips: string[] = [];
  const { server, token, codes } = await start({
    adapter: "plain",
    onTrip: ({ mode, statements }) => trips.push(`${mode} ${statements}`),
  });
  const bob = await addUser(server, "bob");
  await server.call("PUT", "/api/v2/users/bob/status/suspend", { token });
  const { process } = server.deps();
  const hashes = countHashes(process);
  await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
  const measured = async (send: () => Promise<unknown>) => {
    await server.settled();
    trips.length = 0;
    hashes.count = 0;
    await send();
    // Looking for what is to be sent comes after the answer and is no part of it.
    return { trips: trips.filter((trip) => trip !== "write 2"), hashes: hashes.count };
  };
  const ask = (email: string) =>
    measured(() => server.call("POST", "/api/v2/users/otp/request", { json: { email } }));
  const asked = await ask(owner.email);
  expect(asked).toMatchObject({
    hashes: 0,
    trips: [/^write/, /^write/].map((words) => expect.stringMatching(words)),
  });
  for (const email of ["nobody@example.com", bob.email]) expect(await ask(email)).toEqual(asked);
  await ask(owner.email);
  await ask(owner.email);
  expect(await ask(owner.email), "the fourth").toEqual(asked);
  expect(codes()).toEqual([]);

  const guess = (email: string) => measured(() => changeWith(server, "AAAA-00000000", newPassword, email));
  const guessed = await guess(owner.email);
  expect(guessed).toMatchObject({
    hashes: 0,
    trips: [/^write/, /^write/].map((words) => expect.stringMatching(words)),
  });
  expect(await guess("nobody@example.com")).toEqual(guessed);
});

test("a user who can't sign in gets no code, and earlier codes are invalid", async () => {
  const { server, token, codes } = await start();
  const bob = await addUser(server, "bob");
  await askForCode(server, bob.email);
  await server.call("PUT", "/api/v2/users/bob/status/suspend", { token });
  expect(await askForCode(server, bob.email)).toBe(204);
  expect(await askForCode(server, "prebuilds@example.com")).toBe(204);
  expect(codes()).toHaveLength(1);
  expect(isRefused(await changeWith(server, codes()[0]!, newPassword, bob.email))).toBe(true);
});

test("three codes wait at once: a fourth request is answered alike and replaces none", async () => {
  const { server, codes } = await start();
  const statuses = [];
  for (let times = 0; times < 5; times += 1) statuses.push(await askForCode(server));
  expect(statuses).toEqual([204, 204, 204, 204, 204]);
  expect(codes()).toHaveLength(3);
  expect(new Set(codes()).size).toBe(3);
  expect((await changeWith(server, codes()[0]!, newPassword)).status).toBe(204);
  expect(isRefused(await changeWith(server, codes()[1]!, "another-good-one-17"))).toBe(true);
  await askForCode(server);
  expect(codes()).toHaveLength(4);
});

test("requests at the same time each get a code of their own", async () => {
  const { server, codes } = await start();
  await Promise.all(Array.from({ length: 3 }, () => askForCode(server)));
  expect(new Set(codes()).size).toBe(3);
  const counters = await server.sql("SELECT counter FROM passcodes ORDER BY counter");
  expect(counters).toEqual([{ counter: 1 }, { counter: 2 }, { counter: 3 }]);
});

test("a request that another of the same account overtakes is answered like a stranger's, and gets its code afterwards", async () => {
  const { wrapClient, beforeNextWrite } = holdWrites();
  const { server, codes } = await start({ wrapClient });
  const later: (() => Promise<unknown>)[] = [];
  const deps = { ...server.deps(), defer: (task: () => Promise<unknown>) => void later.push(task) };
  // The write that counts the turn and looks, then the one that makes the code.
  beforeNextWrite(async () => beforeNextWrite(() => askForCode(server)));
  await requestPasscode(deps, owner.email);
  expect(codes()).toHaveLength(1);
  for (const task of later) await task();
  await server.settled();
  expect(new Set(codes()).size).toBe(2);
});

test("five attempts end a code; attempts with another prefix end none", async () => {
  const { server, codes } = await start();
  await askForCode(server);
  await askForCode(server);
  const [first, second] = codes();
  for (let tries = 0; tries < 20; tries += 1) await changeWith(server, "AAAA-00000000", newPassword);
  const wrong = `${first!.slice(0, 5)}${first!.endsWith("11111111") ? "22222222" : "11111111"}`;
  for (let tries = 0; tries < 5; tries += 1)
    expect(isRefused(await changeWith(server, wrong, newPassword))).toBe(true);
  expect(isRefused(await changeWith(server, first!, newPassword))).toBe(true);
  expect((await changeWith(server, second!, newPassword)).status).toBe(204);
});

test("failed sign-ins don't keep the owner from a new password, and are forgotten with it", async () => {
  const { server, codes } = await start();
  for (let tries = 0; tries < 6; tries += 1) await login(server, "not-the-password-77");
  expect((await login(server, owner.password)).status).toBe(429);
  await askForCode(server);
  expect((await changeWith(server, codes()[0]!, newPassword)).status).toBe(204);
  expect((await login(server, newPassword)).status).toBe(201);
});

test("another password change ends pending codes", async () => {
  const { server, codes, token } = await start();
  await askForCode(server);
  const json = { old_password: owner.password, password: "another-good-one-17" };
  expect((await server.call("PUT", "/api/v2/users/me/password", { token, json })).status).toBe(204);
  expect(isRefused(await changeWith(server, codes()[0]!, newPassword))).toBe(true);
});

test("the code is in no webhook, inbox, metric, answer or audit entry, whatever the template's channel is", async () => {
  const receiver = await startReceiver();
  const { server, codes, token } = await start({
    environment: {
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    },
  });
  const path = "/api/v2/notifications/templates/62f86a30-2330-4b61-a26d-311ff3b608cf/method";
  const refused = await server.call("PUT", path, { token, json: { method: "webhook" } });
  expect([refused.status, refused.json.validations![0]!.field]).toEqual([400, "method"]);
  await server.sql(
    "UPDATE notification_templates SET method = 'inbox' WHERE key = 'TemplateUserRequestedOneTimePasscode'",
  );
  await askForCode(server);
  const [code] = codes();
  expect(receiver.arrivals).toEqual([]);
  const [message] = await server.messages();
  const places = await Promise.all(
    [
      "/api/v2/notifications/inbox",
      "/api/v2/notifications/messages",
      `/api/v2/notifications/messages/${message!.id}`,
      "/api/v2/audit",
    ].map((path) => server.call("GET", path, { token })),
  );
  const metrics = await server.call("GET", "/metrics");
  for (const { text } of [...places, metrics])
    for (const part of [code!, code!.slice(5)]) expect(text).not.toContain(part);
  await changeWith(server, code!, newPassword);
  await server.settled();
  expect(receiver.arrivals.map(({ body }) => JSON.parse(body).payload.notification_name)).toEqual([
    "Your password was changed",
  ]);
});

test("a copy of the database while a code waits has neither the code nor what it could be derived from", async () => {
  const { server, codes, token, userId } = await start();
  await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
  await askForCode(server);
  const files = (await readdir(server.folder)).filter((name) => name.startsWith("belfry.db"));
  const copy = Buffer.concat(await Promise.all(files.map((name) => readFile(join(server.folder, name)))));
  expect(files.length).toBeGreaterThan(1);
  const [waiting] = await server.messages();
  expect(waiting).toMatchObject({ status: "pending", sealedLabels: expect.any(String) });
  await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: false } });
  await server.settled();
  const [code] = codes();
  const [letters, digits] = code!.split("-");
  for (const secret of [code!, digits!, Buffer.from(code!).toString("base64")])
    expect(copy.includes(secret), secret).toBe(false);
  const kept = JSON.stringify(await server.sql("SELECT * FROM passcodes"));
  expect(kept).not.toContain(letters);
  // Everything in the copy, with another key.
  expect(passcodeDigits(server.deps(), userId, 1)).toContain(digits);
  const other = await startTestServer({
    environment: { BELFRY_SECRET_KEY: Buffer.alloc(32, 9).toString("base64") },
  });
  expect(passcodeDigits(other.deps(), userId, 1)).not.toContain(digits);
});

test("a code is never sent late, and gone once it could only be", async () => {
  const { server, post, token } = await start();
  const pause = (notifier_paused: boolean) =>
    server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused } });
  await pause(true);
  await askForCode(server);
  server.clock.advance(20 * minute);
  await server.runTick();
  expect(await server.messages()).toMatchObject([
    { status: "inhibited", sealedLabels: null, reasons: expect.stringContaining("expired") },
  ]);
  expect(await countRows(server, "passcodes")).toBe(0);
  await pause(false);
  await server.runTick();
  expect(post.mails).toEqual([]);
  const { text } = await server.call("GET", "/metrics");
  expect(text).toContain('belfry_notifications_finished_total{method="smtp",status="inhibited"} 1');
});

test("a mail server that doesn't take it in time gets it no more, and nobody can send it again", async () => {
  const scripted = await startScriptedServer({ RCPT: "451 later" });
  const server = await startTestServer({
    environment: {
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${scripted.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_NOTIFICATIONS_RETRY_INTERVAL: "6m",
    },
  });
  const { token } = await signInFirst(server);
  await askForCode(server);
  expect(await server.messages()).toMatchObject([
    { status: "temporary_failure", sealedLabels: expect.any(String) },
  ]);
  server.clock.advance(8 * minute);
  await server.runTick();
  const [message] = await server.messages();
  expect(message).toMatchObject({
    status: "permanent_failure",
    sealedLabels: null,
    reasons: expect.stringContaining("expired"),
  });
  const retry = await server.call("POST", `/api/v2/notifications/messages/${message!.id}/retry`, { token });
  expect([retry.status, retry.json.message]).toEqual([409, "One-time passcodes can't be retried."]);
});

test("where no mail is set up the answer is the same, and the log says why nothing came", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  expect(await askForCode(server)).toBe(204);
  expect(await askForCode(server, "nobody@example.com")).toBe(204);
  expect(await server.messages()).toMatchObject([
    {
      method: "smtp",
      status: "inhibited",
      sealedLabels: null,
      reasons: expect.stringContaining("not_configured"),
    },
  ]);
  const { json } = await server.call("GET", "/readyz");
  expect(json.notes).toEqual([expect.stringMatching(/Email is not set up.*new password/)]);
});

test("nobody can disable it, neither in settings nor by a link", async () => {
  const { server, codes, token } = await start();
  const id = "62f86a30-2330-4b61-a26d-311ff3b608cf";
  const choose = (disabled: boolean) =>
    server.call("PUT", "/api/v2/users/me/notifications/preferences", {
      token,
      json: { template_disabled_map: { [id]: disabled } },
    });
  const refused = await choose(true);
  expect([refused.status, refused.json!.validations![0]!.field]).toEqual([400, "template_disabled_map"]);
  expect((await choose(false)).status).toBe(200);
  await server.sql("UPDATE notification_preferences SET disabled = 1");
  await askForCode(server);
  expect(codes()).toHaveLength(1);
});
