// A connection to a mail server: the stream of bytes that the runtime gives, and lines and replies over it, within bounds and
// in time.
import { describeConnectionError, MailFailure } from "./failure.ts";

export interface MailConnection {
  /** The next bytes; null when the server has closed. */
  read: () => Promise<Uint8Array | null>;
  /** Resolves when the bytes are on their way. */
  write: (bytes: Uint8Array) => Promise<void>;
  /** Goes on in TLS; what had come in and was not read yet is thrown away. */
  startTls: (serverName: string) => Promise<void>;
  /** At once, whatever is under way. */
  close: () => void;
}

export interface MailEndpoint {
  host: string;
  port: number;
  /** TLS from the first byte. */
  tls: boolean;
  /** Whether `startTls` is going to be called. */
  startTls: boolean;
  /** Whom the certificate has to name. */
  serverName: string;
  /** Gives up when it fires. */
  signal: AbortSignal;
}

export type OpenMail = (endpoint: MailEndpoint) => Promise<MailConnection>;

export interface MailServer extends Omit<MailEndpoint, "signal"> {
  /** The name that we give ourselves. */
  hello: string;
  login: MailLogin | undefined;
}

export interface MailLogin {
  /** On whose behalf; almost always empty. */
  identity: string;
  username: string;
  /** Asked for at each login, so that a changed file needs no restart. */
  password: () => Promise<string>;
}

/** As people write it: `smtp.example.com:587`. */
export const hostPort = ({ host, port }: Pick<MailServer, "host" | "port">): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

export interface Reply {
  code: number;
  /** The reply's lines without their codes. */
  lines: string[];
  /** The same as one short line, safe to show: no control characters and nothing that was told to be secret. */
  text: string;
}

export interface Wire {
  /** `after` says where we are, for the words of a failure: `after EHLO`. */
  reply: (after: string, signal: AbortSignal) => Promise<Reply>;
  send: (text: string, after: string, signal: AbortSignal) => Promise<void>;
  /** Sends a line and waits for its reply. */
  ask: (line: string, after: string, signal: AbortSignal) => Promise<Reply>;
  startTls: (serverName: string, signal: AbortSignal) => Promise<void>;
  /** From now on no reply repeats this. */
  hide: (secret: string) => void;
  close: () => void;
}

/** RFC 5321 says 512; servers say more. */
const longestLine = 4_096;
const mostLines = 100;
const longestShown = 200;

export function createWire(connection: MailConnection): Wire {
  const secrets: string[] = [];
  let decoder = new TextDecoder();
  let received = "";

  async function readLine(after: string, signal: AbortSignal): Promise<string> {
    for (;;) {
      const end = received.indexOf("\n");
      if (end > longestLine || (end < 0 && received.length > longestLine)) {
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
      if (code === undefined || lines.length >= mostLines) {
        throw new MailFailure(`the server sent what is no answer in SMTP (${after})`, { broken: true });
      }
      lines.push(text ?? "");
      if (more !== "-") return { code: Number(code), lines, text: shown(lines, secrets) };
    }
  }

  async function send(text: string, after: string, signal: AbortSignal): Promise<void> {
    await guarded(connection.write(new TextEncoder().encode(text)), after, signal);
  }

  return {
    reply,
    send,
    ask: async (line, after, signal) => {
      await send(`${line}\r\n`, after, signal);
      return reply(after, signal);
    },
    startTls: async (serverName, signal) => {
      // Whatever somebody put in between before the handshake is not the server's word.
      decoder = new TextDecoder();
      received = "";
      await guarded(connection.startTls(serverName), "in the TLS handshake", signal);
    },
    // As it is, and as it would look in one line.
    hide: (secret) => secrets.push(secret, asOneLine(secret)),
    close: connection.close,
  };
}

function shown(lines: string[], secrets: string[]): string {
  const hidden = (text: string) =>
    secrets.reduce((rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, "…")), text);
  return hidden(asOneLine(hidden(lines.join("\n")))).slice(0, longestShown);
}

const asOneLine = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, " ").trim();

/** Waits no longer than the signal allows; a failure below becomes one in words. */
export async function guarded<T>(work: Promise<T>, after: string, signal: AbortSignal): Promise<T> {
  let give: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    give = () => reject(new MailFailure(`no answer in time (${after})`, { broken: true }));
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof MailFailure) throw error;
    throw new MailFailure(`${describeConnectionError(error)} (${after})`, { broken: true, untouched: true });
  } finally {
    signal.removeEventListener("abort", give!);
  }
}
