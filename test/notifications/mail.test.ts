// The mail channel against real servers and against servers that misbehave at a chosen point.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../src/config/config.ts";
import { sendMail, type MailMessage } from "../../src/notifications/channels/mail/channel.ts";
import { describeConnectionError } from "../../src/notifications/channels/mail/smtp/connection.ts";
import { createMailPool, type PoolLimits } from "../../src/notifications/channels/mail/smtp/pool.ts";
import type { Outcome } from "../../src/notifications/channels/channel.ts";
import { createMail, createOpenMail } from "../../src/runtime/mail.ts";
import {
  certificate,
  certificateFile,
  startMailServer,
  startScriptedServer,
  type MailServerFixture,
  type Stage,
} from "../support/smtp.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const secret = "wühlmaus 42";
const user = { username: "belfry", password: secret };
const asUser = { BELFRY_EMAIL_AUTH_USERNAME: user.username, BELFRY_EMAIL_AUTH_PASSWORD: secret };
const trusting = { BELFRY_EMAIL_TLS_CACERTFILE: certificateFile("authority") };
const startTls = { BELFRY_EMAIL_TLS_STARTTLS: "true" };
const tls = { BELFRY_EMAIL_FORCE_TLS: "true" };

const hello: MailMessage = {
  id: "01234567-89ab-7def-8123-456789abcdef",
  to: { name: "Ada Lovelace", address: "ada@example.com" },
  title: "Build **done**",
  body: "All 312 tests passed.",
  actions: [{ label: "View build", url: "https://belfry.example.com/builds/7" }],
  kind: { name: "Custom Notification" },
  reasons: ["to_self", "deployment_default"],
  unsubscribeUrl: "https://belfry.example.com/unsubscribe/abc",
  oneClick: true,
};

interface Sender {
  send: (message?: Partial<MailMessage>) => Promise<Outcome>;
  hostPort: string;
}

/** A sender for a server on loopback, configured as an operator would. */
function senderFor(
  { port }: { port: number },
  environment: Record<string, string> = {},
  { timeout = 5_000, ...limits }: Partial<PoolLimits> & { timeout?: number } = {},
): Sender {
  const { mail, accessUrl } = configure({ BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}`, ...environment });
  const pool = createMail(mail, limits);
  onTestFinished(() => pool.close());
  return {
    hostPort: pool.hostPort,
    send: async (message = {}) => {
      const clock = { now: () => now, timeoutMs: timeout };
      const outcome = await sendMail(pool, { from: mail.from, accessUrl }, { ...hello, ...message }, clock);
      expect(outcome.detail).not.toContain(secret);
      expect(outcome.detail).not.toContain(Buffer.from(secret).toString("base64"));
      expect(outcome.detail).toContain(outcome.kind === "permanent" ? "" : pool.hostPort);
      return outcome;
    },
  };
}

/** Below the channel: for tests that decide themselves when time is up. */
function poolFor(
  { port }: { port: number },
  environment: Record<string, string> = {},
  limits: Partial<PoolLimits> = {},
) {
  const pool = createMail(
    configure({ BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}`, ...environment }).mail,
    limits,
  );
  onTestFinished(() => pool.close());
  return pool;
}

const letter = { from: "belfry@example.com", to: "ada@example.com", message: "Subject: hello\r\n\r\nhello" };

function configure(environment: Record<string, string>) {
  const { notifications, accessUrl } = parseConfig(
    {
      BELFRY_ACCESS_URL: "https://belfry.example.com",
      BELFRY_EMAIL_FROM: "Belfry <belfry@example.com>",
      ...environment,
    },
    () => {},
  );
  return { mail: notifications.channels.smtp!, accessUrl };
}

