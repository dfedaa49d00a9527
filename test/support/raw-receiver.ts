// A webhook receiver below HTTP: a test writes the bytes of each answer itself, or cuts the connection instead.
import { createServer, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface RawRequest {
  socket: Socket;
  /** 1 for the first on its connection. */
  number: number;
  head: string;
  body: string;
}

export interface RawReceiver {
  url: string;
  port: number;
  requests: RawRequest[];
  connections: () => number;
  /** Resolves when so many connections have been closed. */
  closed: (count: number) => Promise<void>;
}

export const okBytes = "HTTP/1.1 204 No Content\r\n\r\n";

/** Calls back with each request that is there whole. Ends with the test. */
export async function startRawReceiver(answer: (request: RawRequest) => void): Promise<RawReceiver> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let [connections, ends] = [0, 0];
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let received = "";
    let number = 0;
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      ends += 1;
      for (const waiter of waiting) if (ends >= waiter.count) waiter.resolve();
    });
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (end < 0 || received.length < end + 4 + length) return;
      number += 1;
      const request = { socket, number, head: received.slice(0, end), body: received.slice(end + 4) };
      received = "";
      requests.push(request);
      answer(request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    requests,
    connections: () => connections,
    closed: (count) =>
      ends >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  };
}
