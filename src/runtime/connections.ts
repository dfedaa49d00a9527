// How many connections one address may hold: whoever opens thousands takes none away from others.
import type { Server, Socket } from "node:net";
import { isTrusted, clientNetwork, type Proxy } from "../kernel/rules/client-address.ts";
import type { Log } from "../kernel/log.ts";

export interface ConnectionLimits {
  /** For one IPv4 address, or one /64 of IPv6. */
  ofOne: number;
  all: number;
}

export const connectionLimits: ConnectionLimits = { ofOne: 500, all: 20_000 };

/** Milliseconds between two lines of the log about it. */
const quiet = 60_000;

/** A proxy that is trusted speaks for many, and so may one on this machine. */
const speaksForMany = (address: string, proxy: Proxy | undefined): boolean =>
  /^(::1|(::ffff:)?127\.0\.0\.1)$/.test(address) || (proxy !== undefined && isTrusted(address, proxy));

/** Connections beyond that are closed before anything is read from them. */
export function limitConnections(
  server: Server,
  { ofOne, all }: ConnectionLimits,
  { proxy, log }: { proxy: Proxy | undefined; log: Log },
): void {
  const open = new Map<string, number>();
  let quietUntil = 0;
  server.maxConnections = all;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    if (speaksForMany(address, proxy)) return;
    const place = clientNetwork(address);
    const held = open.get(place) ?? 0;
    if (held >= ofOne) {
      socket.destroy();
      if (performance.now() < quietUntil) return;
      quietUntil = performance.now() + quiet;
      log.warn("an address holds too many connections; more are closed", { address, connections: held });
      return;
    }
    open.set(place, held + 1);
    socket.once("close", () => {
      const left = open.get(place)! - 1;
      if (left === 0) open.delete(place);
      else open.set(place, left);
    });
  });
}
