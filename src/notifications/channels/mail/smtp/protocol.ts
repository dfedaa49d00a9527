// The SMTP client (RFC 5321): opens a session as far as the server is ready for mail, and hands over one message after
// another. Called by pool.ts.
import { logIn } from "./login.ts";
import type { MailServer, OpenMail } from "./connection.ts";
import { MailFailure, refusal } from "./failure.ts";
import { transmit, trySender, type Envelope } from "./transmit.ts";
import { createWire, guarded, type Wire } from "./wire.ts";

/** What the server says it can do: keywords in capitals, with their parameters. */
export type Extensions = ReadonlyMap<string, string[]>;

export interface Session {
  /** Names the sender of a message and begins anew; gives the server's words. Throws `MailFailure`. */
  trySender: (from: string, signal: AbortSignal) => Promise<string>;
  /** Hands over one message; gives the server's words. Throws `MailFailure`. */
  send: (envelope: Envelope, signal: AbortSignal) => Promise<string>;
  /** Takes leave, within a second. */
  quit: () => Promise<void>;
  /** At once. */
  drop: () => void;
}

const partingPatience = 1_000;

/** Throws `MailFailure`; nothing stays open then. */
export async function openSession(
  openMail: OpenMail,
  server: MailServer,
  signal: AbortSignal,
): Promise<Session> {
  const { host, port, tls, startTls, serverName } = server;
  const opening = openMail({ host, port, tls, startTls, serverName, signal });
  // One that comes too late is not wanted any more.
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
  // What was said in the clear counts for nothing.
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

/** An old server knows HELO alone (RFC 5321, 3.2), and with it neither STARTTLS nor AUTH. */
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
    throw new MailFailure(`the server doesn't know EHLO, which ${needed.join(" and ")} needs`, {
      about: "account",
      broken: true,
    });
  }
  const reply = await wire.ask(`HELO ${server.hello}`, "after HELO", signal);
  if (reply.code !== 250) throw refusal(reply, "after HELO", "hello");
  return new Map();
}

function createSession(wire: Wire, extensions: Extensions): Session {
  let used = false;
  return {
    trySender: (from, signal) => trySender(wire, from, extensions, signal),
    send: (envelope, signal) => {
      const again = used;
      used = true;
      return transmit(wire, extensions, envelope, again, signal);
    },
    quit: async () => {
      await wire
        .ask("QUIT", "after QUIT", AbortSignal.timeout(partingPatience))
        .catch((error: unknown) => error);
      wire.close();
    },
    drop: wire.close,
  };
}
