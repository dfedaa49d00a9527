// The network between Belfry and a libSQL server, as a proxy: counts what goes over it, is cut, is slow, is mended.
import { createServer, request, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Link {
  url: string;
  /** Requests that came. */
  requests: () => number;
  /** Drops every connection, whatever is under way, and each new one. What the server has got, it does. */
  cut: () => void;
  /** Milliseconds that each answer takes longer. */
  slow: (milliseconds: number) => void;
  /** Answers everything itself, as a hosted server does for who has used up a quota. */
  refuse: (answer: object) => void;
  /** As at first. */
  mend: () => void;
  /** Calls back for each request, before it is passed on. */
  onRequest: (listener: (body: string, headers: IncomingHttpHeaders) => void) => void;
}

/** Ends with the test. `host`: the name by which the server is asked, for one that looks at it. */
export async function startLink(upstream: string, host?: string): Promise<Link> {
  let requests = 0;
  let isCut = false;
  let delay = 0;
  let refusal: object | undefined;
  let listener: Parameters<Link["onRequest"]>[0] = () => {};
  const proxy = createServer((incoming, outgoing) => {
    requests += 1;
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", () => {});
    outgoing.on("error", () => {});
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      listener(body.toString(), incoming.headers);
      if (refusal !== undefined) {
        outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(refusal));
        return;
      }
      const { method = "POST" } = incoming;
      const headers = host === undefined ? incoming.headers : { ...incoming.headers, host };
      const onward = request(upstream + incoming.url, { method, headers }, (answer) => {
        const pass = () => {
          if (outgoing.destroyed) return void answer.resume();
          outgoing.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(outgoing);
        };
        if (delay === 0) pass();
        else setTimeout(pass, delay);
      });
      onward.on("error", () => outgoing.destroy());
      onward.end(body);
    });
  });
  proxy.on("connection", (socket) => isCut && socket.destroy());
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    return new Promise<void>((resolve) => proxy.close(() => resolve()));
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests: () => requests,
    cut: () => {
      isCut = true;
      proxy.closeAllConnections();
    },
    slow: (milliseconds) => (delay = milliseconds),
    refuse: (answer) => (refusal = answer),
    mend: () => {
      isCut = false;
      delay = 0;
      refusal = undefined;
    },
    onRequest: (then) => (listener = then),
  };
}
