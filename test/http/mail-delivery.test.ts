// Mail from an event to a real mail server: what arrives, and what the delivery log says of it.
import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import { dispatch } from "../../src/notifications/delivery/dispatch.ts";
import { findFailing } from "../../src/notifications/delivery/store/metrics.ts";
import { readUnsubscribeToken } from "../../src/notifications/preferences/unsubscribe.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { owner, signInFirst, startTestServer } from "../support/server.ts";
import { deliveryLog } from "../support/inbox.ts";

async function startMailServer(options: SMTPServerOptions = {}) {
  const mails: Email[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          mails.push(mail);
          done();
        });
      });
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { mails, port: (server.server.address() as AddressInfo).port };
}

async function start(port: number) {
  const server = await startTestServer({
    environment: {
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}`,
      BELFRY_EMAIL_FROM: "Belfry <belfry@example.com>",
    },
  });
  return { server, ...(await signInFirst(server)) };
}

test("a custom notification arrives as mail, with its id and an unsubscribe link", async () => {
  const { mails, port } = await startMailServer();
  const { server, token, userId } = await start(port);
  const content = {
    title: "Grüße: build done",
    message: "All **312** tests passed.\n.\nA line with a dot before.",
  };
  await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
  await server.settled();
  const [mail] = mails;
  expect(mail).toMatchObject({
    subject: "Grüße: build done",
    from: { name: "Belfry", address: "belfry@example.com" },
    to: [{ name: "Ada Lovelace", address: owner.email }],
    text: expect.stringContaining("All 312 tests passed."),
    html: expect.stringContaining("<strong>312</strong>"),
  });
  const log = (await server.call("GET", "/api/v2/notifications/messages", { token })).json.messages;
  const message = log.find((row) => row.method === "smtp");
  expect(mail!.messageId).toBe(`<${message!.id}@127.0.0.1>`);
  expect(message).toMatchObject({
    status: "sent",
    attempt_count: 1,
    last_answer: expect.stringContaining(`127.0.0.1:${port} 250`),
  });
  const link = mail!.headers.find(({ key }) => key === "list-unsubscribe")!.value.replace(/^<|>$/g, "");
  expect(link.startsWith(`${server.url}/unsubscribe?token=`)).toBe(true);
  expect(readUnsubscribeToken(server.deps(), new URL(link).searchParams.get("token")!)).toEqual({
    userId,
    templateId: message!.template.id,
  });
});

test("a temporary mail error is retried, a permanent one is not", async () => {
  let code = 451;
  const { mails, port } = await startMailServer({
    onRcptTo: (_address, _session, done) =>
      done(code === 250 ? undefined : Object.assign(new Error("not now"), { responseCode: code })),
  });
  const { server, token } = await start(port);
  const send = async (title: string) => {
    await server.call("POST", "/api/v2/notifications/custom", {
      token,
      json: { content: { title, message: "x" } },
    });
    await server.settled();
  };
  await send("later");
  const states = async () =>
    (await deliveryLog(server, token)).filter(({ method }) => method === "smtp").map(({ status }) => status);
  expect(await states()).toEqual(["temporary_failure"]);
  code = 250;
  server.clock.advance(60_000);
  await dispatch(server.deps());
  expect(mails.map(({ subject }) => subject)).toEqual(["later"]);
  code = 550;
  await send("never");
  expect(await states()).toEqual(["sent", "permanent_failure"]);
});

test("an owner resends a message that failed permanently, with new attempts", async () => {
  let code = 550;
  const { mails, port } = await startMailServer({
    onRcptTo: (_address, _session, done) =>
      done(code === 250 ? undefined : Object.assign(new Error("no such user"), { responseCode: code })),
  });
  const { server, token } = await start(port);
  await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title: "again", message: "x" } },
  });
  await server.settled();
  const list = async () =>
    (await server.call("GET", "/api/v2/notifications/messages?status=permanent_failure", { token })).json;
  const [failed] = (await list()).messages;
  expect(failed!.last_answer).toContain("550");
  code = 250;
  const retried = await server.call("POST", `/api/v2/notifications/messages/${failed!.id}/retry`, { token });
  expect(retried.status).toBe(200);
  await server.settled();
  expect(mails).toHaveLength(1);
  const detail = (await server.call("GET", `/api/v2/notifications/messages/${failed!.id}`, { token })).json;
  expect(detail).toMatchObject({
    status: "sent",
    attempts: [
      { number: 1, outcome: "permanent_failure" },
      { number: 2, outcome: "sent", duration_ms: expect.any(Number) },
    ],
  });
  expect(
    (await server.call("POST", `/api/v2/notifications/messages/${failed!.id}/retry`, { token })).status,
  ).toBe(409);
});

test("an unknown mailbox doesn't make the channel fail, a refused sender does", async () => {
  let [sender, recipient] = [250, 250];
  const refuse = (responseCode: number, words: string) =>
    responseCode === 250 ? undefined : Object.assign(new Error(words), { responseCode });
  const { port } = await startMailServer({
    onMailFrom: (_address, _session, done) => done(refuse(sender, "5.7.1 not owned by belfry")),
    onRcptTo: (_address, _session, done) => done(refuse(recipient, "5.1.1 no such user")),
  });
  const { server, token } = await start(port);
  const send = async (title: string) => {
    const content = { title, message: "x" };
    await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
    await server.settled();
  };
  const inbox = async () => (await get(server, "/inbox", cookieFor(token))).text;
  const ended = async (status: string) =>
    new RegExp(`finished_total\\{method="smtp",status="${status}"\\} (\\d)`).exec(
      (await server.call("GET", "/metrics")).text,
    )![1];
  const failing = async () => (await server.db.read({ rows: findFailing(0) })).rows;

  recipient = 550;
  await send("to a dead mailbox");
  server.clock.advance(6 * 60_000);
  expect(await inbox()).not.toContain("has been failing");
  expect(await failing()).toEqual([]);
  expect([await ended("recipient_refused"), await ended("permanent_failure")]).toEqual(["1", "0"]);
  const mails = async () => (await deliveryLog(server, token)).filter(({ method }) => method === "smtp");
  expect(await mails()).toMatchObject([
    { status: "permanent_failure", reasons: expect.arrayContaining(["recipient_refused"]) },
  ]);

  // A full one is tried again, and given up.
  recipient = 452;
  await send("to a full mailbox");
  expect((await mails()).at(-1)).toMatchObject({ status: "temporary_failure" });
  expect(await failing()).toEqual([]);
  for (let attempt = 1; attempt < 5; attempt += 1) {
    server.clock.advance(2 * 3_600_000);
    await dispatch(server.deps());
  }
  expect((await mails()).at(-1)).toMatchObject({
    status: "permanent_failure",
    reasons: expect.arrayContaining(["recipient_refused"]),
  });
  expect(await failing()).toEqual([]);
  expect(await inbox()).not.toContain("has been failing");

  [sender, recipient] = [550, 250];
  await send("from a sender that the account doesn't own");
  server.clock.advance(6 * 60_000);
  expect(wordsOf({ text: await inbox() })).toContain("Email delivery has been failing for 6 minutes");
  expect(await failing()).toMatchObject([
    {
      method: "smtp",
      status: "temporary_failure",
      count: 1,
      answer: expect.stringContaining("BELFRY_EMAIL_FROM"),
    },
  ]);

  // It is fixed in the morning.
  for (let hour = 0; hour < 20; hour += 1) {
    server.clock.advance(60 * 60_000);
    await dispatch(server.deps());
  }
  expect((await mails())[2]).toMatchObject({ status: "temporary_failure" });
  expect((await mails())[2]!.attempt_count).toBeGreaterThan(10);
  sender = 250;
  server.clock.advance(2 * 3_600_000);
  await dispatch(server.deps());
  expect((await mails())[2]).toMatchObject({ status: "sent", next_try_at: null });
});
