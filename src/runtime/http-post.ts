// POST requests to webhooks on Node: kept connections, at most so many for each receiver, no redirects, and one deadline for
// the whole exchange. Not with undici, which takes an unasked "100 Continue" for a broken response and doesn't say whether a
// connection was used before; nor with node:http, whose requests cost four times the CPU.
import type { Post } from "../kernel/ports.ts";
import { openConnection, type Connection, type Origin } from "./http-connection.ts";
import type { Head } from "./rules/http-response.ts";

type Answer = Awaited<ReturnType<Post>>;

const maxConnections = 64;

export function createPost(): { post: Post; close: () => Promise<void> } {
  const receivers = new Map<string, Receiver>();
  const targets = new Map<string, Target>();

  function targetOf(text: string): Target {
    const known = targets.get(text);
    if (known !== undefined) return known;
    const url = new URL(text);
    const receiver = receivers.get(url.origin) ?? createReceiver(originOf(url));
    receivers.set(url.origin, receiver);
    const start = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n`;
    targets.set(text, { receiver, start });
    return { receiver, start };
  }

  return {
    post: ({ url, headers, body, timeout }) => {
      const { receiver, start } = targetOf(url);
      return receiver.send(withBody(start + headerLines(headers), body), timeout);
    },
    close: () => {
      for (const receiver of receivers.values()) receiver.close();
      return Promise.resolve();
    },
  };
}

/** By URL: where its requests go, and their first lines. */
interface Target {
  receiver: Receiver;
  start: string;
}

const originOf = ({ protocol, hostname, port }: URL): Origin => {
  const isTls = protocol === "https:";
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return { isTls, host, port: port === "" ? (isTls ? 443 : 80) : Number(port), session: undefined };
};

function headerLines(headers: Record<string, string>): string {
  let lines = "";
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw new TypeError(`The value of the header ${name} is invalid`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** In one piece, so that it is sent in one packet if it fits. */
const withBody = (head: string, body: string | Uint8Array): string | Buffer => {
  const whole = `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return typeof body === "string" ? whole + body : Buffer.concat([Buffer.from(whole), body]);
};

interface Receiver {
  send: (request: string | Buffer, timeoutMs: number) => Promise<Answer>;
  close: () => void;
}

interface Job {
  request: string | Buffer;
  /** While it is sent. */
  connection: Connection | undefined;
  /** It was sent over a kept connection that had ended: the next one must be new. */
  isRepeated: boolean;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
  timer: ReturnType<typeof setTimeout>;
}

function createReceiver(origin: Origin): Receiver {
  const open = new Set<Connection>();
  const free: Connection[] = [];
  const waiting: Job[] = [];

  function openNew(): Connection {
    const connection = openConnection(origin, {
      onFree: () => {
        free.push(connection);
        startWaiting();
      },
      onClose: () => {
        open.delete(connection);
        const index = free.indexOf(connection);
        if (index >= 0) free.splice(index, 1);
        startWaiting();
      },
    });
    open.add(connection);
    return connection;
  }

  function startWaiting(): void {
    while (waiting.length > 0 && (free.length > 0 || open.size < maxConnections)) start(waiting.shift()!);
  }

  function start(job: Job): void {
    const connection = (job.isRepeated && open.size < maxConnections ? undefined : free.pop()) ?? openNew();
    job.connection = connection;
    void connection.exchange(job.request).then((result) => {
      job.connection = undefined;
      if (!("failure" in result)) return finish(job, () => job.resolve(new HeadAnswer(result)));
      // The receiver closed a kept connection just as it was used again: it has most likely seen nothing of this request.
      if (!result.isStale || job.isRepeated) return finish(job, () => job.reject(result.failure));
      job.isRepeated = true;
      waiting.unshift(job);
      startWaiting();
    });
  }

  function expire(job: Job): void {
    if (job.connection !== undefined) return job.connection.destroy(timedOut());
    waiting.splice(waiting.indexOf(job), 1);
    job.reject(timedOut());
  }

  return {
    send: (request, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => expire(job), timeoutMs);
        const job: Job = { request, connection: undefined, isRepeated: false, resolve, reject, timer };
        waiting.push(job);
        startWaiting();
      }),
    close: () => {
      for (const job of waiting.splice(0)) finish(job, () => job.reject(new Error("the server is stopping")));
      for (const connection of open) connection.destroy();
    },
  };
}

function finish(job: Job, settle: () => void): void {
  clearTimeout(job.timer);
  settle();
}

const timedOut = () => new DOMException("The operation was aborted due to timeout", "TimeoutError");

/** Headers are made when they are asked for: most responses are read for their status only. */
class HeadAnswer implements Answer {
  readonly status: number;
  readonly #headers: Head["headers"];
  constructor({ status, headers }: Head) {
    this.status = status;
    this.#headers = headers;
  }
  get headers(): Headers {
    return new Headers([...this.#headers]);
  }
}