describe("a mail", () => {
  test("arrives as text and as HTML, from and to whom it should", async () => {
    const server = await startMailServer();
    const sender = senderFor(server);
    expect(await sender.send()).toEqual({ kind: "sent", detail: `127.0.0.1:${server.port} 250 taken` });
    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: "belfry@example.com", to: ["ada@example.com"], secure: false });
    expect(mail!.email).toMatchObject({
      from: { name: "Belfry", address: "belfry@example.com" },
      to: [{ name: "Ada Lovelace", address: "ada@example.com" }],
      subject: "Build done",
      messageId: `<${hello.id}@belfry.example.com>`,
      date: "2026-11-21T10:00:00.000Z",
    });
    expect(mail!.email.text).toContain("All 312 tests passed.");
    expect(mail!.email.html).toContain("<strong>done</strong>");
    const header = (name: string) => mail!.email.headers.find(({ key }) => key === name)?.value;
    expect(header("auto-submitted")).toBe("auto-generated");
    expect(header("list-unsubscribe")).toBe("<https://belfry.example.com/unsubscribe/abc>");
    expect(header("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
  });

  test.each([
    ["letters of every script", "Größe ändern: 日本語 🔔 und Ελληνικά ".repeat(5).trim()],
    ["a long subject", "word ".repeat(60).trim()],
    ["a word without an end", "x".repeat(300)],
    ["what looks encoded", "=?UTF-8?B?aGFjaw==?= is not decoded"],
  ])("keeps %s in subject and body", async (_name, words) => {
    const server = await startMailServer();
    await senderFor(server).send({ title: words.replaceAll("=", "\\="), body: `${words}\n\nEnd.` });
    expect(server.mails[0]!.email.subject).toBe(words);
    expect(server.mails[0]!.email.text).toContain(words);
    for (const line of server.mails[0]!.raw.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
  });

  test.each([{}, { hidePIPELINING: true, hide8BITMIME: true, hideSMTPUTF8: true }])(
    "keeps lines that begin with dots (%j)",
    async (options) => {
      const server = await startMailServer(options);
      const code = ".\n..\n.hidden\nMAIL FROM:<a@example.com>\n.";
      await senderFor(server).send({ body: `\`\`\`\n${code}\n\`\`\`` });
      expect(server.mails).toHaveLength(1);
      expect(server.mails[0]!.email.text).toContain(code);
    },
  );

  test("that is larger than the server says it takes is not even begun", async () => {
    const server = await startMailServer({ size: 3_000 });
    const outcome = await senderFor(server).send({ body: "x".repeat(3_000) });
    expect(outcome).toMatchObject({
      kind: "permanent",
      detail: expect.stringMatching(/has \d+ bytes, the server accepts 3000/),
    });
  });

  test("goes to an address outside ASCII where the server takes such", async () => {
    const able = await startMailServer();
    expect(await senderFor(able).send({ to: { name: "", address: "grüße@example.com" } })).toMatchObject({
      kind: "sent",
    });
    expect(able.mails[0]!.to).toEqual(["grüße@example.com"]);
    const unable = await startMailServer({ hideSMTPUTF8: true });
    expect(await senderFor(unable).send({ to: { name: "", address: "grüße@example.com" } })).toMatchObject({
      kind: "permanent",
      detail: expect.stringContaining("SMTPUTF8"),
    });
  });

  test("goes to a domain outside ASCII through any server", async () => {
    const server = await startMailServer({ hideSMTPUTF8: true });
    await senderFor(server).send({ to: { name: "", address: "ada@bücher.example" } });
    // The server shows it as people write it.
    expect(server.mails[0]).toMatchObject({
      to: ["ada@bücher.example"],
      raw: expect.stringContaining("ada@xn--bcher-kva.example"),
    });
  });

  test.each(["", "ada", "ada@", "a b@example.com", "ada@example.com>\r\nRCPT TO:<eve@example.com"])(
    "to %j goes nowhere",
    async (address) => {
      const server = await startMailServer();
      expect(await senderFor(server).send({ to: { name: "", address } })).toMatchObject({
        kind: "permanent",
        reason: "no_address",
      });
      expect(server.connections()).toBe(0);
    },
  );
});

describe("TLS", () => {
  const offering = { disabledCommands: ["AUTH"] };

  test("by STARTTLS is used when asked for", async () => {
    const server = await startMailServer(offering);
    expect(await senderFor(server, { ...startTls, ...trusting }).send()).toMatchObject({ kind: "sent" });
    expect(server.mails[0]!.secure).toBe(true);
  });

  test("by STARTTLS that is asked for and not offered is a failure, before anything is said", async () => {
    const server = await startScriptedServer();
    expect(await senderFor(server, { ...startTls, ...asUser }).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("does not offer STARTTLS"),
    });
    expect(server.lines).toEqual(["EHLO localhost"]);
  });

  test("by STARTTLS that is offered but not asked for is left alone", async () => {
    const server = await startMailServer(offering);
    expect(await senderFor(server).send()).toMatchObject({ kind: "sent" });
    expect(server.mails[0]!.secure).toBe(false);
  });

  test("from the first byte is used when asked for", async () => {
    const server = await startMailServer({ ...offering, secure: true });
    expect(await senderFor(server, { ...tls, ...trusting }).send()).toMatchObject({ kind: "sent" });
    expect(server.mails[0]!.secure).toBe(true);
  });

  test.each([
    ["by STARTTLS", false, startTls],
    ["from the first byte", true, tls],
  ])("%s is refused with a certificate that nobody vouches for", async (_name, secure, environment) => {
    const server = await startMailServer({ ...offering, secure });
    const other = { BELFRY_EMAIL_TLS_CACERTFILE: certificateFile("other-authority") };
    for (const trust of [{}, other]) {
      expect(await senderFor(server, { ...environment, ...trust }).send()).toMatchObject({
        kind: "temporary",
        detail: expect.stringMatching(/certificate is not trusted.*BELFRY_EMAIL_TLS_CACERTFILE/),
      });
    }
    expect(server.mails).toEqual([]);
    const careless = { ...environment, BELFRY_EMAIL_TLS_SKIPVERIFY: "true" };
    expect(await senderFor(server, careless).send()).toMatchObject({ kind: "sent" });
  });

  test.each([
    ["mail.test", "sent", "taken"],
    ["wrong.test", "temporary", "BELFRY_EMAIL_TLS_SERVERNAME"],
    ["10.9.8.7", "temporary", "BELFRY_EMAIL_TLS_SERVERNAME"],
  ])("expects a certificate for %s when configured: %s", async (name, kind, words) => {
    for (const secure of [true, false]) {
      const server = await startMailServer({ ...offering, secure });
      const environment = { ...(secure ? tls : startTls), ...trusting, BELFRY_EMAIL_TLS_SERVERNAME: name };
      expect(await senderFor(server, environment).send()).toMatchObject({
        kind,
        detail: expect.stringContaining(words),
      });
    }
  });

  test("shows a certificate of its own to a server that wants one", async () => {
    const wanting = { ...offering, secure: true, requestCert: true, rejectUnauthorized: true };
    const server = await startMailServer({ ...wanting, ca: certificate("authority") });
    const shown = {
      BELFRY_EMAIL_TLS_CERTFILE: certificateFile("client"),
      BELFRY_EMAIL_TLS_CERTKEYFILE: certificateFile("client-key"),
    };
    expect(await senderFor(server, { ...tls, ...trusting, ...shown }).send()).toMatchObject({ kind: "sent" });
    expect(await senderFor(server, { ...tls, ...trusting }).send()).toMatchObject({ kind: "temporary" });
  });

  test("does not count what was said before the handshake", async () => {
    // Somebody in between adds a reply in the clear, so that it comes where the next answer is awaited.
    const server = await startScriptedServer({
      EHLO: "250-scripted\r\n250-STARTTLS\r\n250 AUTH LOGIN",
      STARTTLS: "220 go ahead\r\n250-evil\r\n250 AUTH CRAM-MD5",
    });
    expect(await senderFor(server, { ...startTls, ...trusting }).send()).toMatchObject({ kind: "sent" });
    expect(server.lines.slice(0, 3)).toEqual(["EHLO localhost", "STARTTLS", "EHLO localhost"]);
    expect(server.messages).toHaveLength(1);
  });

  test("on a port that speaks plainly, and the other way round, is explained", async () => {
    const plain = await startMailServer();
    expect(await senderFor(plain, { ...tls, ...trusting }).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("BELFRY_EMAIL_FORCE_TLS"),
    });
    const secure = await startMailServer({ ...offering, secure: true });
    expect(await senderFor(secure, {}, { timeout: 300 }).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("BELFRY_EMAIL_FORCE_TLS=true"),
    });
  });

  test("without its files says which one is missing", async () => {
    const server = await startMailServer({ ...offering, secure: true });
    expect(
      await senderFor(server, { ...tls, BELFRY_EMAIL_TLS_CACERTFILE: "/nowhere/authority.pem" }).send(),
    ).toMatchObject({
      kind: "temporary",
      detail: expect.stringMatching(/BELFRY_EMAIL_TLS_CACERTFILE.*ENOENT/),
    });
  });
});

