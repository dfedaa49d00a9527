// One kept connection to a receiver (HTTP/1.1, plain or TLS): one request at a time, of which the head of the response is the
// result; a short body is read, so that the connection can be used again.
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { bodyEnd, parseHead, type Head } from "./rules/http-response.ts";

export interface Origin {
  isTls: boolean;
  host: string;
  port: number;
  /** The latest TLS session: a new connection resumes it. */
  session: Buffer | undefined;
}

export interface Failure {
  failure: unknown;
  /** The connection was used before, and ended before the first byte of a response. */
  isStale: boolean;
}

export interface ConnectionEvents {
  /** The response has ended: the connection can be used again. */
  onFree: () => void;
  /** Can't be used any more. */
  onClose: () => void;
}

export interface Connection {
  /** Sends a request and resolves with the head of its response. Not before the connection is free. */
  exchange: (request: string | Buffer) => Promise<Head | Failure>;
  /** Ends the connection, and the exchange that it is used for with this error. */
  destroy: (error?: Error) => void;
}

/** How much of a body is read to use its connection again. */
const maxBodyLength = 16_384;
const maxErrorBodyLength = 512;
const bodyTimeoutMs = 250;

export function openConnection(origin: Origin, { onFree, onClose }: ConnectionEvents): Connection {
  const socket = openSocket(origin);
  let settle: ((result: Head | Failure) => void) | undefined;
  let bodyTimer: ReturnType<typeof setTimeout> | undefined;
  let head: Head | undefined;
  let received = "";
  let failure: unknown = Object.assign(new Error("the connection was closed before the response"), {
    code: "ECONNRESET",
  });
  let count = 0;

  /** Not by the socket's own error: Node reads its stack, and for the first one of a process the source map, for 50 ms. */
  function fail(error: Error): void {
    failure = error;
    socket.destroy();
  }

  function readHead(): void {
    const parsed = parseHead(received);
    if (parsed === "incomplete") return;
    if (parsed === "invalid") return fail(new Error("the response is not HTTP/1.1"));
    head = parsed;
    settle?.(parsed);
    settle = undefined;
    readBody(parsed);
  }

  function readBody(of: Head): void {
    const end = bodyEnd(of, received);
    const maxLength = of.status < 300 ? maxBodyLength : maxErrorBodyLength;
    const isOpen = end === "incomplete" || end === "unknown";
    if (isOpen && received.length - of.length <= maxLength)
      return void (bodyTimer ??= setTimeout(() => socket.destroy(), bodyTimeoutMs));
    // A response that comes before its request was sent leaves the rest of it to be sent.
    if (end !== received.length || of.keepMs === 0 || socket.writableLength > 0) return void socket.destroy();
    clearTimeout(bodyTimer);
    [head, bodyTimer, received] = [undefined, undefined, ""];
    socket.setTimeout(of.keepMs).unref();
    onFree();
  }

  socket.on("data", (chunk) => {
    // Nobody asked.
    if (head === undefined && settle === undefined) return void socket.destroy();
    received += chunk.toString("latin1");
    if (head === undefined) readHead();
    else readBody(head);
  });
  socket.on("timeout", () => socket.destroy());
  socket.on("error", (error) => (failure = error));
  socket.on("close", () => {
    clearTimeout(bodyTimer);
    onClose();
    settle?.({ failure, isStale: count > 1 && received === "" });
  });

  return {
    exchange: (request) => {
      count += 1;
      if (count > 1) socket.setTimeout(0).ref();
      socket.write(request);
      return new Promise((resolve) => (settle = resolve));
    },
    destroy: (error) => (error === undefined ? void socket.destroy() : fail(error)),
  };
}

function openSocket(origin: Origin): Socket {
  const { isTls, host, port, session } = origin;
  if (!isTls) return connectPlain({ host, port }).setNoDelay(true);
  // An address can't be asked for by SNI; the certificate is checked against it all the same.
  const servername = isIP(host) === 0 ? host : "";
  const socket = connectTls({ host, port, servername, session, ALPNProtocols: ["http/1.1"] });
  return socket.on("session", (latest) => (origin.session = latest)).setNoDelay(true);
}
