// A connection to a mail server: the runtime's byte stream, SMTP lines and replies with limits and timeouts, and failures
// that name what to change.
import { connectionErrors, innermostCause } from "../../../../kernel/rules/connection-error.ts";
import { classifyReply, type FailureSubject, type MailReply, type MailStage } from "../rules/mail-reply.ts";

export interface MailConnection {
  /** The next bytes; null when the server has closed. */
  read: () => Promise<Uint8Array | null>;
  /** Resolves when the bytes are on their way. */
  write: (bytes: Uint8Array) => Promise<void>;
  /** Upgrades to TLS; received bytes that were not read yet are discarded. */
  startTls: (serverName: string) => Promise<void>;
  /** Immediately. */
  close: () => void;
}

export interface MailEndpoint {
  host: string;
  port: number;
  /** TLS from the first byte. */
  tls: boolean;
  /** Whether `startTls` is going to be called. */
  startTls: boolean;
  /** The name that the certificate must have. */
  serverName: string;
  /** Aborts connecting. */
  signal: AbortSignal;
}

export type OpenMail = (endpoint: MailEndpoint) => Promise<MailConnection>;

export interface MailServer extends Omit<MailEndpoint, "signal"> {
  /** The name that Belfry sends in EHLO. */
  hello: string;
  login: MailLogin | undefined;
}

export interface MailLogin {
  /** SASL authorization identity; usually empty. */
  identity: string;
  username: string;
  /** Read at each login, so that a changed file needs no restart. */
  password: () => Promise<string>;
}

/** For people: `smtp.example.com:587`. */
export const hostPort = ({ host, port }: Pick<MailServer, "host" | "port">): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

export interface Reply {
  code: number;
  /** The reply's lines without their codes. */
  lines: string[];
  /** The lines as one short line, safe to show: without control characters and secrets. */
  text: string;
}

export interface Wire {
  /** `after` is the stage, for messages of failures: `after EHLO`. */
  reply: (after: string, signal: AbortSignal) => Promise<Reply>;
  send: (text: string | Uint8Array, after: string, signal: AbortSignal) => Promise<void>;
  /** Sends a line and waits for its reply. */
  ask: (line: string, after: string, signal: AbortSignal) => Promise<Reply>;
  startTls: (serverName: string, signal: AbortSignal) => Promise<void>;
  /** From now on, replies don't show this. */
  hide: (secret: string) => void;
  close: () => void;
}

/** RFC 5321 allows 512; servers send more. */
const maxLineLength = 4_096;
const maxReplyLines = 100;
const maxShownLength = 200;

export function createWire(connection: MailConnection): Wire {
  const secrets: string[] = [];
  let decoder = new TextDecoder();
  let received = "";

  async function readLine(after: string, signal: AbortSignal): Promise<string> {
    for (;;) {
      const end = received.indexOf("\n");
      if (end > maxLineLength || (end < 0 && received.length > maxLineLength)) {
        throw new MailFailure(`the server sent a line without an end (${after})`, { broken: true });
      }
      if (end >= 0) {
        const line = received.slice(0, end).replace(/\r$/, "");
        received = received.slice(end + 1);
        return line;
      }
      const bytes = await guarded(connection.read(), after, signal);
      if (bytes === null) {
        throw new MailFailure(`the server dropped the connection (${after})`, {
          broken: true,
          untouched: true,
        });
      }
      received += decoder.decode(bytes, { stream: true });
    }
  }

  async function reply(after: string, signal: AbortSignal): Promise<Reply> {
    const lines: string[] = [];
    for (;;) {
      const line = await readLine(after, signal);
      const [, code, more, text] = /^([2-5]\d\d)(?:([ -])(.*))?$/s.exec(line) ?? [];
      if (code === undefined || lines.length >= maxReplyLines) {
        throw new MailFailure(`the server sent an invalid SMTP reply (${after})`, { broken: true });
      }
      lines.push(text ?? "");
      if (more !== "-") return { code: Number(code), lines, text: shown(lines, secrets) };
    }
  }

  async function send(text: string | Uint8Array, after: string, signal: AbortSignal): Promise<void> {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    await guarded(connection.write(bytes), after, signal);
  }

  return {
    reply,
    send,
    ask: async (line, after, signal) => {
      await send(`${line}\r\n`, after, signal);
      return reply(after, signal);
    },
    startTls: async (serverName, signal) => {
      // Plain text that an attacker injected before the handshake must not be read as the server's reply.
      decoder = new TextDecoder();
      received = "";
      await guarded(connection.startTls(serverName), "in the TLS handshake", signal);
    },
    // As it is, and as a line would show it.
    hide: (secret) => secrets.push(secret, asOneLine(secret)),
    close: connection.close,
  };
}