describe("logging in", () => {
  test.each([
    [["PLAIN"], "PLAIN"],
    [["LOGIN"], "LOGIN"],
    [["LOGIN", "PLAIN"], "PLAIN"],
    [["CRAM-MD5", "XOAUTH2", "LOGIN"], "LOGIN"],
    [["CRAM-MD5", "PLAIN"], "PLAIN"],
  ])("where the server offers %j is done by %s", async (authMethods, method) => {
    const server = await startMailServer({ user, authMethods });
    expect(await senderFor(server, asUser).send()).toMatchObject({ kind: "sent" });
    expect(server.logins).toEqual([{ method, ...user, identity: "", secure: false }]);
  });

  test("happens after STARTTLS", async () => {
    const server = await startMailServer({ user, disabledCommands: [] });
    expect(await senderFor(server, { ...asUser, ...startTls, ...trusting }).send()).toMatchObject({
      kind: "sent",
    });
    expect(server.logins).toMatchObject([{ secure: true }]);
  });

  test("can be on behalf of another", async () => {
    const server = await startMailServer({ user });
    await senderFor(server, { ...asUser, BELFRY_EMAIL_AUTH_IDENTITY: "alerts" }).send();
    expect(server.logins).toMatchObject([{ identity: "alerts" }]);
  });

  test("reads the password from a file each time, without its line end", async () => {
    const folder = await mkdtemp(join(tmpdir(), "belfry-mail-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "password");
    const server = await startMailServer({ user });
    const sender = senderFor(server, {
      BELFRY_EMAIL_AUTH_USERNAME: user.username,
      BELFRY_EMAIL_AUTH_PASSWORD_FILE: file,
    });
    expect(await sender.send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringMatching(/BELFRY_EMAIL_AUTH_PASSWORD_FILE.*ENOENT/),
    });
    await writeFile(file, "old one\n");
    expect(await sender.send()).toMatchObject({ kind: "temporary" });
    await writeFile(file, `${secret}\n`);
    expect(await sender.send()).toMatchObject({ kind: "sent" });
    expect(server.logins.map(({ password }) => password)).toEqual(["old one", secret]);
  });

  test("with a wrong password says what to check, and never the password", async () => {
    const server = await startMailServer({ user: { ...user, password: "another" } });
    const sender = senderFor(server, asUser);
    expect(await sender.send()).toEqual({
      kind: "temporary",
      about: "account",
      detail: `${sender.hostPort} 535 authentication failed: check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD (the server says: Error: Authentication credentials invalid)`,
    });
    expect(server.mails).toEqual([]);
  });

  test("does not repeat a secret that the server repeats", async () => {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const token = base64(`\0${user.username}\0${secret}`);
    const server = await startScriptedServer({ AUTH: `535 no: ${secret}, ${base64(secret)}, ${token}` });
    const { detail } = await senderFor(server, asUser).send();
    expect(detail).toMatch(/\(the server says: no: …, …, …\)$/);
    const blanks = { ...asUser, BELFRY_EMAIL_AUTH_PASSWORD: "two  blanks\t" };
    const odd = await startScriptedServer({ AUTH: "535 no: two  blanks\t! two blanks!" });
    expect((await senderFor(odd, blanks).send()).detail).toContain("no: …! …!");
    const later = await startScriptedServer({ MAIL: `451 you said ${secret}` });
    expect((await senderFor(later, asUser).send()).detail).toContain("451 you said …");
  });

  test("with a mechanism that we don't know says what the server offers", async () => {
    const server = await startMailServer({ user, authMethods: ["CRAM-MD5", "XOAUTH2"] });
    expect(await senderFor(server, asUser).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("CRAM-MD5, XOAUTH2"),
    });
    expect(server.logins).toEqual([]);
  });

  test("that the server does not offer at all waits for an operator", async () => {
    const server = await startMailServer();
    expect(await senderFor(server, asUser).send()).toMatchObject({
      kind: "temporary",
      about: "account",
      detail: expect.stringContaining("does not offer AUTH"),
    });
  });

  test("that is not wanted is left out, even where the server offers it", async () => {
    const server = await startMailServer({ user, authOptional: true });
    expect(await senderFor(server).send()).toMatchObject({ kind: "sent" });
    expect(server.logins).toEqual([]);
  });

  test("that the server wants and nobody set up is explained", async () => {
    const server = await startMailServer({ user });
    expect(await senderFor(server).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringMatching(/530.*BELFRY_EMAIL_AUTH_USERNAME/),
    });
  });
});

