// The listening socket of Node: opened where the configuration says, closed when every request is answered.
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import type { Config } from "../config/config.ts";
import { refuseTarget, targetOf } from "./request-url.ts";
import { shouldUpgradeCallback } from "./sockets.ts";

type HttpServer = ReturnType<typeof createAdaptorServer>;

/** Milliseconds that a request may take to arrive; how long the answer takes is another matter. */
export interface SlowRequests {
  headers: number;
  whole: number;
  /** Between two requests on a connection. */
  idle: number;
  /** Between two looks at the connections. */
  look: number;
}

/** A plan of 32 MiB has its two minutes; somebody who sends a byte now and then holds no connection for long. */
const patience: SlowRequests = { headers: 15_000, whole: 120_000, idle: 5_000, look: 5_000 };

export const createHttp = (
  fetch: Parameters<typeof createAdaptorServer>[0]["fetch"],
  { headers, whole, idle, look }: SlowRequests = patience,
): HttpServer =>
  createAdaptorServer({
    fetch: (request, environment) => {
      const target = targetOf((environment as HttpBindings).incoming);
      return target.ok ? fetch(request, environment) : refuseTarget(target.problem);
    },
    serverOptions: {
      shouldUpgradeCallback,
      headersTimeout: headers,
      requestTimeout: whole,
      keepAliveTimeout: idle,
      connectionsCheckingInterval: look,
    },
  });

export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
}

/** Resolves with the port. Throws `PortInUseError`. */
export function listen(http: HttpServer, config: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const other = config.port + 1;
      reject(
        new PortInUseError(
          `Port ${config.port} on ${config.host} is in use. Stop what listens there, or start on another one: BELFRY_HTTP_ADDRESS=${config.host}:${other} npm start`,
        ),
      );
    });
    http.listen(config.port, config.host, () => resolve((http.address() as AddressInfo).port));
  });
}

/** Resolves when every request is answered; connections that are kept alive for more don't count. */
export async function close(http: HttpServer): Promise<void> {
  const sweep = setInterval(() => "closeIdleConnections" in http && http.closeIdleConnections(), 20);
  await new Promise((resolve) => http.close(resolve));
  clearInterval(sweep);
}
