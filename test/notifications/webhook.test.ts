// The webhook channel on real sockets, against receivers that misbehave at a chosen byte.
import { readFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../src/config/config.ts";
import { sendWebhook } from "../../src/notifications/channels/webhook/send.ts";
import { createPost } from "../../src/runtime/http-post.ts";
import { okBytes, startRawReceiver, type RawReceiver, type RawRequest } from "../support/raw-receiver.ts";

const message = {
  id: "01234567-89ab-7def-8123-456789abcdef",
  payload: {},
  title: "Build done",
  titleMarkdown: "Build **done**",
  body: "All green",
  bodyMarkdown: "*All* green",
};

function senderFor(receiver: Pick<RawReceiver, "url">, timeout = 5_000) {
  const { post, close } = createPost();
  onTestFinished(close);
  const endpoint = parseConfig({ BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url }, () => {})
    .notifications.channels.webhook!;
  return (id = message.id) =>
    sendWebhook(post, endpoint, { ...message, id }, { now: () => 1_795_255_200_000, timeout });
}

const idOf = (head: string) => /x-message-id: (.*)/i.exec(head)![1];

describe("a kept connection that ends before the first byte of an answer", () => {
  test("costs none of 60 messages a try", async () => {
    // Just as the second request comes, the receiver closes its idle connection.
    const receiver = await startRawReceiver(({ socket, number }) =>
      number > 1 ? socket.destroy() : socket.write(okBytes),
    );
    const send = senderFor(receiver);
    for (let index = 0; index < 60; index += 1)
      expect(await send(`message-${index}`)).toEqual({ kind: "sent", detail: "answered 204" });
    const answered = receiver.requests.filter(({ number }) => number === 1).map(({ head }) => idOf(head));
    expect(answered).toEqual(Array.from({ length: 60 }, (_, index) => `message-${index}`));
  });

  test("is distinguished from one where the response has begun", async () => {
    const receiver = await startRawReceiver(({ socket, number }) =>
      number > 1 ? socket.end("HTTP/1.1 2") : socket.write(okBytes),
    );
    const send = senderFor(receiver);
    await send();
    expect(await send()).toMatchObject({ kind: "temporary" });
    expect(receiver.requests).toHaveLength(2);
  });

  test.each([
    ["closed", ({ socket }: { socket: { end: () => void } }) => socket.end()],
    ["reset", ({ socket }: { socket: { resetAndDestroy: () => void } }) => socket.resetAndDestroy()],
  ])("is distinguished from a new one, which is not tried again at once (%s)", async (_how, answer) => {
    const receiver = await startRawReceiver(answer);
    expect(await senderFor(receiver)()).toMatchObject({ kind: "temporary" });
    expect(receiver.requests).toHaveLength(1);
  });

  test("is replaced once, not for ever", async () => {
    const receiver = await startRawReceiver(({ socket }) =>
      receiver.requests.length > 1 ? socket.resetAndDestroy() : socket.write(okBytes),
    );
    const send = senderFor(receiver);
    await send();
    expect(await send()).toMatchObject({ kind: "temporary" });
    expect({ requests: receiver.requests.length, connections: receiver.connections() }).toEqual({
      requests: 3,
      connections: 2,
    });
  });
});

describe("a 2xx counts as soon as its headers are there, whatever follows:", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  test.each([
    ["a body that never comes", `${head}content-length: 5\r\n\r\n`, "hold"],
    ["a body that is cut", `${head}content-length: 500\r\n\r\nbegun`, "cut"],
    ["chunks without an end", `${head}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n`, "hold"],
    ["chunks that are none", `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`, "hold"],
    ["a huge body", `${head}content-length: 1000000\r\n\r\n${"x".repeat(1_000_000)}`, "hold"],
    ["a body until the connection ends", `${head}\r\nok`, "hold"],
  ])("%s", async (_name, bytes, then) => {
    const receiver = await startRawReceiver(({ socket }) => {
      socket.write(bytes);
      if (then === "cut") socket.end();
    });
    expect(await senderFor(receiver)()).toEqual({ kind: "sent", detail: "answered 200" });
    // The connection is of no further use.
    await receiver.closed(1);
    expect(receiver.requests).toHaveLength(1);
  });

  test("a body that drips", async () => {
    const receiver = await startRawReceiver(({ socket }) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
      const timer = setInterval(() => socket.write("1\r\nx\r\n"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    expect(await senderFor(receiver)()).toEqual({ kind: "sent", detail: "answered 200" });
    await receiver.closed(1);
  });

  test("a short body, and the connection is used again", async () => {
    const receiver = await startRawReceiver(({ socket }) =>
      socket.write(`${head}content-length: 2\r\n\r\nok`),
    );
    const send = senderFor(receiver);
    for (let index = 0; index < 3; index += 1) expect(await send()).toMatchObject({ kind: "sent" });
    expect(receiver.connections()).toBe(1);
  });
});

describe("an answer", () => {
  test.each([
    ["100 Continue", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["102 Processing", "HTTP/1.1 102 Processing\r\n\r\n"],
    ["103 Early Hints", "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n"],
    ["all of them", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n"],
  ])("may come after an unasked %s", async (_name, bytes) => {
    const receiver = await startRawReceiver(({ socket }) => socket.write(bytes + okBytes));
    const send = senderFor(receiver);
    expect(await send()).toEqual({ kind: "sent", detail: "answered 204" });
    expect(await send()).toMatchObject({ kind: "sent" });
    expect(receiver.connections()).toBe(1);
  });

  test("that is only a 102 has its time, and no more", async () => {
    const receiver = await startRawReceiver(({ socket }) => socket.write("HTTP/1.1 102 Processing\r\n\r\n"));
    expect(await senderFor(receiver, 100)()).toEqual({ kind: "temporary", detail: "no answer in time" });
    await receiver.closed(1);
  });

  test("of an error is not read for more than 512 bytes", async () => {
    const page = `HTTP/1.1 500 Oops\r\ncontent-length: 100000\r\n\r\n${"x".repeat(600)}`;
    const receiver = await startRawReceiver(({ socket }) => socket.write(page));
    expect(await senderFor(receiver)()).toEqual({ kind: "temporary", detail: "answered 500" });
    await receiver.closed(1);
  });

  test("that changes the protocol, or is none, is a failure", async () => {
    for (const bytes of [
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
      "220 mail.example.com ESMTP\r\n",
    ]) {
      const receiver = await startRawReceiver(({ socket }) => socket.write(bytes));
      expect(await senderFor(receiver, 1_000)()).toMatchObject({ kind: "temporary" });
      await receiver.closed(1);
    }
  });
});

test.each([
  ["ada:s3cret", "ada:s3cret"],
  ["ada%40example.com:p%40ss%3A%25%2F", "ada@example.com:p@ss:%/"],
  ["gr%C3%BC%C3%9Fe:%F0%9F%94%91", "grüße:🔑"],
  ["token", "token:"],
  [":key", ":key"],
])("a name and a password in the address (%s) are sent as Basic, and nowhere else", async (given, sent) => {
  const receiver = await startRawReceiver(({ socket }) =>
    socket.write("HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n"),
  );
  const url = receiver.url.replace("//", `//${given}@`);
  const { detail } = await senderFor({ url })();
  const [{ head }] = receiver.requests as [(typeof receiver.requests)[number]];
  expect(/^authorization: Basic (.*)$/im.exec(head)![1]).toBe(Buffer.from(sent).toString("base64"));
  expect(head).toMatch(/^POST \/hook HTTP\/1.1\r\n/);
  expect(head).toMatch(new RegExp(`^host: 127.0.0.1:${receiver.port}$`, "im"));
  expect(detail).toBe("answered 401");
});

const post = (url: string, timeout = 5_000) => {
  const { post: send, close } = createPost();
  onTestFinished(close);
  return (body = "{}") => send({ url, headers: { "x-test": "1" }, body, timeout });
};

describe("a connection", () => {
  test("carries the request byte for byte, outside ASCII too", async () => {
    const receiver = await startRawReceiver(({ socket }) => socket.write(okBytes));
    await post(`${receiver.url}/a%20b?c=d#e`)("grüße 🔑");
    const [request] = receiver.requests as [(typeof receiver.requests)[number]];
    expect(`${request.head}\n\n${request.body}`.replaceAll("\r", "")).toBe(`POST /hook/a%20b?c=d HTTP/1.1
host: 127.0.0.1:${receiver.port}
connection: keep-alive
x-test: 1
content-length: 12

${Buffer.from("grüße 🔑").toString("latin1")}`);
  });

  test("is replaced if the receiver sent something that nobody asked for", async () => {
    const receiver = await startRawReceiver(({ socket }) => socket.write(okBytes));
    const send = post(receiver.url);
    await send();
    receiver.requests[0]!.socket.write(okBytes);
    await receiver.closed(1);
    expect(await send()).toMatchObject({ status: 204 });
    expect(receiver.connections()).toBe(2);
  });

  test.each([
    ["connection: close\r\n", ""],
    ["", "more than was announced"],
    ["keep-alive: timeout=1\r\n", ""],
  ])("is not used again after %j%s", async (header, more) => {
    const answer = `HTTP/1.1 204 No Content\r\n${header}\r\n${more}`;
    const receiver = await startRawReceiver(({ socket }) => socket.write(answer));
    const send = post(receiver.url);
    await send();
    await receiver.closed(1);
    expect(await send()).toMatchObject({ status: 204 });
  });

  test("is waited for while all 64 are in use, and opened as soon as one of them has ended", async () => {
    const receiver = await startRawReceiver(({ socket, body }) => {
      if (body === "answer") socket.write(okBytes);
    });
    const { post: send, close } = createPost();
    onTestFinished(close);
    const request = { url: receiver.url, headers: {} };
    const sendAll = (count: number, body: string, timeout: number) =>
      Promise.allSettled(Array.from({ length: count }, () => send({ ...request, body, timeout })));
    const [silent, late, answered] = await Promise.all([
      sendAll(64, "", 300),
      sendAll(1, "answer", 200),
      sendAll(10, "answer", 60_000),
    ]);
    for (const one of [...silent, ...late])
      expect(one).toMatchObject({ status: "rejected", reason: { name: "TimeoutError" } });
    for (const one of answered) expect(one).toMatchObject({ value: { status: 204 } });
  });

  test.each([
    ["a receiver that never answers", () => {}, "TimeoutError"],
    [
      "an answer of another protocol",
      ({ socket }: RawRequest) => void socket.write("SSH-2.0-x\r\n\r\n"),
      "Error",
    ],
  ])(
    "ends with %s without a look at the error's stack, which costs a source map",
    async (_what, answer, name) => {
      const receiver = await startRawReceiver(answer);
      const looked: string[] = [];
      const { prepareStackTrace } = Error;
      Error.prepareStackTrace = (error) => {
        looked.push(String(error));
        return "";
      };
      onTestFinished(() => void (Error.prepareStackTrace = prepareStackTrace));
      const failure = await post(receiver.url, 100)().catch((error: unknown) => error);
      await receiver.closed(1);
      expect((failure as Error).name).toBe(name);
      expect(looked.filter((text) => /timeout|HTTP/.test(text))).toEqual([]);
    },
  );

  test("isn't opened for a header that would begin another", async () => {
    const { post: send, close } = createPost();
    onTestFinished(close);
    const headers = { authorization: "Basic x\r\nx-other: 1" };
    expect(() => send({ url: "http://127.0.0.1:9/", headers, body: "", timeout: 1_000 })).toThrow(
      /authorization/,
    );
  });
});

test("a receiver with TLS is verified, and its connections are kept", async () => {
  const read = (name: string) =>
    readFileSync(new URL(`../support/certificates/${name}`, import.meta.url), "utf8");
  let connections = 0;
  const server = createTlsServer(
    { key: read("server-key.pem"), cert: read("server.pem") },
    (request, response) => request.resume().on("end", () => response.end("ok")),
  ).on("secureConnection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await expect(post(`https://localhost:${port}/`)()).rejects.toThrow(/certificate/);
  const authorities = getCACertificates("default");
  onTestFinished(() => setDefaultCACertificates(authorities));
  setDefaultCACertificates([...authorities, read("authority.pem")]);
  await expect(post(`https://127.0.0.2:${port}/`)()).rejects.toThrow();
  connections = 0;
  for (const name of ["localhost", "127.0.0.1"]) {
    const send = post(`https://${name}:${port}/`);
    for (let index = 0; index < 3; index += 1) expect(await send()).toMatchObject({ status: 200 });
  }
  expect(connections).toBe(2);
});
