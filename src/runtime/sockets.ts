// WebSockets on Node: `ws` performs the handshake once the application accepts. A rejection is sent with its body, so that a
// client learns what was wrong.
import { STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Socket } from "../kernel/ports.ts";
import { refuseTarget } from "../http/rules/default-headers.ts";
import { targetOf } from "./http-server.ts";

/** What the application gets besides an upgrade request. */
export interface Upgrade {
  incoming: IncomingMessage;
  /** Accepts; `opened` is called after the handshake. The response's headers are sent with it. */
  accept: (opened: (socket: Socket) => void) => Response;
}

type Answer = (request: Request, upgrade: Upgrade) => Response | Promise<Response>;

/** A client that hasn't answered a ping by the next one is disconnected. */
const pingIntervalMs = 15_000;
/** For the client's part of closing. */
const closeTimeoutMs = 500;
/** Clients send nothing but control frames. */
const maxFrameBytes = 1_024;

export function acceptSockets(http: Server, answer: Answer): { close: () => void } {
  const frameOf = createFrames();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes });
  const waiting = new Set<WebSocket>();
  http.on("upgrade", (incoming: IncomingMessage, wire: Duplex, head: Buffer) => {
    wire.on("error", () => wire.destroy());
    void upgrade({ sockets, answer, frameOf }, { incoming, wire, head });
  });
  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (waiting.has(socket)) socket.terminate();
      else {
        waiting.add(socket);
        socket.once("pong", () => waiting.delete(socket));
        socket.ping();
      }
    }
  }, pingIntervalMs).unref();
  return {
    close: () => {
      clearInterval(pings);
      const terminate = () => sockets.clients.forEach((socket) => socket.terminate());
      setTimeout(terminate, closeTimeoutMs).unref();
    },
  };
}

interface Handshake {
  incoming: IncomingMessage;
  wire: Duplex;
  head: Buffer;
}

interface Acceptor {
  sockets: WebSocketServer;
  answer: Answer;
  frameOf: (text: string) => Buffer;
}

async function upgrade({ sockets, answer, frameOf }: Acceptor, request: Handshake): Promise<void> {
  const { incoming, wire, head } = request;
  let opened: ((socket: Socket) => void) | undefined;
  const accept: Upgrade["accept"] = (then) => {
    opened = then;
    return new Response(null);
  };
  const target = targetOf(incoming);
  if (!target.ok) return reject(wire, refuseTarget(target.problem));
  const reply = await Promise.resolve(toRequest(incoming, target.url))
    .then((asked) => answer(asked, { incoming, accept }))
    .catch(() => new Response(null, { status: 400 }));
  if (opened === undefined) return reject(wire, reply);
  const giveUp = () => opened!(goneSocket);
  if (wire.destroyed) return giveUp();
  // A malformed handshake ends here too.
  wire.once("close", giveUp);
  const addHeaders = (lines: string[]) => lines.push(...headerLines(reply));
  sockets.once("headers", addHeaders);
  sockets.handleUpgrade(incoming, wire, head, (socket) => {
    wire.off("close", giveUp);
    opened!(toSocket(socket, (text) => wire.write(frameOf(text))));
  });
  sockets.off("headers", addHeaders);
}

function toRequest({ rawHeaders }: IncomingMessage, url: string): Request {
  const pairs = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1]!] as [string, string]] : [],
  );
  return new Request(url, { headers: pairs });
}

const headerLines = ({ headers }: Response) => [...headers].map(([name, value]) => `${name}: ${value}`);

async function reject(wire: Duplex, reply: Response): Promise<void> {
  const body = Buffer.from(await reply.arrayBuffer());
  const lines = [
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ""}`,
    ...headerLines(reply),
    "connection: close",
    `content-length: ${body.length}`,
  ];
  wire.write(`${lines.join("\r\n")}\r\n\r\n`);
  wire.end(body);
}

const goneSocket: Socket = { send: () => {}, close: () => {}, waiting: () => 0, onGone: (then) => then() };

/**
 * Frames of text, as the server sends them (RFC 6455 §5.2). The last one is kept: many readers get the same text, one after the
 * other, and then the same bytes.
 */
function createFrames(): (text: string) => Buffer {
  let last = { text: "", frame: frameText("") };
  return (text) => {
    if (text !== last.text) last = { text, frame: frameText(text) };
    return last.frame;
  };
}

export function frameText(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const finalText = 0x81;
  if (length < 126) return Buffer.concat([Buffer.from([finalText, length]), payload]);
  const head = length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = finalText;
  if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** `write` puts whole frames between those of `ws`, which compresses none. */
const toSocket = (socket: WebSocket, write: (text: string) => void): Socket => ({
  send: (text) => {
    if (socket.readyState === socket.OPEN) write(text);
  },
  close: (code, reason) => {
    socket.close(code, reason);
    // A client that doesn't read doesn't answer either.
    setTimeout(() => socket.terminate(), closeTimeoutMs).unref();
  },
  waiting: () => socket.bufferedAmount,
  onGone: (then) => {
    // An error is followed by `close`; without a listener it would end the process.
    socket.on("error", () => {});
    socket.once("close", then);
  },
});
