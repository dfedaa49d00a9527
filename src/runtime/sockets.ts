// WebSockets on Node: `ws` shakes hands once the application has said yes; its no goes out as it is, with its body, which
// is where a client finds out what was wrong.
import { STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { openEvents, type EventsHolder } from "../api/inbox-events.ts";
import { openFrames } from "../api/inbox-watch.ts";
import type { InboxWatch, Socket } from "../kernel/ports.ts";
import { refuseTarget, targetOf } from "./request-url.ts";

/** What the application is given besides a request that asks for a socket. */
export interface Upgrade {
  incoming: IncomingMessage;
  /** Says yes; `opened` is called after the handshake. The answer's headers go out with it. */
  accept: (opened: (socket: Socket) => void) => Response;
}

/** Other protocols are not taken: their requests are answered like any other. Node 22.21 and later asks. */
export const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === "websocket";

/** Who didn't ask for a socket can't be given one. */
export const noSocket: Upgrade["accept"] = () => {
  throw new Error("the request asks for no socket");
};

/** The live inbox, from this process. */
export const createWatch =
  (holder: EventsHolder, accept: Upgrade["accept"]) =>
  async ({ as, ...watch }: InboxWatch): Promise<Response> =>
    as.way === "events"
      ? openEvents(holder, { ...watch, as })
      : accept(await openFrames(holder, { ...watch, as }));

type Answer = (request: Request, upgrade: Upgrade) => Response | Promise<Response>;

/** Milliseconds between pings; who hasn't answered one by the next has gone. */
const pingInterval = 15_000;
/** Milliseconds that the other side has for its part of closing. */
const closePatience = 500;
/** Bytes: nobody has to tell us anything. */
const longestFrame = 1_024;

export function acceptSockets(http: Server, answer: Answer): { close: () => void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestFrame });
  const waiting = new Set<WebSocket>();
  http.on("upgrade", (incoming: IncomingMessage, wire: Duplex, head: Buffer) => {
    wire.on("error", () => wire.destroy());
    void upgrade(sockets, answer, { incoming, wire, head });
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
  }, pingInterval).unref();
  return {
    close: () => {
      clearInterval(pings);
      const terminate = () => sockets.clients.forEach((socket) => socket.terminate());
      setTimeout(terminate, closePatience).unref();
    },
  };
}

interface Handshake {
  incoming: IncomingMessage;
  wire: Duplex;
  head: Buffer;
}

async function upgrade(sockets: WebSocketServer, answer: Answer, request: Handshake): Promise<void> {
  const { incoming, wire, head } = request;
  let opened: ((socket: Socket) => void) | undefined;
  const accept: Upgrade["accept"] = (then) => {
    opened = then;
    return new Response(null);
  };
  const target = targetOf(incoming);
  if (!target.ok) return refuse(wire, refuseTarget(target.problem));
  const reply = await Promise.resolve(toRequest(incoming, target.url))
    .then((asked) => answer(asked, { incoming, accept }))
    .catch(() => new Response(null, { status: 400 }));
  if (opened === undefined) return refuse(wire, reply);
  const giveUp = () => opened!(goneSocket);
  if (wire.destroyed) return giveUp();
  // A handshake that is malformed ends here too.
  wire.once("close", giveUp);
  const addHeaders = (lines: string[]) => lines.push(...headerLines(reply));
  sockets.once("headers", addHeaders);
  sockets.handleUpgrade(incoming, wire, head, (socket) => {
    wire.off("close", giveUp);
    opened!(toSocket(socket));
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

async function refuse(wire: Duplex, reply: Response): Promise<void> {
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

const toSocket = (socket: WebSocket): Socket => ({
  send: (text) => socket.send(text),
  close: (code, reason) => {
    socket.close(code, reason);
    // Who doesn't read doesn't answer either.
    setTimeout(() => socket.terminate(), closePatience).unref();
  },
  waiting: () => socket.bufferedAmount,
  onGone: (then) => {
    // Errors of a connection end with `close`; one that nobody hears ends the process.
    socket.on("error", () => {});
    socket.once("close", then);
  },
});
