// Requests to receivers that were added over the API: what a name leads to is checked when it is connected to, no redirect is
// followed, and of a response only the beginning is read.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createReceiverPost, type Resolve } from "../../src/runtime/receiver-post.ts";

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  let connections = 0;
  const server = createServer(answer);
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

/** Answers with these addresses, one list after another. */
function resolveTo(...answers: string[][]): Resolve & { asked: () => number } {
  let asked = 0;
  const resolve: Resolve = (_host, _options, found) => {
    const addresses = answers[Math.min(asked, answers.length - 1)]!;
    asked += 1;
    found(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return Object.assign(resolve, { asked: () => asked });
}

function open(resolve?: Resolve) {
  const { postToReceiver, close } = createReceiverPost(resolve);
  onTestFinished(close);
  return (url: string, isPrivateAllowed: boolean, timeout = 5_000) =>
    postToReceiver({ url, headers: { "x-a": "b" }, body: "{}", timeout, isPrivateAllowed });
}

const reasonOf = async (answer: Promise<unknown>): Promise<string> => {
  try {
    await answer;
    return "answered";
  } catch (error) {
    return String((error as Error).message);
  }
};

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "169.254.169.254",
  "100.64.0.1",
  "::1",
  "::ffff:127.0.0.1",
  "64:ff9b::7f00:1",
  "fd00:ec2::254",
  "fe80::1",
])("a public name that leads to %s is not connected to", async (address) => {
  const { port, connections } = await listen((_request, response) => response.end());
  const resolve = resolveTo([address]);
  const post = open(resolve);
  expect(await reasonOf(post(`http://rebind.example.com:${port}/`, false))).toContain(
    `rebind.example.com leads to ${address}, which is not a public address`,
  );
  expect([resolve.asked(), connections()]).toEqual([1, 0]);
});

test("a name that changes its answer is checked each time, also among public ones", async () => {
  const { port, connections } = await listen((_request, response) => response.end());
  const resolve = resolveTo(["8.8.8.8", "127.0.0.1"], ["127.0.0.1"]);
  const post = open(resolve);
  for (let count = 0; count < 2; count += 1)
    expect(await reasonOf(post(`http://rebind.example.com:${port}/`, false))).toContain(
      "not a public address",
    );
  expect([resolve.asked(), connections()]).toEqual([2, 0]);
  expect(await reasonOf(open(resolveTo([]))(`http://none.example.com:${port}/`, false))).toContain(
    "leads to nothing",
  );
});

test("addresses in the URL itself are refused without a look-up", async () => {
  const { port, connections } = await listen((_request, response) => response.end());
  const resolve = resolveTo(["8.8.8.8"]);
  const post = open(resolve);
  for (const host of [
    "127.0.0.1",
    "localhost",
    "2130706433",
    "[::1]",
    "[::ffff:7f00:1]",
    "127.1",
    "localhost.",
  ])
    expect(await reasonOf(post(`http://${host}:${port}/`, false))).toMatch(/not connected/);
  expect([resolve.asked(), connections()]).toEqual([0, 0]);
});

test("private ones are reached where the server allows it", async () => {
  const { port } = await listen((request, response) => response.writeHead(200).end(request.headers["x-a"]));
  expect(await open()(`http://127.0.0.1:${port}/`, true)).toMatchObject({ status: 200, body: "b" });
});

test("a redirect is not followed", async () => {
  const inner = await listen((_request, response) => response.end());
  const outer = await listen((_request, response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/` }).end(),
  );
  expect(await open()(`http://127.0.0.1:${outer.port}/`, true)).toMatchObject({ status: 307 });
  expect(inner.connections()).toBe(0);
});

test("of a response without end 512 bytes are read, and then the connection is closed", async () => {
  const closed = Promise.withResolvers<void>();
  const { port } = await listen((_request, response) => {
    response.on("close", () => closed.resolve());
    response.writeHead(200);
    const write = () => {
      while (!response.destroyed && response.write("x".repeat(1_000)));
    };
    response.on("drain", write);
    write();
  });
  const { status, body } = await open()(`http://127.0.0.1:${port}/`, true);
  expect([status, body]).toEqual([200, "x".repeat(512)]);
  await closed.promise;
});

test("a body that breaks off, or never comes, doesn't change the status", async () => {
  const broken = await listen((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("begin", () => response.destroy());
  });
  expect(await open()(`http://127.0.0.1:${broken.port}/`, true)).toMatchObject({ status: 200 });
  const silent = await listen((_request, response) => response.writeHead(202).flushHeaders());
  expect(await open()(`http://127.0.0.1:${silent.port}/`, true)).toMatchObject({ status: 202, body: "" });
});

test("no answer in time is an error", async () => {
  const { port } = await listen(() => {});
  expect(await reasonOf(open()(`http://127.0.0.1:${port}/`, true, 50))).toContain("timeout");
});