describe("a server without EHLO", () => {
  test.each(["500 what?", "502 5.5.1 not implemented", "504 no"])(
    "(%s) is greeted with HELO",
    async (words) => {
      const server = await startScriptedServer({ EHLO: words });
      expect(await senderFor(server).send()).toMatchObject({ kind: "sent" });
      expect(server.lines.slice(0, 3)).toEqual([
        "EHLO localhost",
        "HELO localhost",
        "MAIL FROM:<belfry@example.com>",
      ]);
    },
  );

  test.each([
    ["to log in", asUser, /doesn't support EHLO, which AUTH \(BELFRY_EMAIL_AUTH_USERNAME\) needs/],
    [
      "STARTTLS",
      { ...startTls, ...trusting },
      /doesn't support EHLO, which STARTTLS \(BELFRY_EMAIL_TLS_STARTTLS\) needs/,
    ],
  ])("is none for who needs %s", async (_name, environment, words) => {
    const server = await startScriptedServer({ EHLO: "502 no" });
    const outcome = await senderFor(server, environment).send();
    expect(outcome).toMatchObject({
      kind: "temporary",
      about: "account",
      detail: expect.stringMatching(words),
    });
    expect(server.lines).toEqual(["EHLO localhost"]);
  });

  test("that takes no HELO either is a failure", async () => {
    const server = await startScriptedServer({ EHLO: "500 no", HELO: "550 go away" });
    expect(await senderFor(server).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("550 go away (after HELO)"),
    });
  });
});

