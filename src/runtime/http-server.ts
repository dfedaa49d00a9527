// The HTTP server on Node: timeouts for slow clients, limits on connections, and request URLs.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { withCompression } from "./compression.ts";
import { withEventStreams } from "./event-streams.ts";
import { isTrusted, clientNetwork, type Proxy } from "../kernel/rules/client-address.ts";
import type { Log } from "../kernel/log.ts";
import type { Refusal } from "./admission.ts";
import { refuseTarget } from "../http/rules/default-headers.ts";
import { parseRequestTarget, type RequestTarget } from "../http/rules/headers.ts";

type HttpServer = ReturnType<typeof createAdaptorServer>;

/** Timeouts in milliseconds for receiving a request, not for answering it. */
export interface SlowRequests {
  headers: number;
  whole: number;
  /** Between two requests on a connection. */
  idle: number;
  /** Between two checks of the connections. */
  check: number;
}

/** Two minutes for a plan of 32 MiB; a slow client can't hold a connection for long. */
const defaultTimeouts: SlowRequests = { headers: 15_000, whole: 120_000, idle: 5_000, check: 5_000 };

/** Requests for other protocols are answered like any other. Node 22.21 and later calls this. */
const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === "websocket";

/** The answer to a request that is refused, before anything else is done for it. */
export type Refuse = (incoming: IncomingMessage) => Refusal | undefined;

/** Without the query. */
export const methodAndPath = ({ method = "", url = "" }: IncomingMessage) => ({
  method,
  path: url.split("?", 1)[0]!,
});

const refusing =
  (refuse: Refuse, answer: RequestListener): RequestListener =>
  (incoming, outgoing: ServerResponse) => {
    const refusal = refuse(incoming);
    if (refusal === undefined) answer(incoming, outgoing);
    else outgoing.writeHead(refusal.status, refusal.headers).end(refusal.body);
  };

const createHttp = (
  fetch: Parameters<typeof createAdaptorServer>[0]["fetch"],
  refuse: Refuse = () => undefined,
  { headers, whole, idle, check }: SlowRequests = defaultTimeouts,
): HttpServer =>
  createAdaptorServer({
    createServer: ((options: object, answer: RequestListener) =>
      createServer(options, refusing(refuse, answer))) as typeof createServer,
    fetch: (request, environment) => {
      const target = targetOf((environment as HttpBindings).incoming);
      return target.ok ? fetch(request, environment) : refuseTarget(target.problem);
    },
    serverOptions: {
      shouldUpgradeCallback,
      headersTimeout: headers,
      requestTimeout: whole,
      keepAliveTimeout: idle,
      connectionsCheckingInterval: check,
    },
  });

/** Serves the application, within limits. */
export function openHttp(
  answer: Parameters<typeof withEventStreams>[0],
  limits: { slowRequests?: SlowRequests; connections?: ConnectionLimits },
  context: { proxy: Proxy | undefined; log: Log; refuse: Refuse },
): HttpServer {
  const http = createHttp(withCompression(withEventStreams(answer)), context.refuse, limits.slowRequests);
  limitConnections(http as Server, limits.connections ?? connectionLimits, context);
  return http;
}

export interface ConnectionLimits {
  /** For one IPv4 address, or one /64 of IPv6. */
  perNetwork: number;
  all: number;
}

export const connectionLimits: ConnectionLimits = { perNetwork: 500, all: 20_000 };

/** At most one log line about it in this time. */
const logIntervalMs = 60_000;

/** A trusted proxy, or one on this machine, connects for many clients. */
const isShared = (address: string, proxy: Proxy | undefined): boolean =>
  /^(::1|(::ffff:)?127\.0\.0\.1)$/.test(address) || (proxy !== undefined && isTrusted(address, proxy));

/** Closes connections beyond the limits before reading from them, so that one client can't use up all of them. */
export function limitConnections(
  server: Server,
  { perNetwork, all }: ConnectionLimits,
  { proxy, log }: { proxy: Proxy | undefined; log: Log },
): void {
  const open = new Map<string, number>();
  let [connected, quietUntil] = [0, 0];
  server.on("connection", (socket: Socket) => {
    if (connected >= all) return void socket.destroy();
    connected += 1;
    socket.once("close", () => (connected -= 1));
    const address = socket.remoteAddress ?? "";
    if (isShared(address, proxy)) return;
    const network = clientNetwork(address);
    const held = open.get(network) ?? 0;
    if (held >= perNetwork) {
      socket.destroy();
      if (performance.now() < quietUntil) return;
      quietUntil = performance.now() + logIntervalMs;
      log.warn("too many connections from one address; closing new ones", { address, connections: held });
      return;
    }
    open.set(network, held + 1);
    socket.once("close", () => {
      const left = open.get(network)! - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  });
}

export function targetOf({
  url = "",
  rawHeaders,
}: Pick<IncomingMessage, "url" | "rawHeaders">): RequestTarget {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts.push(rawHeaders[at + 1]!);
  }
  return parseRequestTarget(url, hosts);
}
