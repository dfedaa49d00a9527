// The SMTP client (RFC 5321): opens a session, logs in (RFC 4954), and sends one message after another.
import {
  createWire,
  guarded,
  type MailLogin,
  type MailServer,
  type OpenMail,
  type Wire,
  MailFailure,
  refusal,
} from "./connection.ts";
import { transmit, trySender, type Envelope, type Extensions } from "./transmit.ts";

export interface Session {
  /** Asks whether the server accepts this sender; returns its reply. Throws `MailFailure`. */
  trySender: (from: string, signal: AbortSignal) => Promise<string>;
  /** Sends one message; returns the server's reply. Throws `MailFailure`. */
  send: (envelope: Envelope, signal: AbortSignal) => Promise<string>;
  /** Sends QUIT and closes, within a second. */
  quit: () => Promise<void>;
  /** Closes without QUIT. */
  drop: () => void;
}

const quitTimeoutMs = 1_000;

/** Throws `MailFailure`, with the connection closed. */
export async function openSession(
  openMail: OpenMail,
  server: MailServer,
  signal: AbortSignal,
): Promise<Session> {
  const { host, port, tls, startTls, serverName } = server;
  const opening = openMail({ host, port, tls, startTls, serverName, signal });
  // A connection that opens after the timeout is closed.
  const closeLate = () =>
    void opening.then(
      (connection) => connection.close(),
      () => {},
    );
  signal.addEventListener("abort", closeLate, { once: true });
  const wire = createWire(await guarded(opening, "connecting", signal));
  try {
    const extensions = await introduce(wire, server, signal);
    if (server.login !== undefined) await logIn(wire, extensions, server.login, signal);
    return createSession(wire, extensions);
  } catch (error) {
    wire.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", closeLate);
  }
}

async function introduce(wire: Wire, server: MailServer, signal: AbortSignal): Promise<Extensions> {
  const greeting = await wire.reply(server.tls ? "waiting for its greeting" : plainGreeting, signal);
  if (greeting.code !== 220) throw refusal(greeting, "its greeting", "greeting");
  const extensions = await hello(wire, server, signal);
  if (server.tls || !server.startTls) return extensions;
  if (!extensions.has("STARTTLS")) {
    throw new MailFailure("the server does not offer STARTTLS, which BELFRY_EMAIL_TLS_STARTTLS asks for", {
      about: "account",
      broken: true,
    });
  }
  const ready = await wire.ask("STARTTLS", "after STARTTLS", signal);
  if (ready.code !== 220) throw refusal(ready, "after STARTTLS", "starttls");
  await wire.startTls(server.serverName, signal);
  // What the server said before TLS must not be trusted.
  return hello(wire, server, signal);
}

const plainGreeting =
  "waiting for its greeting; a port that is TLS from the start needs BELFRY_EMAIL_FORCE_TLS=true";

async function hello(wire: Wire, server: MailServer, signal: AbortSignal): Promise<Extensions> {
  const reply = await wire.ask(`EHLO ${server.hello}`, "after EHLO", signal);
  if ([500, 502, 504].includes(reply.code)) return helloWithoutExtensions(wire, server, signal);
  if (reply.code !== 250) throw refusal(reply, "after EHLO", "hello");
  return new Map(
    reply.lines.slice(1).map((line) => {
      // Old servers write AUTH=PLAIN.
      const [keyword = "", ...parameters] = line
        .trim()
        .toUpperCase()
        .replace(/^AUTH=/, "AUTH ")
        .split(/\s+/);
      return [keyword, parameters];
    }),
  );
}

/** An old server knows only HELO (RFC 5321, 3.2), and neither STARTTLS nor AUTH. */
async function helloWithoutExtensions(
  wire: Wire,
  server: MailServer,
  signal: AbortSignal,
): Promise<Extensions> {
  const needed = [
    ...(server.startTls && !server.tls ? ["STARTTLS (BELFRY_EMAIL_TLS_STARTTLS)"] : []),
    ...(server.login === undefined ? [] : ["AUTH (BELFRY_EMAIL_AUTH_USERNAME)"]),
  ];
  if (needed.length > 0) {
    throw new MailFailure(`the server doesn't support EHLO, which ${needed.join(" and ")} needs`, {
      about: "account",
      broken: true,
    });
  }
  const reply = await wire.ask(`HELO ${server.hello}`, "after HELO", signal);
  if (reply.code !== 250) throw refusal(reply, "after HELO", "hello");
  return new Map();
}

function createSession(wire: Wire, extensions: Extensions): Session {
  let needsReset = false;
  return {
    trySender: (from, signal) => trySender(wire, from, extensions, signal),
    send: async (envelope, signal) => {
      const isUnfinished = needsReset;
      needsReset = true;
      const reply = await transmit(wire, extensions, envelope, isUnfinished, signal);
      needsReset = false;
      return reply;
    },
    quit: async () => {
      await wire
        .ask("QUIT", "after QUIT", AbortSignal.timeout(quitTimeoutMs))
        .catch((error: unknown) => error);
      wire.close();
    },
    drop: wire.close,
  };
}

async function logIn(
  wire: Wire,
  extensions: Extensions,
  login: MailLogin,
  signal: AbortSignal,
): Promise<void> {
  const offered = extensions.get("AUTH");
  if (offered === undefined) throw noLogin(extensions);
  const mechanism = ["PLAIN", "LOGIN"].find((name) => offered.includes(name));
  if (mechanism === undefined) {
    throw new MailFailure(
      `the server offers no supported login mechanism (${offered.join(", ") || "none"}); supported: PLAIN and LOGIN`,
      { about: "account", broken: true },
    );
  }
  const password = await passwordOf(login);
  const steps =
    mechanism === "PLAIN"
      ? [toBase64(`${login.identity}\0${login.username}\0${password}`)]
      : [toBase64(login.username), toBase64(password)];
  for (const secret of [...steps, toBase64(password), password]) wire.hide(secret);

  const first = mechanism === "PLAIN" ? `AUTH PLAIN ${steps.shift()!}` : "AUTH LOGIN";
  let reply = await wire.ask(first, "after AUTH", signal);
  // Some servers ignore the response that came with AUTH PLAIN and ask for it.
  if (mechanism === "PLAIN" && reply.code === 334) steps.push(first.slice("AUTH PLAIN ".length));
  for (const step of steps) {
    if (reply.code !== 334) break;
    reply = await wire.ask(step, "after AUTH", signal);
  }
  if (reply.code === 235) return;
  if (reply.code !== 535) throw refusal(reply, "after AUTH", "login");
  throw new MailFailure(
    "535 authentication failed: check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD" +
      (reply.text === "" ? "" : ` (the server says: ${reply.text})`),
    { about: "account", broken: true },
  );
}

function noLogin(extensions: Extensions): MailFailure {
  return extensions.has("STARTTLS")
    ? new MailFailure(
        "the server does not offer AUTH before STARTTLS, and BELFRY_EMAIL_AUTH_USERNAME is set: set BELFRY_EMAIL_TLS_STARTTLS=true",
        { about: "account", broken: true },
      )
    : new MailFailure(
        "the server does not offer AUTH, but BELFRY_EMAIL_AUTH_USERNAME is set: check the port, or remove the user name and the password",
        { about: "account", broken: true },
      );
}

async function passwordOf(login: MailLogin): Promise<string> {
  try {
    return await login.password();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new MailFailure(`the file of BELFRY_EMAIL_AUTH_PASSWORD_FILE can't be read${code}`, {
      about: "account",
      broken: true,
    });
  }
}

const toBase64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