describe("a refusal", () => {
  const refuse = (responseCode: number, words: string) => Object.assign(new Error(words), { responseCode });

  test.each([
    ["connecting", 421, "temporary"],
    ["connecting", 554, "temporary"],
    ["MAIL FROM", 451, "temporary"],
    ["MAIL FROM", 550, "temporary"],
    ["RCPT TO", 450, "temporary"],
    ["RCPT TO", 550, "permanent"],
    ["the message", 452, "temporary"],
    ["the message", 554, "permanent"],
  ])("by a real server after %s with %i is %s", async (stage, code, kind) => {
    const at = (name: string) => (name === stage ? refuse(code, "no thanks") : null);
    const server = await startMailServer({
      onConnect: (_session, done) => done(at("connecting")),
      onMailFrom: (_address, _session, done) => done(at("MAIL FROM")),
      onRcptTo: (_address, _session, done) => done(at("RCPT TO")),
      ...(stage === "the message"
        ? {
            onData: (stream, _session, done) => void stream.resume().on("end", () => done(at("the message"))),
          }
        : {}),
    });
    expect(await senderFor(server).send()).toMatchObject({
      kind,
      detail: expect.stringMatching(new RegExp(`${code} .*no thanks`)),
    });
  });

  test.each([
    ["greeting", "421 busy", "temporary"],
    ["greeting", "554 not you", "temporary"],
    ["EHLO", "450 later", "temporary"],
    ["EHLO", "550 not with that name", "temporary"],
    ["AUTH", "454 later", "temporary"],
    ["AUTH", "534 too weak", "temporary"],
    ["MAIL", "452 full", "temporary"],
    ["MAIL", "553 not from there", "temporary"],
    ["MAIL", "550 5.1.1 unknown", "temporary"],
    ["MAIL", "552 5.3.4 too large", "permanent"],
    ["RCPT", "554 5.7.1 <ada@example.com>: Relay access denied", "temporary"],
    ["message", "550 5.4.5 Daily user sending limit exceeded", "temporary"],
    ["RCPT", "450 greylisted, try again", "temporary"],
    ["RCPT", "550-5.1.1 no such user\r\n550 5.1.1 really", "permanent"],
    ["DATA", "451 not now", "temporary"],
    ["DATA", "554 no valid recipients", "permanent"],
    ["message", "451 scanner down", "temporary"],
    ["message", "550 spam", "permanent"],
    ["message", "250-fine\r\n250 but wordy", "sent"],
  ] as [Stage, string, string][])("at %s with %j is %s", async (stage, reply, kind) => {
    const server = await startScriptedServer({ [stage]: reply });
    const outcome = await senderFor(server, asUser).send();
    expect(outcome.kind).toBe(kind);
    expect(outcome.detail).toContain(reply.slice(0, 3));
    expect(outcome.detail).not.toMatch(/[\r\n]/);
    // A session that could not be opened is not left open.
    if (["greeting", "EHLO", "AUTH"].includes(stage)) await server.closed(1);
  });

  test("of one message leaves the session for the next", async () => {
    const answers = ["550 no such user", "250 ok"];
    const server = await startScriptedServer({ RCPT: () => answers.shift()! });
    const sender = senderFor(server);
    expect(await sender.send()).toMatchObject({ kind: "permanent" });
    expect(await sender.send()).toMatchObject({ kind: "sent" });
    expect(server.connections()).toBe(1);
    expect(server.lines).toContain("RSET");
  });
});