function shown(lines: string[], secrets: string[]): string {
  const hidden = (text: string) =>
    secrets.reduce((rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, "…")), text);
  return hidden(asOneLine(hidden(lines.join("\n")))).slice(0, maxShownLength);
}

const asOneLine = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, " ").trim();

/** Waits until the signal aborts; other errors become a `MailFailure`. */
export async function guarded<T>(work: Promise<T>, after: string, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new MailFailure(`no answer in time (${after})`, { broken: true }));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof MailFailure) throw error;
    throw new MailFailure(`${describeConnectionError(error)} (${after})`, { broken: true, untouched: true });
  } finally {
    signal.removeEventListener("abort", onAbort!);
  }
}

export interface FailureOptions {
  kind?: "temporary" | "permanent";
  /** `server` if left out. */
  about?: FailureSubject;
  /** The connection can't be used any more. */
  broken?: boolean;
  /** The server can't have accepted the message: it can be sent again over another connection. */
  untouched?: boolean;
}

export class MailFailure extends Error {
  override readonly name = "MailFailure";
  readonly kind: "temporary" | "permanent";
  readonly about: FailureSubject;
  readonly broken: boolean;
  readonly untouched: boolean;

  constructor(
    message: string,
    { kind = "temporary", about = "server", broken = false, untouched = false }: FailureOptions = {},
  ) {
    super(message);
    this.kind = kind;
    this.about = about;
    this.broken = broken;
    this.untouched = untouched;
  }
}

/** The failure for a refused command: the server's reply, the stage, and what to change. */
export function refusal(reply: MailReply, after: string, stage: MailStage): MailFailure {
  const { about, kind, hint } = classifyReply(stage, reply);
  const message = `${reply.code} ${reply.text} (${after})`.replaceAll(/\s+/g, " ");
  const isOpening = ["greeting", "hello", "starttls", "login", "reset"].includes(stage);
  return new MailFailure(hint === undefined ? message : `${message}: ${hint}`, {
    kind,
    about,
    // 421: the server closes the connection. Neither 4xx nor 5xx: the replies are out of step.
    broken: isOpening || reply.code === 421 || reply.code < 400,
    untouched: reply.code === 421 || stage === "reset",
  });
}

const knownErrors: Readonly<Record<string, string>> = {
  ...connectionErrors,
  ENOTFOUND: "unknown host: check BELFRY_EMAIL_SMARTHOST",
  EPROTO: "no TLS: the server uses another protocol on this port",
  ERR_SSL_WRONG_VERSION_NUMBER: "no TLS: this port doesn't use TLS from the start (BELFRY_EMAIL_FORCE_TLS)",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the certificate is for another name: set BELFRY_EMAIL_TLS_SERVERNAME to its name",
};
const untrusted = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_(UNTRUSTED|HAS_EXPIRED|NOT_YET_VALID|REVOKED)/;

/** Says what to change, where the error's code tells. */
export function describeConnectionError(error: unknown): string {
  const cause = innermostCause(error);
  if (cause === undefined) return "unknown error";
  const { code } = cause;
  if (knownErrors[code] !== undefined) return `${knownErrors[code]} (${code})`;
  const message = cause.message.replaceAll(/\s+/g, " ").slice(0, 200);
  if (untrusted.test(code)) {
    return `the certificate is not trusted, ${message} (${code}): add its authority to BELFRY_EMAIL_TLS_CACERTFILE`;
  }
  return code === "" ? message : `${message} (${code})`;
}
