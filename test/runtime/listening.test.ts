// Connections that come while the process is busy, and a port that another program has.
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../support/program.ts";
import { callServer, startTestServer, type TestServer } from "../support/server.ts";

/** Asks whether it is alive, on a connection of its own; resolves with the first line of the answer. */
const askAnew = ({ url }: TestServer) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET /healthz HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`),
    );
    socket.once("data", (chunk) => resolve(chunk.toString().split("\r\n")[0]!));
    socket.once("error", reject);
    onTestFinished(() => void socket.destroy());
  });

/** Iterations of the event loop until `work` is over. */
async function countIterations(work: Promise<unknown>): Promise<number> {
  let [count, isOver] = [0, false];
  void work.finally(() => (isOver = true));
  while (!isOver) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    count += 1;
  }
  return count;
}

test.skipIf(process.platform !== "linux")(
  "many new connections are answered within few iterations of the event loop",
  async () => {
    const server = await startTestServer({ listeningSockets: 64 });
    const answers = Promise.all(Array.from({ length: 400 }, () => askAnew(server)));
    // With one socket, one connection is accepted in an iteration.
    expect(await countIterations(answers)).toBeLessThan(200);
    expect(new Set(await answers)).toEqual(new Set(["HTTP/1.1 200 OK"]));
  },
);

test.each([1, 64])(
  "a port with %s sockets is another server's until it has stopped",
  async (listeningSockets) => {
    const first = await startTestServer({ listeningSockets });
    const { port } = new URL(first.url);
    const start = async () =>
      startTestServer({
        listeningSockets,
        folder: await temporaryFolder(),
        environment: { BELFRY_HTTP_ADDRESS: `127.0.0.1:${port}` },
      });
    await expect(start()).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or start on another port: BELFRY_HTTP_ADDRESS=127.0.0.1:${Number(port) + 1} belfry serve`,
    );
    expect((await callServer(first.url, "GET", "/healthz")).status).toBe(200);
    await first.stop();
    const second = await start();
    expect((await callServer(second.url, "GET", "/healthz")).status).toBe(200);
  },
);

test("connections beyond the limit are closed, whichever socket they came to", async () => {
  const connections = { perNetwork: 500, all: 8 };
  const server = await startTestServer({ listeningSockets: 64, connections });
  const { hostname, port } = new URL(server.url);
  for (let index = 0; index < 8; index += 1) {
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once("connect", resolve));
  }
  await expect(callServer(server.url, "GET", "/healthz")).rejects.toThrow("fetch failed");
});