describe("a server that", () => {
  const everywhere: [Stage, string][] = [
    ["greeting", "greeting"],
    ["EHLO", "after EHLO"],
    ["AUTH", "after AUTH"],
    ["MAIL", "after MAIL FROM"],
    ["RCPT", "after RCPT TO"],
    ["DATA", "after DATA"],
    ["message", "after the message"],
  ];

  // Before its greeting: see the server that waits for TLS, above.
  test.each([...everywhere.slice(1), ["STARTTLS", "after STARTTLS"]] as [Stage, string][])(
    "hangs at %s costs no more than the time allowed",
    async (stage, words) => {
      const offer = stage === "STARTTLS" ? { EHLO: "250-scripted\r\n250 STARTTLS" } : {};
      const server = await startScriptedServer({ ...offer, [stage]: "hang" });
      const environment = stage === "STARTTLS" ? { ...startTls, ...trusting } : asUser;
      const pool = poolFor(server, environment);
      const time = new AbortController();
      const failure = pool.send(letter, time.signal).catch((error: unknown) => error);
      await server.hung(1);
      time.abort();
      expect(await failure).toMatchObject({
        kind: "temporary",
        message: expect.stringContaining("no answer in time"),
      });
      expect(await failure).toMatchObject({ message: expect.stringContaining(words) });
      await server.closed(1);
    },
  );

  test.each(everywhere)("drops the connection at %s is worth another try", async (stage, words) => {
    const server = await startScriptedServer({ [stage]: "drop" });
    const outcome = await senderFor(server, asUser).send();
    expect(outcome).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("the server dropped the connection"),
    });
    expect(outcome.detail).toContain(words);
    expect(server.connections()).toBe(1);
  });

  test("takes the connection and does no handshake costs no more than the time allowed", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    expect(await senderFor({ port }, tls, { timeout: 60 }).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("no answer in time (connecting)"),
    });
  });

  test("is not there is named with its port", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    expect(await senderFor({ port }).send()).toEqual({
      kind: "temporary",
      about: "server",
      detail: `127.0.0.1:${port} connection refused (ECONNREFUSED) (connecting)`,
    });
  });

  test.each([
    ["HTTP/1.1 400 Bad Request", "an invalid SMTP reply"],
    [`220 ${"x".repeat(5_000)}`, "a line without an end"],
    [Array(200).fill("220-more").join("\r\n"), "an invalid SMTP reply"],
    ["hello there", "an invalid SMTP reply"],
  ])("greets with what is no greeting is not believed", async (greeting, words) => {
    const server = await startScriptedServer({ greeting });
    expect(await senderFor(server).send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining(words),
    });
  });

  test("puts its answers together from crumbs is understood", async () => {
    const crumbs = createServer((socket) => {
      const say = (text: string) => {
        for (const character of text) socket.write(character);
      };
      socket.setNoDelay(true);
      say("220-wait\r\n220 ok\r\n");
      let heard = "";
      socket.on("data", (chunk: Buffer) => {
        heard += chunk.toString();
        if (!heard.endsWith("\r\n") || (heard.includes("DATA\r\n") && !heard.endsWith("\r\n.\r\n"))) {
          if (heard.endsWith("DATA\r\n")) say("354\n");
          return;
        }
        say(heard.startsWith("QUIT") ? "221 bye\r\n" : "250-ünï\r\n250\r\n");
        heard = "";
      });
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => crumbs.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void crumbs.close());
    expect(await senderFor(crumbs.address() as AddressInfo).send()).toMatchObject({ kind: "sent" });
  });
});

