// Mail servers on sockets of their own: a real one that keeps what it gets, and a scripted one that misbehaves at a
// chosen point.
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { SMTPConnection } from "smtp-server/lib/smtp-connection.js";
import { onTestFinished } from "vitest";
import type { WhenDone } from "./program.ts";

const folder = new URL("./certificates/", import.meta.url);
/** The path of one of the test certificates or keys. */
export const certificateFile = (name: string): string => new URL(`${name}.pem`, folder).pathname;
export const certificate = (name: string): string => readFileSync(certificateFile(name), "utf8");

export interface ReceivedMail {
  from: string;
  to: string[];
  secure: boolean;
  raw: string;
  email: Email;
}

export interface MailServerFixture {
  port: number;
  mails: ReceivedMail[];
  logins: { method: string; username: string; password: string; identity: string; secure: boolean }[];
  /** Resolves when so many mails have come. */
  received: (count: number) => Promise<void>;
  /** Connections so far. */
  connections: () => number;
  /** Resolves when so many connections have been closed. */
  closed: (count: number) => Promise<void>;
  /** Ends every connection that is open. */
  hangUp: () => void;
}

export interface MailServerOptions extends SMTPServerOptions {
  /** What the server takes; otherwise every login fails. */
  user?: { username: string; password: string };
  /** When it ends; with the test, if left out. */
  whenDone?: WhenDone;
}

// The real one waits 100 ms for clients that talk too soon; ours never do.
SMTPConnection.prototype.init = function init(this: SMTPConnection) {
  this["_setListeners"](() => this.connectionReady());
};

/** Starts a real server that stops when the test ends. Plain and without login unless the options say more. */
export async function startMailServer({
  user,
  whenDone = onTestFinished,
  ...options
}: MailServerOptions = {}): Promise<MailServerFixture> {
  const mails: ReceivedMail[] = [];
  const logins: MailServerFixture["logins"] = [];
  const [ends, arrivals] = [createCounter(), createCounter()];
  let connections = 0;
  const server = new SMTPServer({
    disableReverseLookup: true,
    closeTimeout: 10,
    key: certificate("server-key"),
    cert: certificate("server"),
    disabledCommands: [
      ...(user === undefined ? ["AUTH"] : []),
      ...(options.secure === true ? [] : ["STARTTLS"]),
    ],
    authOptional: user === undefined,
    onAuth: ({ method, username, password, authzid }, session, done) => {
      const login = { method, username: username ?? "", password: password ?? "", identity: authzid ?? "" };
      logins.push({ ...login, secure: session.secure });
      if (username === user?.username && password === user?.password) done(null, { user: username });
      else done(new Error("Error: Authentication credentials invalid"));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        void PostalMime.parse(raw).then((email) => {
          mails.push({
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            secure: session.secure,
            raw: raw.toString("utf8"),
            email,
          });
          arrivals.add();
          done(null, "taken");
        });
      });
    },
    ...options,
  });
  server.on("error", () => {});
  server.server.on("connection", (socket: Socket) => {
    connections += 1;
    socket.on("close", ends.add);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  whenDone(() => new Promise<void>((resolve) => server.close(resolve)));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    logins,
    received: arrivals.reached,
    connections: () => connections,
    closed: ends.reached,
    hangUp: () => {
      for (const connection of server.connections) connection.close();
    },
  };
}

/** Where a conversation can be disturbed; `message` is the answer to the text. */
export type Stage =
  | "greeting"
  | "EHLO"
  | "HELO"
  | "STARTTLS"
  | "AUTH"
  | "MAIL"
  | "RCPT"
  | "DATA"
  | "message"
  | "RSET"
  | "QUIT";
/** What to say there; `hang` says nothing, `drop` closes. A function decides each time. */
export type Disturbance = string | (() => string);

export interface ScriptedServer {
  port: number;
  /** Lines that the client sent outside of messages. */
  lines: string[];
  messages: string[];
  connections: () => number;
  closed: (count: number) => Promise<void>;
  /** Resolves when the client has been left waiting. */
  hung: (count: number) => Promise<void>;
}

const manners: Record<Stage, string> = {
  greeting: "220 scripted ESMTP",
  EHLO: "250-scripted\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
  HELO: "250 scripted",
  STARTTLS: "220 go ahead",
  AUTH: "235 welcome",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  message: "250 taken",
  RSET: "250 ok",
  QUIT: "221 bye",
};

/** Starts a server that is polite but for what the test says. After STARTTLS it is a TLS server. */
export async function startScriptedServer(
  disturbances: Partial<Record<Stage, Disturbance>> = {},
): Promise<ScriptedServer> {
  const lines: string[] = [];
  const messages: string[] = [];
  const ends = createCounter();
  const hangs = createCounter();
  const sockets = new Set<Socket>();
  let connections = 0;

  const converse = (socket: Socket, greet: boolean) => {
    let received = "";
    let inMessage = false;
    const say = (stage: Stage): boolean => {
      const disturbance = disturbances[stage] ?? manners[stage];
      const words = typeof disturbance === "string" ? disturbance : disturbance();
      if (words === "drop") socket.destroy();
      else if (words === "hang") hangs.add();
      else socket.write(`${words}\r\n`);
      return words.startsWith(manners[stage].slice(0, 3));
    };
    const hear = (chunk: Buffer) => {
      received += chunk.toString("utf8");
      for (;;) {
        const end = received.indexOf(inMessage ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const text = received.slice(0, end);
        received = received.slice(end + (inMessage ? 5 : 2));
        if (inMessage) {
          inMessage = false;
          messages.push(text);
          say("message");
          continue;
        }
        lines.push(text);
        const stage = text.split(" ")[0]!.toUpperCase() as Stage;
        const asExpected = say(stage);
        if (stage === "DATA") inMessage = asExpected;
        if (stage === "STARTTLS" && asExpected) {
          socket.off("data", hear);
          const keys = { key: certificate("server-key"), cert: certificate("server") };
          const secure = new TLSSocket(socket, { isServer: true, ...keys });
          secure.on("error", () => {});
          return converse(secure, false);
        }
      }
    };
    socket.on("data", hear);
    if (greet) say("greeting");
  };

  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      ends.add();
    });
    converse(socket, true);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    messages,
    connections: () => connections,
    closed: ends.reached,
    hung: hangs.reached,
  };
}

/** Counts up; lets a test wait for a number. */
function createCounter() {
  const waiting: { count: number; resolve: () => void }[] = [];
  let total = 0;
  return {
    add: () => {
      total += 1;
      for (const waiter of waiting) if (total >= waiter.count) waiter.resolve();
    },
    reached: (count: number): Promise<void> =>
      total >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  };
}
