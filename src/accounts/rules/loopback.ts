// Whether a request comes from this very machine: then the first user may be made without the set-up code.

export interface CallerFacts {
  /** The address of the client's socket. */
  address: string | null;
  /** The Host header. */
  host: string;
  /** Whether a proxy says that it passed the request on. */
  forwarded: boolean;
}

/** All three must say so: a proxy on this machine also connects from loopback, a rebound name also leads to it. */
export function isLocalCaller({ address, host, forwarded }: CallerFacts): boolean {
  return !forwarded && address !== null && isLoopbackAddress(address) && isLoopbackHost(host);
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, "");
  return plain === "::1" || /^127(\.\d{1,3}){3}$/.test(plain);
}

function isLoopbackHost(host: string): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(host.trim().toLowerCase())?.[1] ?? "";
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return isLoopbackAddress(name.replace(/^\[|\]$/g, ""));
}