describe("a session", () => {
  /** What the client writes, one entry for each round trip. */
  async function writesTo({ port }: { port: number }, count: number): Promise<string[]> {
    const { mail } = configure({ BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}` });
    const writes: string[] = [];
    const pool = createMailPool(
      async (endpoint) => {
        const connection = await createOpenMail(mail)(endpoint);
        const write = (bytes: Uint8Array) => {
          writes.push(new TextDecoder().decode(bytes));
          return connection.write(bytes);
        };
        return { ...connection, write };
      },
      { ...mail, login: undefined },
    );
    onTestFinished(() => pool.close());
    for (let index = 0; index < count; index += 1) await pool.send(letter, new AbortController().signal);
    return writes;
  }
  const text = "Subject: hello\r\n\r\nhello\r\n.\r\n";

  test("needs two round trips for a message where the server offers PIPELINING", async () => {
    const server = await startScriptedServer({ EHLO: "250-scripted\r\n250 PIPELINING" });
    const start = "MAIL FROM:<belfry@example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n";
    expect(await writesTo(server, 2)).toEqual(["EHLO localhost\r\n", start, text, start, text]);
  });

  test("needs four where it doesn't", async () => {
    const start = ["MAIL FROM:<belfry@example.com>\r\n", "RCPT TO:<ada@example.com>\r\n", "DATA\r\n"];
    const expected = ["EHLO localhost\r\n", ...start, text, ...start, text];
    expect(await writesTo(await startScriptedServer(), 2)).toEqual(expected);
  });

  test.each([
    ["503 no recipients", 1],
    ["354 go on all the same", 2],
  ])("sends no text after a refused recipient, even if DATA is answered %j", async (reply, connections) => {
    const [recipients, texts] = [["550 no such user"], [reply]];
    const server = await startScriptedServer({
      EHLO: "250-scripted\r\n250 PIPELINING",
      RCPT: () => recipients.shift() ?? "250 ok",
      DATA: () => texts.shift() ?? "354 go on",
    });
    const sender = senderFor(server);
    expect(await sender.send()).toMatchObject({ kind: "permanent", reason: "recipient_refused" });
    expect(await sender.send()).toMatchObject({ kind: "sent" });
    expect({ connections: server.connections(), messages: server.messages.length }).toEqual({
      connections,
      messages: 1,
    });
  });
});

describe("the pool", () => {
  const many = (sender: Sender, count: number) =>
    Promise.all(Array.from({ length: count }, () => sender.send()));
  const kinds = (outcomes: Outcome[]) => [...new Set(outcomes.map(({ kind }) => kind))];

  test("sends one after another over one connection", async () => {
    const server = await startMailServer({ user });
    const sender = senderFor(server, asUser);
    for (let index = 0; index < 10; index += 1) expect(await sender.send()).toMatchObject({ kind: "sent" });
    expect({ connections: server.connections(), logins: server.logins.length }).toEqual({
      connections: 1,
      logins: 1,
    });
    expect(server.mails).toHaveLength(10);
  });

  test("keeps a session beyond the time of the message that it was opened for", async () => {
    for (const environment of [
      { ...startTls, ...trusting },
      { ...tls, ...trusting },
    ]) {
      const secure = "BELFRY_EMAIL_FORCE_TLS" in environment;
      const server = await startMailServer({ disabledCommands: ["AUTH"], secure });
      const pool = poolFor(server, environment);
      const first = new AbortController();
      await pool.send(letter, first.signal);
      first.abort();
      await pool.send(letter, new AbortController().signal);
      expect(server.connections()).toBe(1);
    }
  });

  test("sends many at once over five", async () => {
    const server = await startMailServer();
    expect(kinds(await many(senderFor(server), 60))).toEqual(["sent"]);
    expect(server.connections()).toBe(5);
    expect(server.mails).toHaveLength(60);
  });

  test("takes leave of the server when there is nothing more to send", async () => {
    const server = await startScriptedServer();
    const sender = senderFor(server, {}, { idleMs: 10 });
    await sender.send();
    await server.closed(1);
    expect(server.lines.at(-1)).toBe("QUIT");
    expect(await sender.send()).toMatchObject({ kind: "sent" });
    expect(server.connections()).toBe(2);
  });

  test("does not wait long for a server that doesn't say goodbye", async () => {
    const server = await startScriptedServer({ QUIT: "drop" });
    await senderFor(server, {}, { idleMs: 10 }).send();
    await server.closed(1);
  });

  test("opens another connection when the server has closed the one that rested", async () => {
    const server = await startMailServer();
    const sender = senderFor(server);
    await sender.send();
    server.hangUp();
    await server.closed(1);
    expect(await sender.send()).toMatchObject({ kind: "sent" });
    expect(server.connections()).toBe(2);
  });

  test.each([
    ["RSET", "421 too long idle"],
    ["RSET", "500 what?"],
    ["RSET", "drop"],
    ["MAIL", "drop"],
    ["MAIL", "421 enough for one connection"],
    ["RCPT", "drop"],
    ["DATA", "drop"],
  ] as [Stage, string][])(
    "goes on over another connection when a used one ends at %s with %j",
    async (stage, words) => {
      let count = 0;
      const polite = { RSET: "250 ok", MAIL: "250 ok", RCPT: "250 ok", DATA: "354 go on" } as Record<
        string,
        string
      >;
      // A session is reset after a refusal only.
      const isReset = stage === "RSET";
      const refusals = isReset ? ["550 no such user"] : [];
      const server = await startScriptedServer({
        RCPT: () => refusals.shift() ?? polite["RCPT"]!,
        [stage]: () => ((count += 1) === (isReset ? 1 : 2) ? words : polite[stage]!),
      });
      const sender = senderFor(server);
      if (isReset) expect(await sender.send()).toMatchObject({ kind: "permanent" });
      else expect(await sender.send()).toMatchObject({ kind: "sent" });
      expect(await sender.send()).toMatchObject({ kind: "sent" });
      expect({ connections: server.connections(), messages: server.messages.length }).toEqual({
        connections: 2,
        messages: isReset ? 1 : 2,
      });
    },
  );

  test("does not send again at once what the server may have taken", async () => {
    const answers = ["250 taken", "drop", "250 taken"];
    const server = await startScriptedServer({ message: () => answers.shift()! });
    const sender = senderFor(server);
    await sender.send();
    expect(await sender.send()).toMatchObject({
      kind: "temporary",
      detail: expect.stringContaining("after the message"),
    });
    expect(server.messages).toHaveLength(2);
  });

  test("tries a wrong password no more often than it has connections", async () => {
    const server = await startMailServer({ user: { ...user, password: "another" } });
    const outcomes = await many(senderFor(server, asUser), 40);
    expect(kinds(outcomes)).toEqual(["temporary"]);
    expect(outcomes.every(({ detail }) => detail.includes("535"))).toBe(true);
    expect(server.logins.length).toBeLessThanOrEqual(5);
  });

  test("makes do with fewer connections where the server allows no more", async () => {
    let guests = 0;
    const server = await startMailServer({
      onConnect: (_session, done) => {
        guests += 1;
        done(guests > 2 ? Object.assign(new Error("two are enough"), { responseCode: 421 }) : null);
      },
    });
    expect(kinds(await many(senderFor(server), 30))).toEqual(["sent"]);
    expect(server.mails).toHaveLength(30);
  });

  test("lets nobody wait longer than there is time", async () => {
    const server = await startScriptedServer({ message: "hang" });
    const pool = poolFor(server, {}, { connections: 1 });
    const [long, short] = [new AbortController(), new AbortController()];
    const first = pool.send(letter, long.signal).catch((error: unknown) => error);
    const second = pool.send(letter, short.signal).catch((error: unknown) => error);
    await server.hung(1);
    short.abort();
    expect(await second).toMatchObject({
      kind: "temporary",
      message: "no connection became free in time (1 allowed)",
    });
    long.abort();
    expect(await first).toMatchObject({ message: expect.stringContaining("after the message") });
  });

  test("finishes what is under way when it is closed, and begins nothing more", async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    const begun = Promise.withResolvers<void>();
    const server: MailServerFixture = await startMailServer({
      onRcptTo: (_address, _session, done) => {
        begun.resolve();
        void held.then(() => done());
      },
    });
    const pool = poolFor(server, {}, { connections: 1, idleMs: 60_000 });
    const send = () => pool.send(letter, AbortSignal.timeout(5_000)).catch((error: unknown) => error);
    const first = send();
    const second = send();
    await begun.promise;
    await pool.close();
    go();
    expect(await first).toBe("250 taken");
    const stopped = { kind: "temporary", message: "the server is shutting down" };
    expect([await second, await send()]).toMatchObject([stopped, stopped]);
    await server.closed(1);
  });
});

test.each([
  [
    Object.assign(new Error("getaddrinfo ENOTFOUND smtp.example"), { code: "ENOTFOUND" }),
    /unknown host.*SMARTHOST/,
  ],
  [new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })]), /connection refused/],
  [new Error("outer", { cause: Object.assign(new Error("x"), { code: "EPIPE" }) }), /dropped/],
  [
    Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" }),
    /has expired.*CERT_HAS_EXPIRED/,
  ],
  [Object.assign(new Error("odd\r\nthing"), { code: "EODD" }), /^odd thing \(EODD\)$/],
  ["no error at all", /unknown error/],
])("a failed connection is explained (%s)", (error, words) => {
  expect(describeConnectionError(error)).toMatch(words);
});
