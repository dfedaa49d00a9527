// Listens on a port with several sockets: Node accepts one connection of each in an iteration of its event loop. With a single
// socket new clients would wait for seconds, or be reset, while others keep the process busy.
import { createServer, type AddressInfo, type ListenOptions, type Server, type Socket } from "node:net";
import type { createAdaptorServer } from "@hono/node-server";

type HttpServer = ReturnType<typeof createAdaptorServer>;

export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
}

export interface Listener {
  port: number;
  /** Resolves when every request is answered; idle connections are closed. */
  close: () => Promise<void>;
}

export const defaultSockets = 64;
/** Connections that a socket holds until they are accepted; the system may allow fewer. */
const backlog = 1_024;
/** Only there does Node share a port; Bun accepts all that wait. */
const canShare = process.platform === "linux" && process.versions["bun"] === undefined;

/** Throws `PortInUseError`. */
export async function listen(
  http: HttpServer,
  { host, port }: { host: string; port: number },
  sockets = defaultSockets,
): Promise<Listener> {
  if (!canShare || sockets === 1) {
    await open(http as Server, { host, port, backlog });
    return { port: addressOf(http as Server).port, close: () => close(http, []) };
  }
  // Nobody learns that another process shares its port.
  const alone = createServer();
  if (port !== 0) await open(alone, { host, port });
  await closed(alone);
  await open(http as Server, { host, port, backlog, reusePort: true });
  const { address, port: chosen } = addressOf(http as Server);
  const others = Array.from({ length: sockets - 1 }, () => acceptFor(http as Server));
  await Promise.all(
    others.map((other) => open(other, { host: address, port: chosen, backlog, reusePort: true })),
  );
  return { port: chosen, close: () => close(http, others) };
}

/** Accepts as Node's HTTP server does, and hands over. */
const acceptFor = (http: Server): Server =>
  createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => http.emit("connection", socket));

const addressOf = (server: Server) => server.address() as AddressInfo;

function open(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const { host, port = 0 } = options;
      reject(
        new PortInUseError(
          `Port ${port} on ${host} is in use. Stop the program that uses it, or start on another port: BELFRY_HTTP_ADDRESS=${host}:${port + 1} belfry serve`,
        ),
      );
    });
    server.listen(options, resolve);
  });
}

const closed = (server: Pick<Server, "close">) => new Promise((resolve) => server.close(resolve));

async function close(http: HttpServer, others: readonly Server[]): Promise<void> {
  const sweep = setInterval(() => "closeIdleConnections" in http && http.closeIdleConnections(), 20);
  await Promise.all([http as Server, ...others].map(closed));
  clearInterval(sweep);
}
